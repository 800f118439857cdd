package dev.lanekeeper.api;

import org.jspecify.annotations.Nullable;

/**
 * A record that was put aside, as it is listed.
 *
 * @param id under which it is looked at, released and discarded: {@code cluster/service/partition/offset}, the place in the
 *     quarantine
 * @param cluster the name of the Cluster document
 * @param service which did not process it
 * @param reason {@code residue}, {@code perhaps-processed}, {@code ended}, {@code unregistered} or {@code in-doubt}
 * @param state one of the constants here
 * @param tenancy that it is tagged with, a tenancy or combination; null: none that can be read
 * @param incarnation of which override it was; null: nobody's
 * @param group of the baseline, which met it, or whose counterpart it stands in for
 * @param topic it came from
 * @param partition it came from
 * @param offset it had there
 * @param timestampMillis it had there, ms since 1970
 * @param asideMillis when it was put aside, ms since 1970
 * @param keyBytes how large its key is; null: it has none
 * @param valueBytes how large its value is; null: it has none
 * @param byReference whether it was too large to be put aside: key and value stand where it came from alone
 * @param disposal what a person did with it last; null: nothing
 */
public record QuarantinedInfo(String id, String cluster, String service, String reason, String state,
    @Nullable String tenancy, @Nullable String incarnation, String group, String topic, int partition, long offset,
    long timestampMillis, long asideMillis, @Nullable Integer keyBytes, @Nullable Integer valueBytes,
    boolean byReference, @Nullable Disposal disposal) {

  /** State: it waits for a person. */
  public static final String HELD = "held";
  /** State: nobody can tell yet whose it is; the control plane will, by itself. */
  public static final String IN_DOUBT = "in-doubt";
  /** State: it was in doubt, and the control plane has settled whose it is. */
  public static final String SETTLED = "settled";
  /** State: somebody wants it released, and it is not there yet. */
  public static final String RELEASING = "releasing";
  /** State: it was released. */
  public static final String RELEASED = "released";
  /** State: it was discarded. */
  public static final String DISCARDED = "discarded";

  /**
   * What a person did with a record.
   *
   * @param operation of the ledger
   * @param receiver {@code baseline} or {@code tenancy/...}; null: it was discarded
   * @param by who did it
   * @param atMillis ms since 1970
   * @param done whether it is done
   */
  public record Disposal(String operation, @Nullable String receiver, String by, long atMillis, boolean done) {}
}
