package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.model.Handover;
import dev.lanekeeper.model.ServiceName;

/**
 * A topic that a store had made to hand records over.
 *
 * @param kafka the id of the Kafka that it is in
 * @param service to which records are handed over
 * @param handover to which of its groups, and from where they came
 */
public record OwnTopic(String kafka, ServiceName service, Handover handover) {

  /** Its name. */
  public String topic() {
    return handover.topic();
  }
}
