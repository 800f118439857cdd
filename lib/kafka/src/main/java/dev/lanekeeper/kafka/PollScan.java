package dev.lanekeeper.kafka;

import java.util.Arrays;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What the deserializers of one consumer saw during one {@code poll}. Key and value of a record share its headers, which
 * are read once.
 */
final class PollScan {

  /**
   * The record that was read last. A new one for each poll: a reference to young headers in an old object costs the garbage
   * collector's write barrier, a fence, for each record.
   */
  private static final class Memo {
    private @Nullable Headers headers;
    private boolean tagged;
  }

  private final boolean underTest;
  private final TagReader reader;
  private Memo memo = new Memo();
  private int seen;
  private int[] taggedAt = new int[64];
  private int tagged;
  private boolean disturbed;

  PollScan(boolean underTest, TagReader reader) {
    this.underTest = underTest;
    this.reader = reader;
  }

  /** Begins a poll. */
  void begin() {
    memo = new Memo();
    seen = 0;
    tagged = 0;
    disturbed = false;
  }

  /** Whether a record with these headers bears a tag. */
  @SuppressWarnings("ReferenceEquality") // the very same headers: key and value of one record
  boolean isTagged(Headers headers) {
    Memo recent = memo;
    if (headers == recent.headers) {
      return recent.tagged;
    }
    boolean now = reader.bearsTag(headers);
    recent.headers = headers;
    recent.tagged = now;
    if (now) {
      if (tagged == taggedAt.length) {
        taggedAt = Arrays.copyOf(taggedAt, 2 * tagged);
      }
      taggedAt[tagged++] = seen;
    }
    seen++;
    return now;
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
   * Whether the deserializers saw each record that the poll returned, once, and no other. Records without key and value are
   * shown to no deserializer: they are missing from the count.
   */
  boolean sawAll(int returned) {
    return !disturbed && seen == returned;
  }

  /** Whether all that was seen is untagged and the consumer's own. */
  boolean sawOnlyOwn() {
    return !underTest && tagged == 0;
  }

  /** How many of those that were seen are tagged. */
  int tagged() {
    return tagged;
  }

  /** As the how manieth, from 0, the {@code i}th of the tagged was seen. */
  int taggedAt(int i) {
    return taggedAt[i];
  }
}
