package dev.lanekeeper.it.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What births, deaths and the undertaker take for granted of a broker, asked of one. Uses nothing but a Kafka client, so that it runs as a
 * program of its own with any client: {@code BrokerFacts BOOTSTRAP PROTOCOL}.
 */
final class BrokerFacts implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String REFUSED = "refused: ";

  private final String bootstrap;
  private final String protocol;
  private final Admin admin;
  private final String topic = "facts-" + UUID.randomUUID();
  private final String group = "facts-" + UUID.randomUUID();
  private final TopicPartition partition = new TopicPartition(topic, 0);
  private final List<KafkaConsumer<byte[], byte[]>> consumers = new ArrayList<>();

  private BrokerFacts(String bootstrap, String protocol) throws Exception {
    this.bootstrap = bootstrap;
    this.protocol = protocol;
    admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap));
    admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    awaitTopic();
  }

  /** A topic is made by the controller; the broker, which alone answers for groups, hears of it a moment later. */
  private void awaitTopic() throws Exception {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (!admin.listTopics().names().get().contains(topic)) {
      require(until, "the broker does not know its topic");
      Thread.sleep(10);
    }
  }

  /** Has the undertaker's name for its way to share partitions, which no workload has. */
  public static final class OtherAssignor extends RangeAssignor {
    @Override
    public String name() {
      return "lk-undertaker";
    }
  }

  private interface Question {
    String ask(BrokerFacts facts) throws Exception;
  }

  /** What a broker is known to answer where a group's members speak the classic protocol, and where they speak the newer one. */
  private record Fact(String what, String classic, String consumer, Question question) {}

  private static Fact same(String what, String answer, Question question) {
    return new Fact(what, answer, answer, question);
  }

  private static final List<Fact> FACTS = List.of(
      same("offsets are set, a member is there", REFUSED + "UnknownMemberIdException", BrokerFacts::placeWithMember),
      same("offsets are set, no such group", "it is made, and empty", BrokerFacts::placeWithoutGroup),
      same("a group is deleted, a member is there", REFUSED + "GroupNotEmptyException", BrokerFacts::deleteWithMember),
      same("a group is described", "with the member id that the client knows", BrokerFacts::describe),
      new Fact("another assignor joins, a member is there", REFUSED + "InconsistentGroupProtocolException",
          "accepted, no partition", BrokerFacts::undertakerJoins),
      same("all members are removed, then another assignor joins", "it has the partition", BrokerFacts::evictAndJoin),
      same("who was removed commits", REFUSED + "CommitFailedException", BrokerFacts::evictedCommits),
      new Fact("who was removed polls again, another assignor is there",
          REFUSED + "InconsistentGroupProtocolException", REFUSED + "GroupIdNotFoundException",
          BrokerFacts::evictedPolls),
      new Fact("another one joins, another assignor is there", REFUSED + "InconsistentGroupProtocolException",
          "accepted", BrokerFacts::restartedJoins),
      same("a process polls after its group was deleted, without a reset",
          REFUSED + "NoOffsetForPartitionException, and the group is there again", BrokerFacts::pollAfterDeletion),
      same("who is in no group commits to a deleted one", "it is there again", BrokerFacts::commitAfterDeletion),
      same("the same offset is committed with other metadata", "it is kept", BrokerFacts::claim));

  /** Asks everything with one protocol of groups; what is not as it is known to be, one line each. */
  static List<String> differences(String bootstrap, String protocol) throws Exception {
    List<String> differences = new ArrayList<>();
    for (Fact fact : FACTS) {
      String expected = protocol.equals("classic") ? fact.classic() : fact.consumer();
      try (BrokerFacts facts = new BrokerFacts(bootstrap, protocol)) {
        String answer = facts.answer(fact.question());
        if (!answer.equals(expected)) {
          differences.add(fact.what() + " (" + protocol + "): " + answer + " (expected: " + expected + ")");
        }
      }
    }
    return differences;
  }

  /** Asks everything; what differs is printed, and then an error. */
  @SuppressWarnings("SystemOut") // it is a program
  public static void main(String[] arguments) throws Exception {
    List<String> differences = differences(arguments[0], arguments[1]);
    differences.forEach(System.out::println);
    System.out.println(FACTS.size() - differences.size() + " facts hold");
  }

  private String answer(Question question) throws Exception {
    try {
      return question.ask(this);
    } catch (ExecutionException refused) {
      return REFUSED + String.valueOf(refused.getCause()).replaceFirst(":.*", "").replaceFirst(".*\\.", "");
    } catch (KafkaException refused) {
      return REFUSED + refused.getClass().getSimpleName();
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> more) {
    Map<String, Object> config = new HashMap<>(Map.of("bootstrap.servers", bootstrap, "group.id", group,
        "enable.auto.commit", "false", "auto.offset.reset", "none"));
    config.putAll(more);
    var made = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    consumers.add(made);
    return made;
  }

  private KafkaConsumer<byte[], byte[]> workload() {
    boolean chooses = ConsumerConfig.configNames().contains("group.protocol");
    KafkaConsumer<byte[], byte[]> made = consumer(protocol.equals("classic")
        ? chooses
            ? Map.of("group.protocol", "classic", "heartbeat.interval.ms", 500)
            : Map.of("heartbeat.interval.ms", 500)
        : Map.of("group.protocol", protocol));
    made.subscribe(List.of(topic));
    return made;
  }

  private KafkaConsumer<byte[], byte[]> undertaker() {
    KafkaConsumer<byte[], byte[]> made = consumer(Map.of("partition.assignment.strategy",
        OtherAssignor.class.getName(), "heartbeat.interval.ms", 500));
    made.subscribe(List.of(topic));
    return made;
  }

  /** Polls until it has its partition. */
  private KafkaConsumer<byte[], byte[]> joined(KafkaConsumer<byte[], byte[]> consumer) {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (consumer.assignment().isEmpty()) {
      consumer.poll(Duration.ofMillis(50));
      require(until, "it does not join");
    }
    return consumer;
  }

  private static void require(long until, String otherwise) {
    if (System.nanoTime() - until > 0) {
      throw new IllegalStateException(otherwise + " within " + PATIENCE);
    }
  }

  private void place() throws Exception {
    admin.alterConsumerGroupOffsets(group, Map.of(partition, new OffsetAndMetadata(0))).all().get();
  }

  private KafkaConsumer<byte[], byte[]> member() throws Exception {
    place();
    return joined(workload());
  }

  private Collection<MemberDescription> members() throws Exception {
    try {
      return admin.describeConsumerGroups(List.of(group)).all().get().values().stream()
          .flatMap(description -> description.members().stream()).toList();
    } catch (ExecutionException gone) {
      if (gone.getCause() instanceof GroupIdNotFoundException) {
        return List.of();
      }
      throw gone;
    }
  }

  /** By what the broker says to its deletion: no other question is the same for all clients. */
  private boolean isThere() throws Exception {
    try {
      admin.deleteConsumerGroups(List.of(group)).all().get();
      return true;
    } catch (ExecutionException refused) {
      if (refused.getCause() instanceof GroupIdNotFoundException) {
        return false;
      }
      return true;
    }
  }

  private String placeWithMember() throws Exception {
    member();
    place();
    return "done";
  }

  private String placeWithoutGroup() throws Exception {
    place();
    return members().isEmpty() && isThere() ? "it is made, and empty" : "it is not made";
  }

  private String deleteWithMember() throws Exception {
    member();
    admin.deleteConsumerGroups(List.of(group)).all().get();
    return "done";
  }

  private String describe() throws Exception {
    String own = member().groupMetadata().memberId();
    return members().stream().anyMatch(member -> member.consumerId().equals(own))
        ? "with the member id that the client knows"
        : "without the member id that the client knows";
  }

  private String undertakerJoins() throws Exception {
    KafkaConsumer<byte[], byte[]> member = member();
    KafkaConsumer<byte[], byte[]> other = undertaker();
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (members().size() < 2) {
      other.poll(Duration.ofMillis(50));
      member.poll(Duration.ofMillis(50));
      require(until, "it is neither refused nor accepted");
    }
    for (int i = 0; i < 10; i++) {
      other.poll(Duration.ofMillis(50));
      member.poll(Duration.ofMillis(50));
    }
    return other.assignment().isEmpty() ? "accepted, no partition" : "accepted";
  }

  private void evict() throws Exception {
    admin.removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions()).all().get();
  }

  private String evictAndJoin() throws Exception {
    member();
    evict();
    return joined(undertaker()).assignment().contains(partition) ? "it has the partition" : "it has no partition";
  }

  private String evictedCommits() throws Exception {
    KafkaConsumer<byte[], byte[]> member = member();
    evict();
    member.commitSync(Map.of(partition, new OffsetAndMetadata(0)));
    return "done";
  }

  private String evictedPolls() throws Exception {
    KafkaConsumer<byte[], byte[]> member = member();
    evict();
    KafkaConsumer<byte[], byte[]> other = joined(undertaker());
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      member.poll(Duration.ofMillis(50));
      other.poll(Duration.ofMillis(50));
      require(until, "it is neither refused nor accepted");
    }
  }

  private String restartedJoins() throws Exception {
    place();
    KafkaConsumer<byte[], byte[]> other = joined(undertaker());
    KafkaConsumer<byte[], byte[]> restarted = workload();
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (members().size() < 2) {
      restarted.poll(Duration.ofMillis(50));
      other.poll(Duration.ofMillis(50));
      require(until, "it is neither refused nor accepted");
    }
    return "accepted";
  }

  private String pollAfterDeletion() throws Exception {
    place();
    admin.deleteConsumerGroups(List.of(group)).all().get();
    KafkaConsumer<byte[], byte[]> comesBack = workload();
    long until = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (true) {
        comesBack.poll(Duration.ofMillis(50));
        require(until, "it goes on");
      }
    } catch (KafkaException refused) {
      return REFUSED + refused.getClass().getSimpleName() + ", and the group is "
          + (isThere() ? "there again" : "not there");
    }
  }

  private String commitAfterDeletion() throws Exception {
    place();
    admin.deleteConsumerGroups(List.of(group)).all().get();
    KafkaConsumer<byte[], byte[]> alone = consumer(Map.of());
    alone.assign(List.of(partition));
    alone.commitSync(Map.of(partition, new OffsetAndMetadata(0)));
    return isThere() ? "it is there again" : "it is not there";
  }

  private String claim() throws Exception {
    KafkaConsumer<byte[], byte[]> member = member();
    member.commitSync(Map.of(partition, new OffsetAndMetadata(0, "claim=7")));
    OffsetAndMetadata kept = member.committed(Set.of(partition)).get(partition);
    return kept != null && kept.offset() == 0 && kept.metadata().equals("claim=7") ? "it is kept" : "it is lost";
  }

  @Override
  public void close() {
    consumers.forEach(KafkaConsumer::close);
    admin.close(Duration.ofSeconds(5));
  }
}
