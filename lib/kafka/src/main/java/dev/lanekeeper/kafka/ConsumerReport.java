package dev.lanekeeper.kafka;

import java.util.List;

/**
 * What a consumer is to its broker, as the control plane wants to know it.
 *
 * @param bootstrap the {@code bootstrap.servers} it was given
 * @param group its consumer group as the broker knows it; empty if it has none
 * @param topics what it is subscribed to or was assigned, sorted
 * @param memberId its member id in the group; empty before it has joined
 * @param clientId its client id as the broker knows it; empty if none was configured
 * @param handovers whether it reads what is handed over to its group, as far as is known: not one that assigns partitions by itself, nor
 *     one of Kafka Streams, nor one that may not
 */
public record ConsumerReport(String bootstrap, String group, List<String> topics, String memberId, String clientId,
    boolean handovers) {

  /** Copies the topics. */
  public ConsumerReport {
    topics = List.copyOf(topics);
  }
}
