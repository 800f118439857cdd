package dev.lanekeeper.controlplane.quarantine;

import dev.lanekeeper.kafka.QuarantinedRecord;

/** What copies in a quarantine have in common that count as one: it is a set. */
public final class RecordKeys {

  private RecordKeys() {}

  /**
   * Of what was put aside in doubt. Each group that reads a record needs it; and what an undertaker put aside stands for its life alone.
   *
   * @param kafka the id of the Kafka in which it stands
   */
  public static String inDoubt(String kafka, QuarantinedRecord record) {
    return kafka + " " + record.group() + " " + record.incarnation() + " " + record.id();
  }

  /**
   * Of what waits for a person: each group that read a record has put it aside for itself. Whatever document its Kafka goes by: one may
   * have several.
   */
  public static String held(QuarantinedRecord record) {
    return record.group() + " " + record.id();
  }
}
