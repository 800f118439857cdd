package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.controlplane.lifecycle.GroupReads;
import dev.lanekeeper.controlplane.lifecycle.Life;
import dev.lanekeeper.controlplane.lifecycle.Stage;
import dev.lanekeeper.controlplane.store.Catalog;
import dev.lanekeeper.controlplane.store.Ledger;
import dev.lanekeeper.controlplane.store.Transaction;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.MalformedTagException;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.Tenancy;
import org.jspecify.annotations.Nullable;

/**
 * Who is to get what a person releases: the baseline, or the workload under test of a tenancy.
 *
 * @param tenancy null: the baseline
 */
record Receiver(@Nullable Tenancy tenancy) {

  private static final String FIELD = "receiver";
  private static final String BASELINE = "baseline";
  private static final String TENANCY = "tenancy/";

  /**
   * Reads one.
   *
   * @throws ProblemException if it is none; null is none: a person names the receiver
   */
  static Receiver parse(@Nullable String text) {
    if (BASELINE.equals(text)) {
      return new Receiver(null);
    }
    try {
      if (text != null && text.startsWith(TENANCY)) {
        return new Receiver(new Tenancy(text.substring(TENANCY.length())));
      }
    } catch (MalformedTagException malformed) {
      throw ProblemCode.TENANCY_MALFORMED.exception(FIELD, String.valueOf(malformed.getMessage()),
          "correct the tenancy");
    }
    throw ProblemCode.MALFORMED_REQUEST.exception(FIELD,
        (text == null ? "none" : "\"" + text + "\"") + " (expected: baseline, or tenancy/TENANCY)",
        "name who is to get the record: its owner would be the same as before");
  }

  /**
   * The life of an override whose workload gets a record; empty where the baseline does.
   *
   * @throws ProblemException if nobody of this name would read it
   */
  String lifeFor(Transaction transaction, String cluster, QuarantinedRecord record) {
    Tenancy named = tenancy;
    if (named == null) {
      checkBaseline(transaction.catalog(), cluster, record);
      return "";
    }
    OverrideLife override = transaction.catalog().table().override(record.service(), named);
    Ledger.Entry entry =
        override == null || override.to() != OverrideLife.OPEN
            ? null
            : transaction.ledger().entry(override.incarnation());
    if (entry == null || !(entry.life().stage() instanceof Stage.Live)) {
      throw unfit("tenancy " + named + " has no live override of " + record.service(),
          "apply a Tenant document with {workload: {}} for " + record.service()
              + ", or release it to another receiver");
    }
    if (!reads(entry.life(), cluster, record)) {
      throw unfit(
          "the workload of tenancy " + named + " does not read " + record.topic() + " in a counterpart of group "
              + record.group() + " on " + cluster,
          "release it to another receiver");
    }
    Incarnation life = entry.life().incarnation();
    requireHandovers(transaction.catalog(), record, life.id(), life.groupFor(record.group()));
    return life.id();
  }

  private static void checkBaseline(Catalog catalog, String cluster, QuarantinedRecord record) {
    for (GroupReads reads : Consumption.of(catalog, record.service()).reads()) {
      if (reads.cluster().equals(cluster) && reads.group().equals(record.group())
          && reads.topics().contains(record.topic())) {
        requireHandovers(catalog, record, "", record.group());
        return;
      }
    }
    throw unfit("the baseline of " + record.service() + " does not read " + record.topic() + " in group "
        + record.group() + " on " + cluster + " any more", "start it once, or release it to another receiver");
  }

  private static void requireHandovers(Catalog catalog, QuarantinedRecord record, String incarnation, String group) {
    if (!Consumption.takesHandovers(catalog, record.service(), incarnation, group, record.topic())) {
      throw unfit("a process of " + record.service() + " in group " + group + " reads "
          + record.topic()
          + ", but nothing that is handed over: it assigns partitions by itself, is one of Kafka Streams,"
          + " or may not", "release it to another receiver, or read it: lanekeeper quarantine show ID");
    }
  }

  /** Only where it was to begin: its undertaker would look nowhere else for what it had not processed. */
  private static boolean reads(Life life, String cluster, QuarantinedRecord record) {
    return life.starts().stream().anyMatch(start -> start.cluster().equals(cluster)
        && start.group().equals(record.group()) && start.topic().equals(record.topic()));
  }

  private static ProblemException unfit(String detail, String next) {
    return ProblemCode.RECEIVER_UNFIT.exception(FIELD, detail + " (expected: who reads what is released)", next);
  }

  /** The tag that a record bears when it is released: at the baseline none, for its own leads to who is not there any more. */
  Carried carried(RouteTable table) {
    Tenancy named = tenancy;
    return named == null
        ? Carried.NOTHING
        : new Carried(Tag.of(named.text()), table.revision() == 0 ? Stamp.NONE : table.stamp());
  }

  @Override
  public String toString() {
    return tenancy == null ? BASELINE : TENANCY + tenancy;
  }
}
