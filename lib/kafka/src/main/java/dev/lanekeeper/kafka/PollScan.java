package dev.lanekeeper.kafka;

import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What the deserializers of one consumer saw during one {@code poll}. Key and value of a record share its headers, which
 * are read once.
 */
final class PollScan {

  private final boolean underTest;
  private final TagReader reader;
  private @Nullable Headers last;
  private boolean lastTagged;
  private int seen;
  private boolean tagged;
  private boolean disturbed;

  PollScan(boolean underTest, TagReader reader) {
    this.underTest = underTest;
    this.reader = reader;
  }

  /** Begins a poll. */
  void begin() {
    last = null;
    seen = 0;
    tagged = false;
    disturbed = false;
  }

  /** Whether a record with these headers bears a tag. */
  @SuppressWarnings("ReferenceEquality") // the very same headers: key and value of one record
  boolean isTagged(Headers headers) {
    if (headers == last) {
      return lastTagged;
    }
    last = headers;
    seen++;
    lastTagged = reader.read(headers);
    tagged |= lastTagged;
    return lastTagged;
  }

  /** Whether untagged records are not this consumer's. */
  boolean passesOverUntagged() {
    return underTest;
  }

  /** A deserializer failed: the record it was called for may not be among those that {@code poll} returns. */
  void disturb() {
    disturbed = true;
  }

  /**
   * Whether the poll returned only records that are untagged and the consumer's own. Records without key and value are
   * shown to no deserializer: they are missing from the count.
   */
  boolean sawOnlyOwn(int returned) {
    return !underTest && !tagged && !disturbed && seen == returned;
  }
}
