package dev.lanekeeper.model;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * What one data plane did with one request or message that somebody traces: its decision, and why.
 *
 * @param trace by what name it is traced
 * @param atMicros when, in microseconds since 1970, by the clock of the data plane's machine
 * @param kind what it was about
 * @param place where that was
 * @param to what it was about to reach: a service, a host that is none, or {@code topic[partition]@offset}
 * @param tag in one line; empty if there is none
 * @param stamp with which it went on, or came; empty if there is none
 * @param outcome what was done
 * @param reason why: the name of a counter's reason
 * @param address where it went; null where that is not its data plane's to say
 * @param owner the life of the override that took it; null: none did
 */
public record Hop(String trace, long atMicros, Kind kind, Place place, String to, String tag, String stamp,
    Outcome outcome, String reason, @Nullable String address, @Nullable Incarnation owner) {

  /** What a data plane was about. */
  public enum Kind {
    /** A request enters the environment. */
    ENTER,
    /** A service calls another. */
    CALL,
    /** A call has come to a workload. */
    ARRIVE,
    /** A call has come to stubs. */
    STUB,
    /** A message is sent. */
    SEND,
    /** A message has come to a consumer. */
    CONSUME
  }

  /** What it did. */
  public enum Outcome {
    /** Left it to where it was going, or to the workload before which it stands. */
    PASS,
    /** Sent it to another. */
    REDIRECT,
    /** Refused it. */
    REFUSE,
    /** Passed it over: it is another's. */
    SKIP
  }

  /**
   * A data plane.
   *
   * @param service before or in whose workload it acts; null: none's
   * @param incarnation of the workload, if it is under test
   */
  public record Place(@Nullable ServiceName service, @Nullable Incarnation incarnation) {

    /** Nobody's: at the edge, or where nobody said whose. */
    public static final Place NOBODYS = new Place(null, null);

    /** A workload's; null: nobody's. */
    public static Place of(@Nullable Self self) {
      return self == null ? NOBODYS : new Place(self.service(), self.incarnation());
    }
  }

  /**
   * What one did with a request or message just now.
   *
   * @param carried of which somebody traces what becomes
   * @throws IllegalArgumentException if nobody does
   */
  public static Hop now(Carried carried, Kind kind, Place place, String to, Outcome outcome, String reason,
      @Nullable String address, @Nullable Incarnation owner) {
    if (carried.trace() == null) {
      throw new IllegalArgumentException("trace: none (expected: what is traced)");
    }
    return new Hop(carried.trace(), ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()), kind, place, to,
        carried.isTagged() ? carried.tag().toString() : "", carried.stamp().text(), outcome, reason, address, owner);
  }
}
