package dev.lanekeeper.model;

/**
 * Where a message stands: a record in a partition. Calls have no position ({@link #NONE}).
 *
 * @param topic name of the topic; empty in {@link #NONE}
 * @param partition from 0; -1 in {@link #NONE}
 * @param offset from 0
 * @param timestampMillis the record's timestamp, ms since 1970: which revision a tag without a stamp means
 */
public record Position(String topic, int partition, long offset, long timestampMillis) {

  /** A call: it stands nowhere. */
  public static final Position NONE = new Position("", -1, -1, -1);

  /** Whether this is a record's position. */
  public boolean isRecord() {
    return partition >= 0;
  }
}
