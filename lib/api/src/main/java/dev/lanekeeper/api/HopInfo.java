package dev.lanekeeper.api;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one data plane did with one request or message that somebody traces: its decision, and why.
 *
 * @param trace by what name it is traced
 * @param at when, in microseconds since 1970, by the clock of the data plane's machine
 * @param kind {@code enter}, {@code call}, {@code arrive}, {@code stub}, {@code send} or {@code consume}
 * @param service before or in whose workload the data plane acts; null: none's
 * @param incarnation of that workload; null: the baseline's
 * @param tenancy of that workload; null: the baseline's, or no longer known
 * @param to what it was about to reach: a service, a host that is none, or {@code topic[partition]@offset}
 * @param tag a tenancy or combination; empty: untagged
 * @param stamp with which it went on, or came; empty: none
 * @param outcome {@code pass}, {@code redirect}, {@code refuse} or {@code skip}
 * @param reason why, in one word: see the reference of counters
 * @param address where it went; null where that is not the data plane's to say
 * @param owner the life of the override that took it; null: none did
 * @param ownerTenancy whose that is; null: none took it, or no longer known
 */
public record HopInfo(String trace, long at, String kind, @Nullable String service, @Nullable String incarnation,
    @Nullable String tenancy, String to, String tag, String stamp, String outcome, String reason,
    @Nullable String address, @Nullable String owner, @Nullable String ownerTenancy) {

  /** Takes what is not there for empty where it may be. */
  public HopInfo {
    Objects.requireNonNull(trace, "trace");
    Objects.requireNonNull(kind, "kind");
    to = Objects.requireNonNullElse(to, "");
    tag = Objects.requireNonNullElse(tag, "");
    stamp = Objects.requireNonNullElse(stamp, "");
    Objects.requireNonNull(outcome, "outcome");
    reason = Objects.requireNonNullElse(reason, "");
  }

  /** The same with the tenancies of its workload and its owner. */
  public HopInfo of(@Nullable String newTenancy, @Nullable String newOwnerTenancy) {
    return new HopInfo(trace, at, kind, service, incarnation, newTenancy, to, tag, stamp, outcome, reason, address,
        owner, newOwnerTenancy);
  }
}
