package dev.lanekeeper.controlplane.kafka;

import org.apache.kafka.clients.consumer.RangeAssignor;

/**
 * The assignor of undertakers: one that no workload has, so that the broker refuses either of them while the other is in the
 * group. Made by the Kafka client.
 */
public final class UndertakerAssignor extends RangeAssignor {

  /** As the broker knows it. */
  public static final String NAME = "lk-undertaker";

  @Override
  public String name() {
    return NAME;
  }
}
