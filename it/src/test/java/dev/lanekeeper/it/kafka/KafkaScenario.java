package dev.lanekeeper.it.kafka;

import static org.awaitility.Awaitility.await;

import dev.lanekeeper.kafka.GateSettings;
import dev.lanekeeper.kafka.LaneConsumer;
import dev.lanekeeper.kafka.LaneKafka;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Handover;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.PartitionOffset;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.Tenancy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * What consumers and producers of a lane do on a real broker. Uses nothing but the library and a Kafka client, so that it
 * runs as a program of its own with any client: {@code KafkaScenario BOOTSTRAP}.
 */
final class KafkaScenario implements AutoCloseable {

  /** More than a broker's session timeout: a client that is closed on an interrupted thread may fail to say so to its group. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Self BASELINE = new Self(ScenarioRoutes.SERVICE, null, null);
  private static final Self UNDER_TEST = new Self(ScenarioRoutes.SERVICE, new Tenancy("123"), new Incarnation("i1"));

  private static final List<String> SHOWN = new ArrayList<>();

  private final String bootstrap;
  private final String protocol;
  private final ScenarioRoutes routes = new ScenarioRoutes();
  private final String topic = "orders-" + UUID.randomUUID();
  private final String group = "c-" + UUID.randomUUID();
  private final Admin admin;
  private final Producer<String, String> producer;
  private final List<Future<RecordMetadata>> sent = new ArrayList<>();
  private Carried context = Carried.NOTHING;

  KafkaScenario(String bootstrap, String protocol) throws Exception {
    this.bootstrap = bootstrap;
    this.protocol = protocol;
    admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap));
    make(topic, 2);
    producer = LaneKafka.producer(routes, BASELINE, Map.of("bootstrap.servers", bootstrap, "linger.ms", 50,
        "compression.type", "gzip"), () -> context, new StringSerializer(), new StringSerializer());
  }

  /** Runs everything, with each protocol that this client has. */
  @SuppressWarnings("SystemOut") // it is a program
  public static void main(String[] arguments) throws Exception {
    boolean chooses = ConsumerConfig.configNames().contains("group.protocol");
    for (String protocol : chooses ? List.of("classic", "consumer") : List.of("classic")) {
      runAll(arguments[0], protocol);
    }
    System.out.println("done");
  }

  static void runAll(String bootstrap, String protocol) throws Exception {
    for (Step step : List.<Step>of(KafkaScenario::lanesAreApart, KafkaScenario::explicitCommitsLeaveNoLag,
        KafkaScenario::autoCommitMovesOnOverOthersRecords, KafkaScenario::pollsOfOthersRecordsAreCommitted,
        KafkaScenario::withoutOffsetItBeginsAtTheBeginning, KafkaScenario::doubtInAnOutageIsPutAside,
        KafkaScenario::whatIsHandedOverComesOnce, KafkaScenario::withoutCommitsItStaysWhereItStands,
        KafkaScenario::transactionCommitsWhatIsHandedOver,
        KafkaScenario::patternReadsWhatIsHandedOver, KafkaScenario::underTestItIsHandedOver,
        KafkaScenario::endedWorkloadDrainsAndLeaves, KafkaScenario::endSeenBeforeTheFirstAssignmentIsDrained,
        KafkaScenario::membersShareTheirGroup, KafkaScenario::interceptorsSeeWhatIsHandedOver,
        KafkaScenario::interceptorTakesNoTag, KafkaScenario::errorLosesNothing,
        KafkaScenario::interruptedConsumerIsClosed)) {
      try (KafkaScenario scenario = new KafkaScenario(bootstrap, protocol)) {
        step.run(scenario);
      }
    }
  }

  private interface Step {
    void run(KafkaScenario scenario) throws Exception;
  }

  private void lanesAreApart() throws Exception {
    Stamp stamp = begin();
    send(0, null, "a", Carried.NOTHING);
    for (int i = 0; i < 50; i++) {
      send(0, "k", "!own" + i, new Carried(Tag.of("123"), stamp));
    }
    send(0, "gone", null, new Carried(Tag.of("123"), stamp));
    send(0, null, null, new Carried(Tag.of("123"), stamp));
    send(1, "k", "b", new Carried(Tag.of("never"), Stamp.NONE));
    sent.add(producer.send(new ProducerRecord<>(topic, 1, "k", "!two", List.of(header("baggage", "region=eu"),
        header("baggage", "tenancy=123"), header("baggage", "tenancy-rev=" + stamp.text())))));
    flush();
    try (LaneConsumer<String, String> baseline = consumer(BASELINE, Map.of(), false);
        LaneConsumer<String, String> tested = consumer(UNDER_TEST, Map.of(), true)) {
      List<String> seen = new ArrayList<>();
      List<String> own = new ArrayList<>();
      until(() -> {
        poll(baseline, seen);
        baseline.commitSync();
        poll(tested, own);
        tested.commitSync();
        return lag(group) == 0 && lag(group + ".lk.i1") == 0;
      });
      Collections.sort(seen);
      same(List.of("a", "b"), seen);
      List<String> expected = new ArrayList<>(IntStream.range(0, 50).mapToObj(i -> "!own" + i).toList());
      expected.addAll(List.of("null", "null", "!two"));
      Collections.sort(expected);
      Collections.sort(own);
      same(expected, own);
      same(List.of(topic), tested.describe().topics());
      same(List.of(true), List.of(!tested.describe().memberId().isEmpty()));
    }
  }

  private void explicitCommitsLeaveNoLag() throws Exception {
    Carried foreign = new Carried(Tag.of("123"), begin());
    for (int i = 0; i < 20; i++) {
      send(0, "k", "v" + i, Carried.NOTHING);
      send(0, "k", "!x", foreign);
    }
    flush();
    try (LaneConsumer<String, String> baseline = consumer(BASELINE, Map.of("max.poll.records", 7), false)) {
      List<String> seen = new ArrayList<>();
      until(() -> {
        for (ConsumerRecord<String, String> record : baseline.poll(Duration.ofMillis(100))) {
          seen.add(record.value());
          baseline.commitSync(Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(record.offset() + 1)));
        }
        return seen.size() == 20;
      });
      same(List.of(0L), List.of(lag(group)));
    }
  }

  private void autoCommitMovesOnOverOthersRecords() throws Exception {
    Carried foreign = new Carried(Tag.of("123"), begin());
    for (int i = 0; i < 1_000; i++) {
      send(i % 2, "k", "!x", foreign);
    }
    flush();
    List<String> seen = new ArrayList<>();
    try (LaneConsumer<String, String> baseline = consumer(BASELINE,
        Map.of("enable.auto.commit", "true", "auto.commit.interval.ms", "100"), false)) {
      until(() -> {
        poll(baseline, seen);
        return lag(group) == 0;
      });
    }
    same(List.of(), seen);
  }

  private void pollsOfOthersRecordsAreCommitted() throws Exception {
    Carried foreign = new Carried(Tag.of("123"), begin());
    send(0, "k", "v", Carried.NOTHING);
    flush();
    try (LaneConsumer<String, String> baseline = consumer(BASELINE, Map.of(), false)) {
      List<String> seen = new ArrayList<>();
      until(() -> {
        poll(baseline, seen);
        return seen.size() == 1;
      });
      baseline.commitSync();
      send(0, "k", "!x", foreign);
      send(1, "k", "!x", foreign);
      flush();
      until(() -> {
        poll(baseline, seen);
        return lag(group) == 0;
      });
      same(List.of("v"), seen);
    }
  }

  private void withoutOffsetItBeginsAtTheBeginning() throws Exception {
    Stamp first = routes.begin("123", "i1", List.of(new PartitionOffset("default", topic, "", 0, 2)));
    for (int i = 0; i < 4; i++) {
      send(0, "k", "z" + i, new Carried(Tag.of("123"), first));
      send(1, "k", "o" + i, new Carried(Tag.of("123"), first));
    }
    flush();
    List<String> own = new ArrayList<>();
    try (LaneConsumer<String, String> tested = consumer(UNDER_TEST, Map.of("auto.offset.reset", "latest"), true)) {
      until(() -> {
        poll(tested, own);
        return own.size() >= 8;
      });
    }
    Collections.sort(own);
    same(List.of("o0", "o1", "o2", "o3", "z0", "z1", "z2", "z3"), own);
  }

  private void doubtInAnOutageIsPutAside() throws Exception {
    begin();
    routes.cutOff();
    Carried newer = new Carried(Tag.of("new"), routes.begin("new", "i2", List.of()));
    send(0, "k", "a", Carried.NOTHING);
    send(0, "k", "!x", newer);
    send(0, "k", "b", Carried.NOTHING);
    send(1, "k", "c", Carried.NOTHING);
    flush();
    try (LaneConsumer<String, String> baseline = consumer(BASELINE, Map.of(), false)) {
      List<String> seen = new ArrayList<>();
      until(() -> {
        poll(baseline, seen);
        return seen.size() == 3;
      });
      poll(baseline, seen);
      baseline.commitSync();
      Collections.sort(seen);
      same(List.of("a", "b", "c"), seen);
      same(List.of(3L), List.of(baseline.position(new TopicPartition(topic, 0))));
      same(List.of(0L), List.of(lag(group)));
      same(List.of(), List.copyOf(baseline.paused()));
      TopicPartition aside = new TopicPartition(QuarantinedRecord.topic(BASELINE.service()), 0);
      same(List.of(true), List.of(baseline.endOffsets(List.of(aside)).getOrDefault(aside, 0L) > 0));
      routes.reconnect();
    }
  }

  private void whatIsHandedOverComesOnce() throws Exception {
    begin();
    List<String> seen = new ArrayList<>();
    send(0, "k", "a", Carried.NOTHING);
    flush();
    try (LaneConsumer<String, String> baseline = consumer(BASELINE, Map.of("auto.offset.reset", "latest"), false)) {
      until(() -> {
        poll(baseline, seen);
        return baseline.assignment().size() == 2 && baseline.position(new TopicPartition(topic, 0)) > 0;
      });
      send(0, "k", "b", Carried.NOTHING);
      flush();
      until(() -> {
        poll(baseline, seen);
        return seen.size() == 1;
      });
      baseline.commitSync();
      String again = handOver(group);
      handOver(again, group, "", "again");
      until(() -> {
        poll(baseline, seen);
        return seen.size() == 2;
      });
      baseline.commitSync();
      same(List.of(2), List.of(baseline.assignment().size()));
      same(List.of(topic), List.copyOf(baseline.subscription()));
      handOver(again, "another group", "", "!another's");
    }
    try (LaneConsumer<String, String> next = consumer(BASELINE, Map.of("enable.auto.commit", "true"), false)) {
      send(0, "k", "c", Carried.NOTHING);
      flush();
      until(() -> {
        poll(next, seen);
        return seen.size() == 3;
      });
      poll(next, seen);
    }
    same(List.of("b", "again", "c"), seen);
  }

  private void withoutCommitsItStaysWhereItStands() throws Exception {
    begin();
    for (String reset : List.of("earliest", "latest")) {
      String own = group + reset;
      List<String> seen = new ArrayList<>();
      try (LaneConsumer<String, String> baseline =
          consumer(BASELINE, Map.of("group.id", own, "auto.offset.reset", reset), false)) {
        until(() -> {
          poll(baseline, seen);
          return baseline.assignment().size() == 2 && baseline.position(new TopicPartition(topic, 0)) >= 0;
        });
        seen.clear();
        send(0, "k", reset + 1, Carried.NOTHING);
        flush();
        until(() -> {
          poll(baseline, seen);
          return !seen.isEmpty();
        });
        String again = handOver(own);
        handOver(again, own, "", "again");
        send(0, "k", reset + 2, Carried.NOTHING);
        flush();
        until(() -> {
          poll(baseline, seen);
          return seen.size() >= 3;
        });
        poll(baseline, seen);
      }
      Collections.sort(seen);
      same(List.of("again", reset + 1, reset + 2), seen);
    }
  }

  private void transactionCommitsWhatIsHandedOver() throws Exception {
    begin();
    String again = handOver(group);
    handOver(again, group, "", "given up");
    TopicPartition read = new TopicPartition(again, 0);
    try (LaneConsumer<String, String> baseline = consumer(BASELINE, Map.of(), false);
        Producer<String, String> transactional = LaneKafka.producer(routes, BASELINE,
            Map.of("bootstrap.servers", bootstrap, "transactional.id", group), () -> context, new StringSerializer(),
            new StringSerializer())) {
      transactional.initTransactions();
      Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
      until(() -> {
        baseline.poll(Duration.ofMillis(100)).forEach(record -> offsets
            .put(new TopicPartition(record.topic(), record.partition()), new OffsetAndMetadata(record.offset() + 1)));
        return !offsets.isEmpty();
      });
      same(List.of(topic), offsets.keySet().stream().map(TopicPartition::topic).toList());
      transactional.beginTransaction();
      transactional.sendOffsetsToTransaction(offsets, baseline.groupMetadata());
      transactional.abortTransaction();
      same(List.of(-1L), List.of(committed(group + ".redelivered", read)));

      transactional.beginTransaction();
      transactional.sendOffsetsToTransaction(offsets, baseline.groupMetadata());
      transactional.commitTransaction();

      until(() -> committed(group + ".redelivered", read) == 1);
      offsets.keySet().forEach(shown -> same(List.of(-1L), List.of(committed(group, shown))));
    }
  }

  private long committed(String of, TopicPartition partition) {
    try {
      OffsetAndMetadata offset =
          admin.listConsumerGroupOffsets(of).partitionsToOffsetAndMetadata().get().get(partition);
      return offset == null ? -1 : offset.offset();
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }

  private void patternReadsWhatIsHandedOver() throws Exception {
    begin();
    String again = handOver(group);
    handOver(again, group, "", "again");
    send(0, "k", "a", Carried.NOTHING);
    flush();
    List<String> seen = new ArrayList<>();
    try (LaneConsumer<String, String> baseline = consumer(BASELINE, Map.of("metadata.max.age.ms", "500"), false)) {
      baseline.unsubscribe();
      if (protocol.equals("consumer")) {
        baseline.subscribe(new SubscriptionPattern("[o]" + topic.substring(1, 20) + ".*"));
      } else {
        baseline.subscribe(Pattern.compile("\\Q" + topic, Pattern.COMMENTS));
      }
      until(() -> {
        poll(baseline, seen);
        baseline.commitSync();
        return seen.size() == 2;
      });
      poll(baseline, seen);
      if (!protocol.equals("consumer")) { // which does not say what its patterns match
        same(List.of(topic), List.copyOf(baseline.subscription()));
      }
    }
    Collections.sort(seen);
    same(List.of("a", "again"), seen);
  }

  private void underTestItIsHandedOver() throws Exception {
    Carried own = new Carried(Tag.of("123"), begin());
    List<String> seen = new ArrayList<>();
    send(0, "k", "!own", own);
    flush();
    try (LaneConsumer<String, String> tested = consumer(UNDER_TEST, Map.of(), true)) {
      until(() -> {
        poll(tested, seen);
        return seen.size() == 1;
      });
      tested.commitSync();
      String again = handOver(group);
      handOver(again, group, "", "!the baseline's");
      handOver(again, group, "i1", "!from before its start");
      until(() -> {
        poll(tested, seen);
        return seen.size() == 2;
      });
      tested.commitSync();
      routes.end("123");
      until(() -> {
        poll(tested, seen);
        return members(group + ".lk.i1") == 0;
      });
    }
    same(List.of("!own", "!from before its start"), seen);
  }

  /** Lists a topic for a group, which is there. */
  private String handOver(String to) throws Exception {
    String again = RedeliveredRecord.topic(BASELINE.service(), to, topic);
    make(again, 1);
    routes.handOver(new Handover(to, topic, again));
    return again;
  }

  private void handOver(String again, String to, String receiver, String value) throws Exception {
    producer.send(new ProducerRecord<>(again, null, "k", value, List.of(header("lanekeeper-receiver", receiver),
        header("lanekeeper-group", to), header("lanekeeper-topic", topic)))).get();
  }

  private void endedWorkloadDrainsAndLeaves() throws Exception {
    Carried own = new Carried(Tag.of("123"), begin());
    send(0, "k", "one", own);
    flush();
    try (LaneConsumer<String, String> tested = consumer(UNDER_TEST, Map.of(), true)) {
      List<String> seen = new ArrayList<>();
      until(() -> {
        poll(tested, seen);
        return seen.size() == 1;
      });
      send(0, "k", "two", own);
      flush();
      routes.end("123");
      until(() -> {
        poll(tested, seen);
        tested.commitSync();
        return members(group + ".lk.i1") == 0;
      });
      same(List.of("one", "two"), seen);
      same(List.of(0L), List.of(lag(group + ".lk.i1")));
      poll(tested, seen);
    }
  }

  private void endSeenBeforeTheFirstAssignmentIsDrained() throws Exception {
    send(0, "k", "own", new Carried(Tag.of("123"), begin()));
    flush();
    admin.alterConsumerGroupOffsets(group + ".lk.i1", Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(0),
        new TopicPartition(topic, 1), new OffsetAndMetadata(0))).all().get();
    List<String> seen = new ArrayList<>();
    try (LaneConsumer<String, String> tested = consumer(UNDER_TEST, Map.of(), true)) {
      routes.end("123");
      until(() -> {
        poll(tested, seen);
        tested.commitSync();
        return !seen.isEmpty() && members(group + ".lk.i1") == 0;
      });
    }
    same(List.of("own"), seen);
  }

  private void interceptorsSeeWhatIsHandedOver() throws Exception {
    Carried foreign = new Carried(Tag.of("123"), begin());
    send(0, "k", "expired", Carried.NOTHING);
    send(0, null, null, foreign);
    send(0, "k", "a", Carried.NOTHING);
    send(0, "k", "!x", foreign);
    flush();
    List<String> seen = new ArrayList<>();
    SHOWN.clear();
    try (LaneConsumer<String, String> baseline =
        consumer(BASELINE, Map.of("interceptor.classes", Filter.class.getName()), false)) {
      until(() -> {
        poll(baseline, seen);
        baseline.commitSync();
        return lag(group) == 0;
      });
    }
    same(List.of("a"), seen);
    same(List.of("expired", "a", "closed"), SHOWN);
  }

  private void interceptorTakesNoTag() throws Exception {
    Carried own = new Carried(Tag.of("123"), begin());
    try (Producer<String, String> sending = LaneKafka.producer(routes, UNDER_TEST,
        Map.of("bootstrap.servers", bootstrap, "interceptor.classes", Renewing.class.getName()), () -> own,
        new StringSerializer(), new StringSerializer())) {
      sending.send(new ProducerRecord<>(topic, 0, "k", "!own")).get();
    }
    List<String> seen = new ArrayList<>();
    try (LaneConsumer<String, String> tested = consumer(UNDER_TEST, Map.of(), true)) {
      until(() -> {
        poll(tested, seen);
        return !seen.isEmpty();
      });
    }
    same(List.of("!own"), seen);
  }

  private void errorLosesNothing() throws Exception {
    send(0, "k", "a", Carried.NOTHING);
    send(0, "k", "?", new Carried(Tag.of("never"), begin()));
    flush();
    List<String> seen = new ArrayList<>();
    try (LaneConsumer<String, String> baseline = consumer(BASELINE, Map.of("enable.auto.commit", "true"), false)) {
      until(() -> {
        poll(baseline, seen);
        return false;
      });
    } catch (NoClassDefFoundError application) {
      same(List.of(2L - seen.size()), List.of(lag(group)));
    }
  }

  private void interruptedConsumerIsClosed() throws Exception {
    Carried foreign = new Carried(Tag.of("123"), begin());
    send(0, "k", "v", Carried.NOTHING);
    send(0, "k", "!x", foreign);
    flush();
    List<String> seen = new ArrayList<>();
    LaneConsumer<String, String> baseline = consumer(BASELINE, Map.of(), false);
    until(() -> {
      poll(baseline, seen);
      return !seen.isEmpty();
    });
    baseline.commitSync(Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(1)));
    send(0, "k", "!x", foreign);
    flush();
    until(() -> {
      poll(baseline, seen);
      return baseline.position(new TopicPartition(topic, 0)) == 3;
    });
    Thread.currentThread().interrupt();
    try {
      baseline.close();
    } catch (InterruptException asTheClient) {
      // It says so once it is closed.
    }
    Thread.interrupted();
    until(() -> members(group) == 0);
    baseline.close();
  }

  private void membersShareTheirGroup() throws Exception {
    Carried foreign = new Carried(Tag.of("123"), begin());
    List<String> seen = new ArrayList<>();
    try (LaneConsumer<String, String> first = consumer(BASELINE, Map.of(), false)) {
      until(() -> {
        poll(first, seen);
        return first.assignment().size() == 2;
      });
      try (LaneConsumer<String, String> second = consumer(BASELINE, Map.of(), false)) {
        until(() -> {
          poll(first, seen);
          poll(second, seen);
          return first.assignment().size() == 1 && second.assignment().size() == 1;
        });
        for (int i = 0; i < 40; i++) {
          send(i % 2, "k", "v" + i, Carried.NOTHING);
          send(i % 2, "k", "!x", foreign);
        }
        flush();
        until(() -> {
          poll(first, seen);
          poll(second, seen);
          first.commitSync();
          second.commitSync();
          return lag(group) == 0;
        });
      }
    }
    Collections.sort(seen);
    same(IntStream.range(0, 40).mapToObj(i -> "v" + i).sorted().toList(), seen);
  }

  /**
   * Makes a topic, and waits until each partition answers. A producer whose first batch comes too soon for its partition, and whose
   * second does not, never gets the first in: the broker has none before which it would stand.
   */
  private void make(String name, int partitions) throws Exception {
    admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
    Map<TopicPartition, OffsetSpec> all = new HashMap<>();
    for (int partition = 0; partition < partitions; partition++) {
      all.put(new TopicPartition(name, partition), OffsetSpec.latest());
    }
    await().ignoreExceptionsMatching(KafkaScenario::isNotYetThere)
        .until(() -> !admin.listOffsets(all).all().get().isEmpty());
  }

  /** The controller has made it, and the broker has not heard of it: newer clients ask again by themselves. */
  private static boolean isNotYetThere(Throwable failure) {
    return failure.getCause() instanceof UnknownTopicOrPartitionException;
  }

  private Stamp begin() {
    return routes.begin("123", "i1", List.of());
  }

  private void send(int partition, @Nullable String key, @Nullable String value, Carried carried) {
    context = carried;
    sent.add(producer.send(new ProducerRecord<>(topic, partition, key, value)));
    context = Carried.NOTHING;
  }

  /** All that was sent is there. */
  private void flush() throws Exception {
    producer.flush();
    for (Future<RecordMetadata> each : sent) {
      each.get();
    }
    sent.clear();
  }

  private static org.apache.kafka.common.header.Header header(String name, String value) {
    return new org.apache.kafka.common.header.internals.RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
  }

  private LaneConsumer<String, String> consumer(Self self, Map<String, Object> more, boolean decodes) {
    Map<String, Object> config =
        new HashMap<>(Map.of("bootstrap.servers", bootstrap, "group.id", group, "enable.auto.commit",
            "false", "auto.offset.reset", "earliest"));
    if (protocol.equals("consumer")) {
      config.put("group.protocol", protocol);
    }
    config.putAll(more);
    LaneConsumer<String, String> consumer =
        LaneKafka.consumer(routes, self, config, new StringDeserializer(), new Strict(decodes),
            GateSettings.STANDARD);
    consumer.subscribe(List.of(topic));
    return consumer;
  }

  private static void poll(Consumer<String, String> consumer, List<String> seen) {
    for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
      seen.add(String.valueOf(record.value()));
    }
  }

  /** What of the topic the group has not committed. */
  private long lag(String of) {
    try (Consumer<byte[], byte[]> asking = new org.apache.kafka.clients.consumer.KafkaConsumer<>(
        Map.of("bootstrap.servers", bootstrap), new org.apache.kafka.common.serialization.ByteArrayDeserializer(),
        new org.apache.kafka.common.serialization.ByteArrayDeserializer())) {
      Map<TopicPartition, OffsetAndMetadata> committed =
          admin.listConsumerGroupOffsets(of).partitionsToOffsetAndMetadata().get();
      long lag = 0;
      for (Map.Entry<TopicPartition, Long> end : asking
          .endOffsets(List.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1))).entrySet()) {
        OffsetAndMetadata done = committed.get(end.getKey());
        lag += end.getValue() - (done == null ? 0 : done.offset());
      }
      return lag;
    } catch (Exception unknown) {
      throw new IllegalStateException(unknown);
    }
  }

  private int members(String of) {
    try {
      return admin.describeConsumerGroups(List.of(of)).all().get().values().iterator().next().members().size();
    } catch (Exception unknown) {
      throw new IllegalStateException(unknown);
    }
  }

  private static void until(BooleanSupplier holds) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("did not happen within " + PATIENCE);
      }
    }
  }

  private static void same(List<?> expected, List<?> actual) {
    if (!expected.equals(actual)) {
      throw new AssertionError("was " + actual + " (expected: " + expected + ")");
    }
  }

  @Override
  public void close() {
    producer.close();
    admin.close();
  }

  /** An interceptor that takes {@code expired} out. */
  public static final class Filter implements ConsumerInterceptor<Object, Object> {

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    @SuppressWarnings("deprecation") // all that 3.x has
    public ConsumerRecords<Object, Object> onConsume(ConsumerRecords<Object, Object> records) {
      Map<TopicPartition, List<ConsumerRecord<Object, Object>>> kept = new HashMap<>();
      for (ConsumerRecord<Object, Object> record : records) {
        SHOWN.add(String.valueOf(record.value()));
        if (!"expired".equals(record.value())) {
          kept.computeIfAbsent(new TopicPartition(record.topic(), record.partition()), _ -> new ArrayList<>())
              .add(record);
        }
      }
      return new ConsumerRecords<>(kept);
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void close() {
      SHOWN.add("closed");
    }
  }

  /** An interceptor that makes each record anew, without its headers. */
  public static final class Renewing implements ProducerInterceptor<Object, Object> {

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public ProducerRecord<Object, Object> onSend(ProducerRecord<Object, Object> record) {
      return new ProducerRecord<>(record.topic(), record.partition(), record.key(), record.value());
    }

    @Override
    public void onAcknowledgement(@Nullable RecordMetadata metadata, @Nullable Exception failure) {}

    @Override
    public void close() {}
  }

  /** The new version's values begin with {@code !}: the baseline cannot decode them. At {@code ?} a class is missing. */
  private record Strict(boolean decodes) implements Deserializer<String> {

    @Override
    public String deserialize(String topic, byte[] data) {
      String text = new String(data, StandardCharsets.UTF_8);
      if (text.equals("?")) {
        throw new NoClassDefFoundError(text);
      }
      if (text.startsWith("!") && !decodes) {
        throw new IllegalStateException("undecodable: " + text);
      }
      return text;
    }
  }
}
