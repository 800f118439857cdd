package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.DataPlaneReport;
import dev.lanekeeper.api.OperationInfo;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.controlplane.kafka.AdminGroups;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.lifecycle.Start;
import dev.lanekeeper.kafka.Claim;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.ServiceName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The life of overrides on a real broker. */
@Timeout(90)
class ConsumerGroupsIT {

  @SuppressWarnings("NullAway.Init") private static EmbeddedKafka kafka;
  @SuppressWarnings("NullAway.Init") private static Admin admin;
  private static int runs;

  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;
  @SuppressWarnings("NullAway.Init") private ControlPlane controlPlane;
  @SuppressWarnings("NullAway.Init") private ControlPlaneClient client;
  private final String topic = "orders-" + ++runs;
  private final String group = "c-" + runs;

  @BeforeAll
  static void startBroker() {
    kafka = new EmbeddedKafka();
    admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()));
  }

  @AfterAll
  static void stopBroker() throws IOException {
    admin.close();
    kafka.close();
  }

  @BeforeEach
  void start() throws Exception {
    admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1))).all().get();
    controlPlane = ControlPlane.builder(directory).port(0).tick(Duration.ofMillis(100))
        .drainDeadline(Duration.ofSeconds(2)).horizon(Duration.ofSeconds(1)).start();
    client = new ControlPlaneClient(controlPlane.uri(), null);
    client.applyYaml(
        "kind: Cluster\nbootstrap: \"" + kafka.bootstrap() + "\"\n---\nkind: Service\nname: C\nconsumes: [{ topics: ["
            + topic + "], groups: [" + group + "] }]\n");
  }

  @AfterEach
  void stop() {
    controlPlane.close();
  }

  private void apply() {
    client.applyYaml("kind: Tenant\ntenancy: a\noverrides: { C: { workload: {} } }\n");
  }

  private String ownGroup() {
    return group + ".lk." + client.tenant("a").overrides().getFirst().incarnation();
  }

  private KafkaConsumer<String, String> consumer(String groupId, String protocol) {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", kafka.bootstrap());
    properties.put("group.id", groupId);
    properties.put("client.id", "client-" + groupId);
    properties.put("group.protocol", protocol);
    properties.put("auto.offset.reset", "earliest");
    properties.put("enable.auto.commit", "false");
    return new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer());
  }

  private static void join(KafkaConsumer<String, String> consumer) {
    await().until(() -> {
      consumer.poll(Duration.ofMillis(50));
      return !consumer.assignment().isEmpty();
    });
  }

  private void produce(int records) throws Exception {
    Map<String, Object> properties = Map.of("bootstrap.servers", kafka.bootstrap());
    try (var producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
      for (int i = 0; i < records; i++) {
        producer.send(new ProducerRecord<>(topic, 0, "k", "v" + i)).get();
      }
    }
  }

  /** Of tenant a; a partition that was just made may not have a leader yet. */
  private static void produceOfA(String to, int partition, int records) {
    Map<String, Object> properties = Map.of("bootstrap.servers", kafka.bootstrap());
    try (var producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
      for (int i = 0; i < records; i++) {
        var record = new ProducerRecord<>(to, partition, "k", "left " + i);
        record.headers().add("baggage", "tenancy=a".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        await().ignoreExceptions().until(() -> producer.send(record).get() != null);
      }
    }
  }

  /** Ends tenant a; what the ledger says at its end of what its workload left. */
  private String buried() {
    String operation = client.deleteTenant("a").operation();
    await().atMost(Duration.ofSeconds(30)).until(() -> client.operation(operation).state().equals(OperationInfo.DONE));
    List<String> said = client.operation(operation).steps().stream().filter(step -> step.step().equals("bury"))
        .map(OperationInfo.Step::detail).toList();
    assertThat(said).hasSize(1);
    return said.getFirst();
  }

  private static Map<Integer, Long> committed(String groupId) throws Exception {
    Map<Integer, Long> offsets = new HashMap<>();
    Map<TopicPartition, OffsetAndMetadata> all =
        admin.listConsumerGroupOffsets(groupId).partitionsToOffsetAndMetadata().get();
    all.forEach((partition, offset) -> offsets.put(partition.partition(), offset.offset()));
    return offsets;
  }

  private static boolean exists(String groupId) throws Exception {
    return admin.listGroups().all().get().stream().anyMatch(listed -> listed.groupId().equals(groupId));
  }

  @Test
  void birth_baselineHasCommitted_beginsThereAndAtTheBeginningElsewhere() throws Exception {
    produce(10);
    admin.alterConsumerGroupOffsets(group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(7))).all().get();

    try (Watching watching = new Watching(controlPlane.uri())) {
      apply();

      await().until(() -> watching.table().revision() == client.status().revision());
      var life = watching.table().overrides(new dev.lanekeeper.model.Tenancy("a")).getFirst();
      assertThat(committed(ownGroup())).isEqualTo(Map.of(0, 7L, 1, 0L));
      assertThat(life.starts()).hasSize(2).allSatisfy(start -> {
        assertThat(start.topicId()).isNotEmpty();
        assertThat(start.offset()).isEqualTo(start.partition() == 0 ? 7 : 0);
      });
    }
  }

  @Test
  void topicsCommitted_ofEachGroupByItself_alsoOfOneThatIsNotThere() throws Exception {
    admin.alterConsumerGroupOffsets(group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(0))).all().get();

    try (AdminGroups groups = new AdminGroups()) {
      assertThat(groups.topicsCommitted(new ClusterDocument("default", kafka.bootstrap(), Map.of()),
          Set.of(group, group + "-not-there"), Duration.ofSeconds(10)))
          .isEqualTo(Map.of(group, Set.of(topic), group + "-not-there", Set.of()));
    }
  }

  /** Of a group with an id of ours it is first asked what only groups of the classic protocol answer. */
  @ParameterizedTest
  @ValueSource(strings = {"classic", "consumer"})
  void members_ofAGroupOfOurs_areSeenWhateverItsProtocol(String protocol) {
    ClusterDocument cluster = new ClusterDocument("default", kafka.bootstrap(), Map.of());
    String ours = group + ".lk.0123456789";
    try (AdminGroups groups = new AdminGroups(); KafkaConsumer<String, String> member = consumer(ours, protocol)) {
      assertThat(groups.members(cluster, ours, Duration.ofSeconds(10))).isEmpty();
      member.subscribe(List.of(topic));
      join(member);

      assertThat(groups.members(cluster, ours, Duration.ofSeconds(10))).singleElement()
          .isEqualTo(new GroupBroker.Member(member.groupMetadata().memberId(), "client-" + ours, "/127.0.0.1"));
    }
  }

  @Test
  void members_ofSeveralGroupsAtOnce_areThoseOfEach() {
    ClusterDocument cluster = new ClusterDocument("default", kafka.bootstrap(), Map.of());
    String ours = group + ".lk.0123456789";
    String absent = group + ".lk.9876543210";
    try (AdminGroups groups = new AdminGroups();
        KafkaConsumer<String, String> baseline = consumer(group, "consumer");
        KafkaConsumer<String, String> tested = consumer(ours, "classic")) {
      for (KafkaConsumer<String, String> member : List.of(baseline, tested)) {
        member.subscribe(List.of(topic));
        join(member);
      }

      Map<String, List<GroupBroker.Member>> members =
          groups.members(cluster, Set.of(group, ours, absent), Duration.ofSeconds(10));

      assertThat(members).containsOnlyKeys(group, ours, absent).containsEntry(absent, List.of());
      assertThat(members.get(group)).extracting(GroupBroker.Member::clientId).containsExactly("client-" + group);
      assertThat(members.get(ours)).extracting(GroupBroker.Member::clientId).containsExactly("client-" + ours);
    }
  }

  @Test
  void positions_ofSeveralGroupsAtOnce_areTheirOwn() throws Exception {
    ClusterDocument cluster = new ClusterDocument("default", kafka.bootstrap(), Map.of());
    TopicPartition committed = new TopicPartition(topic, 1);
    admin.alterConsumerGroupOffsets(group, Map.of(committed, new OffsetAndMetadata(7))).all().get();
    String without = group + "-without";
    try (AdminGroups groups = new AdminGroups()) {
      assertThat(groups.positions(cluster, Map.of(group, Set.of(), without, Set.of(topic, topic + "-not-there")),
          Duration.ofSeconds(10))).extracting(Start::group, Start::topic, Start::partition, Start::offset)
          .containsExactly(tuple(group, topic, 0, 0L), tuple(group, topic, 1, 7L), tuple(without, topic, 0, 0L),
              tuple(without, topic, 1, 0L));
    }
  }

  @Test
  void birth_baselineWithoutCommit_beginsAtTheLogStart() throws Exception {
    produce(5);
    admin.deleteRecords(Map.of(new TopicPartition(topic, 0),
        org.apache.kafka.clients.admin.RecordsToDelete.beforeOffset(3))).all().get();

    apply();

    assertThat(committed(ownGroup())).isEqualTo(Map.of(0, 3L, 1, 0L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "consumer"})
  void birth_memberThatDoesNotReport_isRefusedAndNamed(String protocol) throws Exception {
    try (KafkaConsumer<String, String> baseline = consumer(group, protocol)) {
      baseline.subscribe(List.of(topic));
      join(baseline);
      assertThatThrownBy(this::apply).isInstanceOfSatisfying(ProblemException.class, e -> {
        assertThat(e.code()).isEqualTo("baseline-not-reporting");
        assertThat(e.getMessage()).contains("client-" + group, "127.0.0.1");
      });
      assertThat(client.tenants()).isEmpty();
      assertThat(client.operations().getFirst().state()).isEqualTo(OperationInfo.FAILED);

      client.report("p1", report(null, null, group, baseline.groupMetadata().memberId()));
      apply();

      assertThat(exists(ownGroup())).isTrue();
    }
  }

  private DataPlaneReport report(@Nullable String tenancy, @Nullable String incarnation, String groupId,
      String memberId) {
    return new DataPlaneReport("C", tenancy, incarnation, "0.1.0", 1, 1, 1, "here", 1,
        List.of(new DataPlaneReport.Consumer(kafka.bootstrap(), groupId, List.of(topic), memberId, "x")), List.of(),
        Map.of());
  }

  @Test
  void death_workloadLeaves_groupIsDeletedAndTheEntryStays() throws Exception {
    apply();
    String own = ownGroup();
    String operation;
    try (KafkaConsumer<String, String> workload = consumer(own, "classic")) {
      workload.subscribe(List.of(topic));
      join(workload);
      operation = client.deleteTenant("a").operation();
      assertThat(client.operation(operation).state()).isEqualTo(OperationInfo.RUNNING);
      assertThat(exists(own)).isTrue();
    }
    await().until(() -> client.operation(operation).state().equals(OperationInfo.DONE));
    assertThat(exists(own)).isFalse();
    assertThat(client.owner("C", "a", null, null).owner().kind()).isEqualTo("ended");
    assertThat(client.operation(operation).steps()).extracting(OperationInfo.Step::step)
        .containsExactly("end", "taken", "closing", "fenced", "bury", "delete-groups");
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "consumer"})
  void death_workloadStays_isEvictedAfterTheDeadline(String protocol) throws Exception {
    apply();
    String own = ownGroup();
    try (KafkaConsumer<String, String> workload = consumer(own, protocol)) {
      workload.subscribe(List.of(topic));
      join(workload);
      String operation = client.deleteTenant("a").operation();
      await().atMost(Duration.ofSeconds(30))
          .until(() -> client.operation(operation).state().equals(OperationInfo.DONE));
      assertThat(exists(own)).isFalse();
      assertThat(client.operation(operation).steps()).extracting(OperationInfo.Step::step).contains("evict");
    }
  }

  @Test
  void death_residueToBePutAside_standsInTheQuarantineWithTheOffsetsOfTheGroup() throws Exception {
    client.applyYaml("kind: Tenant\ntenancy: a\nresidue: quarantine\noverrides: { C: { workload: {} } }\n");
    String own = ownGroup();
    produce(1);
    Map<String, Object> properties = Map.of("bootstrap.servers", kafka.bootstrap());
    try (var producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
      for (String value : List.of("left", "left too")) {
        var record = new ProducerRecord<>(topic, 0, "k", value);
        record.headers().add("baggage", "tenancy=a".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        producer.send(record).get();
      }
    }

    String operation = client.deleteTenant("a").operation();

    await().atMost(Duration.ofSeconds(30)).until(() -> client.operation(operation).state().equals(OperationInfo.DONE));
    assertThat(exists(own)).isFalse();
    try (KafkaConsumer<String, String> reader = consumer("reader-" + group, "classic")) {
      reader.subscribe(List.of("lanekeeper.quarantine.c"));
      Map<String, String> found = new HashMap<>();
      await().until(() -> {
        reader.poll(Duration.ofMillis(100)).forEach(record -> {
          if (record.key().startsWith(topic + "-")) {
            found.put(record.key().replaceAll("/.*", ""), record.value());
          }
        });
        return found.size() >= 2;
      });
      assertThat(found).isEqualTo(Map.of(topic + "-0@1", "left", topic + "-0@2", "left too"));
    }
  }

  @Test
  void death_offsetsWereForgottenByTheBroker_nothingIsHandedOver() throws Exception {
    client.applyYaml("kind: Tenant\ntenancy: a\nresidue: redeliver\noverrides: { C: { workload: {} } }\n");
    String own = ownGroup();
    produceOfA(topic, 0, 1);
    admin.deleteConsumerGroups(List.of(own)).all().get();

    assertThat(buried()).contains("1 that may have been processed: put aside");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void death_logWasCutBelowWhereTheGroupStands_whatIsThereIsNotHandedOver(boolean epoch) throws Exception {
    client.applyYaml("kind: Tenant\ntenancy: a\nresidue: redeliver\noverrides: { C: { workload: {} } }\n");
    Map<String, Object> properties = Map.of("bootstrap.servers", kafka.bootstrap());
    try (var producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
      var record = new ProducerRecord<>(topic, 0, "k", "processed?");
      record.headers().add("baggage", "tenancy=a".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      producer.send(record).get();
    }
    OffsetAndMetadata beyond = new OffsetAndMetadata(9, epoch ? Optional.of(0) : Optional.empty(), "");
    admin.alterConsumerGroupOffsets(ownGroup(), Map.of(new TopicPartition(topic, 0), beyond)).all().get();

    String operation = client.deleteTenant("a").operation();

    await().atMost(Duration.ofSeconds(30)).until(() -> client.operation(operation).state().equals(OperationInfo.DONE));
    assertThat(client.operation(operation).steps()).filteredOn(step -> step.step().equals("bury"))
        .extracting(OperationInfo.Step::detail).singleElement().asString()
        .contains("1 messages", "1 that may have been processed: put aside");
    assertThat(client.operation(operation).steps()).filteredOn(step -> step.step().equals("lost"))
        .extracting(OperationInfo.Step::detail).singleElement().asString().contains(topic + "-0", "read again");
  }

  @Test
  void death_residueToBeHandedOver_goesToTheBaselineWithoutItsTag_butWhatWasClaimedIsPutAside() throws Exception {
    client.applyYaml("kind: Tenant\ntenancy: a\nresidue: redeliver\noverrides: { C: { workload: {} } }\n");
    String own = ownGroup();
    Map<String, Object> properties = Map.of("bootstrap.servers", kafka.bootstrap());
    try (var producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
      for (String value : List.of("processed and not committed", "left")) {
        var record = new ProducerRecord<>(topic, 0, "k", value);
        record.headers().add("baggage", "tenancy=a".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        producer.send(record).get();
      }
    }
    admin.alterConsumerGroupOffsets(own, Map.of(new TopicPartition(topic, 0),
        Claim.with(new OffsetAndMetadata(0), 1))).all().get();

    String operation = client.deleteTenant("a").operation();

    await().atMost(Duration.ofSeconds(30)).until(() -> client.operation(operation).state().equals(OperationInfo.DONE));
    assertThat(exists(own)).isFalse();
    String again = RedeliveredRecord.topic(ServiceName.of("C"), group, topic);
    try (KafkaConsumer<String, String> reader = consumer("reader-" + group, "classic")) {
      reader.subscribe(List.of("lanekeeper.quarantine.c", again));
      Map<String, String> found = new HashMap<>();
      await().until(() -> {
        reader.poll(Duration.ofMillis(100)).forEach(record -> {
          if (record.topic().equals(again)) {
            assertThat(record.headers().lastHeader("baggage")).isNull();
            found.put("again", record.value());
          } else if (record.key().startsWith(topic + "-")) {
            found.put(record.key().replaceAll("/.*", ""), record.value());
          }
        });
        return found.size() >= 2;
      });
      assertThat(found).isEqualTo(Map.of(topic + "-0@0", "processed and not committed", "again", "left"));
    }
  }

  @Test
  void death_groupsThatWereOnlyReported_areDeletedToo() throws Exception {
    apply();
    String incarnation = client.tenant("a").overrides().getFirst().incarnation();
    String late = "late-" + group + ".lk." + incarnation;
    admin.alterConsumerGroupOffsets(late, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(0))).all().get();
    admin.alterConsumerGroupOffsets(group + "-other", Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(0)))
        .all()
        .get();
    client.report("i1", report("a", incarnation, group + "-other", "m"));

    String operation = client.deleteTenant("a").operation();

    await().until(() -> client.operation(operation).state().equals(OperationInfo.DONE));
    assertThat(exists(late)).isFalse();
    assertThat(exists(group + "-other")).as("not ours, whatever was reported").isTrue();
  }

  @Test
  void apply_brokerOutOfReach_failsWithinEightSecondsAndChangesNothing() {
    client.applyYaml("""
        kind: Cluster
        name: away
        bootstrap: "127.0.0.1:1"
        ---
        kind: Service
        name: D
        consumes: [{ cluster: away, topics: [t], groups: [d] }]
        """);
    long revision = client.status().revision();
    long start = System.nanoTime();

    assertThatThrownBy(() -> client.applyYaml("kind: Tenant\ntenancy: b\noverrides: { D: { workload: {} } }\n"))
        .isInstanceOfSatisfying(ProblemException.class, e -> {
          assertThat(e.code()).isEqualTo("kafka-unreachable");
          assertThat(e.getMessage()).contains("127.0.0.1:1");
        });

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    assertThat(client.status().revision()).isEqualTo(revision);
    assertThat(client.operations().getFirst().state()).isEqualTo(OperationInfo.FAILED);
  }

  @Test
  void reports_fillTheInventory_soThatOverridesNeedNoDocument() throws Exception {
    produce(4);
    admin.alterConsumerGroupOffsets("e-" + group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(2))).all()
        .get();
    client.report("p", new DataPlaneReport("E", null, null, "0.1.0", 1, 1, 1, "here", 1, List.of(
        new DataPlaneReport.Consumer(kafka.bootstrap(), "e-" + group, List.of(topic), null, "x")), List.of(),
        Map.of()));

    client.applyYaml("kind: Tenant\ntenancy: b\noverrides: { E: { workload: {} } }\n");

    String own = "e-" + group + ".lk." + client.tenant("b").overrides().getFirst().incarnation();
    assertThat(committed(own)).isEqualTo(Map.of(0, 2L, 1, 0L));
  }

  /** All that stands in the new one was sent after the override began: the place where it began is one of the old one. */
  @Test
  void death_topicWasMadeAnewWhileTheOverrideLived_whatStandsBelowItsStartIsNotPassedOver() throws Exception {
    produce(10);
    admin.alterConsumerGroupOffsets(group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(10))).all().get();
    client.applyYaml("kind: Tenant\ntenancy: a\nresidue: quarantine\noverrides: { C: { workload: {} } }\n");
    admin.deleteTopics(List.of(topic)).all().get();
    await().until(() -> !admin.listTopics().names().get().contains(topic));
    admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1))).all().get();
    await().until(() -> committed(ownGroup()).isEmpty());
    produceOfA(topic, 0, 15);

    assertThat(buried()).contains("15 messages");
  }

  /** Of a topic that its service reads only since then no offset was set: that it is gone, those of the others tell. */
  @Test
  void death_allOffsetsWereForgotten_whatStandsInATopicThatCameLaterIsNotHandedOver() throws Exception {
    client.applyYaml("kind: Tenant\ntenancy: a\nresidue: redeliver\noverrides: { C: { workload: {} } }\n");
    String later = topic + "-later";
    admin.createTopics(List.of(new NewTopic(later, 1, (short) 1))).all().get();
    client.applyYaml("kind: Service\nname: C\nconsumes: [{ topics: [" + topic + ", " + later + "], groups: [" + group
        + "] }]\n");
    produceOfA(later, 0, 1);
    admin.deleteConsumerGroups(List.of(ownGroup())).all().get();

    assertThat(buried()).contains("1 that may have been processed: put aside");
  }

  /** What a workload has committed since it noticed is no sign that they were kept. */
  @Test
  void death_allOffsetsWereForgotten_andItsWorkloadHasNoticedInAnotherTopic_neitherIsHandedOver() throws Exception {
    client.applyYaml("kind: Tenant\ntenancy: a\nresidue: redeliver\noverrides: { C: { workload: {} } }\n");
    String later = topic + "-later";
    admin.createTopics(List.of(new NewTopic(later, 1, (short) 1))).all().get();
    client.applyYaml("kind: Service\nname: C\nconsumes: [{ topics: [" + topic + ", " + later + "], groups: [" + group
        + "] }]\n");
    produceOfA(later, 0, 1);
    admin.deleteConsumerGroups(List.of(ownGroup())).all().get();
    admin.alterConsumerGroupOffsets(ownGroup(),
        Map.of(new TopicPartition(topic, 0), Claim.with(new OffsetAndMetadata(0), Claim.UNKNOWN))).all().get();

    assertThat(buried()).contains("1 that may have been processed: put aside");
  }

  /** A broker forgets the offsets of a topic that nobody in the group subscribes to any more, and keeps those of others. */
  @Test
  void death_offsetsOfOneTopicWereForgotten_whatStandsInItsNewPartitionsIsNotHandedOver() throws Exception {
    String other = topic + "-other";
    admin.createTopics(List.of(new NewTopic(other, 1, (short) 1))).all().get();
    client.applyYaml("kind: Service\nname: C\nconsumes: [{ topics: [" + topic + ", " + other + "], groups: [" + group
        + "] }]\n");
    client.applyYaml("kind: Tenant\ntenancy: a\nresidue: redeliver\noverrides: { C: { workload: {} } }\n");
    String own = ownGroup();
    admin.createPartitions(Map.of(topic, org.apache.kafka.clients.admin.NewPartitions.increaseTo(3))).all().get();
    produceOfA(topic, 2, 1);
    admin.deleteConsumerGroupOffsets(own, java.util.Set.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1)))
        .all().get();

    assertThat(buried()).contains("1 that may have been processed: put aside");
  }
}
