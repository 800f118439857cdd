package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.model.ServiceName;

/**
 * One line of the inventory: that a process of a service read a topic in a group.
 *
 * @param service whose process it was
 * @param incarnation of which override; empty: the baseline
 * @param bootstrap the bootstrap servers as they were configured; empty: the process was seen, reading nothing
 * @param group the consumer group as the broker knows it
 * @param topic what it read
 * @param handovers whether it reads what is handed over to its group as well; true where that is not known
 */
public record Reading(ServiceName service, String incarnation, String bootstrap, String group, String topic,
    boolean handovers) {

  /** That a process of a service was seen. */
  public static Reading seen(ServiceName service, String incarnation) {
    return new Reading(service, incarnation, "", "", "", true);
  }

  /** The same of a process that reads what is handed over, or does not. */
  public Reading with(boolean itsHandovers) {
    return itsHandovers == handovers ? this : new Reading(service, incarnation, bootstrap, group, topic, itsHandovers);
  }

  /** Whether it says more than that the service was seen. */
  public boolean isConsumer() {
    return !group.isEmpty();
  }
}
