package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Messages;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.WireTag;
import java.util.Arrays;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What the deserializers of one consumer saw during one {@code poll}. Key and value of a record share its headers, which
 * are read once.
 */
final class PollScan {

  /** What is known of a record by its headers alone. */
  enum Verdict {
    /** It is the consumer's own: untagged, at the baseline. */
    OWN,
    /** It is another's, wherever it stands and whatever is in it. */
    ANOTHERS,
    /** It has to be looked at once the poll has returned. */
    OPEN
  }

  /**
   * The record that was read last. A new one for each poll: a reference to young headers in an old object costs the garbage
   * collector's write barrier, a fence, for each record.
   */
  private static final class Memo {
    private @Nullable Headers headers;
    private Verdict verdict = Verdict.OPEN;
    /** The topic of the record that was read last, if a record of it is decided by its headers. */
    private @Nullable String topic;
  }

  private final Self self;
  private final boolean underTest;
  /** What nearly all records are. */
  private final Verdict rule;
  private final Supplier<RouteView> views;
  /** Whether a tagged record is a workload's, by this view, wherever it stands. */
  private final BiPredicate<RouteView, WireTag> anothers;
  private final TagReader reader;
  private final FormerNames former;
  private final OwnTopics ownTopics;
  private Memo memo = new Memo();
  private int seen;
  private int[] markedAt = new int[64];
  private int marked;
  private boolean disturbed;
  private boolean traced;
  /** Whether not even the names are known under which tags travel: nothing can be passed over then. */
  private boolean blind;

  PollScan(Self self, Supplier<RouteView> views, BiPredicate<RouteView, WireTag> anothers, TagReader reader,
      FormerNames former, OwnTopics ownTopics) {
    this.ownTopics = ownTopics;
    this.former = former;
    this.self = self;
    this.underTest = !self.isBaseline();
    this.rule = underTest ? Verdict.ANOTHERS : Verdict.OWN;
    this.views = views;
    this.anothers = anothers;
    this.reader = reader;
  }

  /** Begins a poll. */
  void begin() {
    catchUp();
    memo = new Memo();
    seen = 0;
    marked = 0;
    disturbed = false;
    traced = false;
  }

  /** Has tags read by the names of the newest table. */
  private void catchUp() {
    RouteView view = views.get();
    blind = underTest && !view.isKnown();
    reader.use(view.table().names());
    former.now(view.table().names());
  }

  /** What the headers of a record alone say of it, before anything of it is deserialized. */
  @SuppressWarnings("ReferenceEquality") // the very same headers: key and value of one record
  Verdict look(String topic, Headers headers) {
    Memo recent = memo;
    return headers == recent.headers ? recent.verdict : first(recent, topic, headers);
  }

  /** Apart, so that {@link #look} is small enough for the compiler to put it where it is called. */
  private Verdict first(Memo recent, String topic, Headers headers) {
    Verdict now = verdict(recent, topic, headers);
    recent.headers = headers;
    recent.verdict = now;
    if (now != rule) {
      mark();
    }
    seen++;
    return now;
  }

  private void mark() {
    if (marked == markedAt.length) {
      markedAt = Arrays.copyOf(markedAt, 2 * marked);
    }
    markedAt[marked++] = seen;
  }

  @SuppressWarnings("ReferenceEquality") // the records of a partition bear the very same name
  private Verdict verdict(Memo recent, String topic, Headers headers) {
    try {
      if (topic != recent.topic) {
        Verdict whole = wholeTopic(topic);
        if (whole != null) {
          return whole;
        }
        recent.topic = topic;
      }
      boolean tagged = reader.read(headers);
      traced |= reader.isTraced();
      if (!tagged) {
        return rule;
      }
      return underTest
          ? Messages.mayOwn(self, reader.tag()) ? Verdict.OPEN : Verdict.ANOTHERS
          : isAnothers(views.get()) ? Verdict.ANOTHERS : Verdict.OPEN;
    } catch (RuntimeException | LinkageError ours) {
      return Verdict.OPEN; // Whoever decides will fail likewise: then it is told, and the record is held.
    }
  }

  /** What is known of each record of a topic, whatever its headers; null if they are to be read. Nothing of it changes within a poll. */
  private @Nullable Verdict wholeTopic(String topic) {
    if (ownTopics.has(topic)) {
      return Verdict.OWN;
    }
    if (seen == 0) {
      catchUp(); // the poll may have waited for long, and the first one for its group
    }
    return blind || former.differ() || HandoverTopics.isOurs(topic) ? Verdict.OPEN : null;
  }

  /** INVARIANT: the view was taken when the record had come from the broker, so that no override is closed before it by a newer one. */
  @SuppressWarnings("ReferenceEquality") // as a rule they are the very same
  private boolean isAnothers(RouteView view) {
    return view.table().names() == reader.names() && anothers.test(view, reader.tag());
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

  /** Whether somebody traces one of those that were seen. */
  boolean sawTraced() {
    return traced;
  }

  /** Whether all that was seen is the consumer's own. */
  boolean sawOnlyOwn() {
    return !underTest && marked == 0;
  }

  /** How many of those that were seen are not what nearly all are: own at the baseline, another's under test. */
  int marked() {
    return marked;
  }

  /** As the how manieth, from 0, the {@code i}th of these was seen. */
  int markedAt(int i) {
    return markedAt[i];
  }
}
