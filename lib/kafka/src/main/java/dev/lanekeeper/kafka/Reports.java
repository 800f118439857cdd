package dev.lanekeeper.kafka;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** What a consumer is to its broker, as of its last poll: looked at now and then, since asking the client takes time. */
final class Reports {

  private static final long EVERY_NANOS = 1_000_000_000L;

  private final LongSupplier clock;
  private final OwnTopics ownTopics;
  private long nanos;
  private volatile ConsumerReport newest;

  Reports(Map<String, ?> config, LongSupplier clock) {
    this.clock = clock;
    ownTopics = OwnTopics.of(config);
    nanos = clock.getAsLong() - EVERY_NANOS;
    newest = new ConsumerReport(ClientIds.text(config.get("bootstrap.servers")),
        ClientIds.text(config.get(ClientIds.GROUP)), List.of(), "", ClientIds.text(config.get("client.id")), false);
  }

  /** May be called by any thread. */
  ConsumerReport newest() {
    return newest;
  }

  /** What was reported is of another time: the next poll looks. */
  void due() {
    nanos = clock.getAsLong() - EVERY_NANOS;
  }

  /**
   * After a poll.
   *
   * @param handovers whether it reads what is handed over to its group
   */
  void publish(Consumer<?, ?> client, boolean handovers) {
    long now = clock.getAsLong();
    if (now - nanos < EVERY_NANOS) {
      return;
    }
    nanos = now;
    Set<String> topics = new TreeSet<>(client.subscription());
    for (TopicPartition partition : client.assignment()) {
      topics.add(partition.topic());
    }
    topics.removeIf(ownTopics::has); // what nobody else reads is nobody else's affair
    ConsumerReport last = newest;
    String member = last.group().isEmpty() ? "" : client.groupMetadata().memberId();
    newest = new ConsumerReport(last.bootstrap(), last.group(), List.copyOf(topics), member == null ? "" : member,
        last.clientId(), handovers);
  }
}
