package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Messages;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Self;
import java.util.Arrays;
import java.util.function.Supplier;
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
    private boolean deferred;
    private @Nullable String topic;
    private boolean ours;

    /** Whether this is a topic of ours; looked at once for the records of a partition, which bear the very same name. */
    @SuppressWarnings("ReferenceEquality")
    boolean isOurs(String name) {
      if (name != topic) {
        topic = name;
        ours = HandoverTopics.isOurs(name);
      }
      return ours;
    }
  }

  private final Self self;
  private final boolean underTest;
  private final Supplier<RouteView> views;
  private final TagReader reader;
  private final FormerNames former;
  private final OwnTopics ownTopics;
  private Memo memo = new Memo();
  private int seen;
  private int[] deferredAt = new int[64];
  private int deferred;
  private boolean disturbed;
  /** Whether not even the names are known under which tags travel: nothing can be passed over then. */
  private boolean blind;

  PollScan(Self self, Supplier<RouteView> views, TagReader reader, FormerNames former, OwnTopics ownTopics) {
    this.ownTopics = ownTopics;
    this.former = former;
    this.self = self;
    this.underTest = !self.isBaseline();
    this.views = views;
    this.reader = reader;
  }

  /** Begins a poll. */
  void begin() {
    catchUp();
    memo = new Memo();
    seen = 0;
    deferred = 0;
    disturbed = false;
  }

  /** Has tags read by the names of the newest table. */
  private void catchUp() {
    RouteView view = views.get();
    blind = underTest && !view.isKnown();
    reader.use(view.table().names());
    former.now(view.table().names());
  }

  /**
   * Whether a record with these headers has to be decided: at the baseline what bears a tag, at a workload under test what names
   * its tenancy, and before the first table anything; what stands in a topic of ours, always.
   */
  @SuppressWarnings("ReferenceEquality") // the very same headers: key and value of one record
  boolean defers(String topic, Headers headers) {
    Memo recent = memo;
    if (headers == recent.headers) {
      return recent.deferred;
    }
    boolean now = isToDecide(topic, headers);
    recent.headers = headers;
    recent.deferred = now;
    if (now) {
      if (deferred == deferredAt.length) {
        deferredAt = Arrays.copyOf(deferredAt, 2 * deferred);
      }
      deferredAt[deferred++] = seen;
    }
    seen++;
    return now;
  }

  private boolean isToDecide(String topic, Headers headers) {
    try {
      if (ownTopics.has(topic)) {
        return false;
      }
      if (seen == 0) {
        catchUp(); // the poll may have waited for long, and the first one for its group
      }
      if (blind || former.differ() || memo.isOurs(topic)) {
        return true;
      }
      return underTest ? reader.read(headers) && Messages.mayOwn(self, reader.tag()) : reader.bearsTag(headers);
    } catch (RuntimeException | LinkageError ours) {
      return true; // Whoever decides will fail likewise: then it is told, and the record is held.
    }
  }

  /** Whether what need not be decided of a topic is not this consumer's; else it is its own. */
  boolean passesOver(String topic) {
    return underTest && !ownTopics.has(topic);
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

  /** Whether all that was seen is the consumer's own. */
  boolean sawOnlyOwn() {
    return !underTest && deferred == 0;
  }

  /** How many of those that were seen have to be decided. */
  int deferred() {
    return deferred;
  }

  /** As the how manieth, from 0, the {@code i}th of these was seen. */
  int deferredAt(int i) {
    return deferredAt[i];
  }
}
