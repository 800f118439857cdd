package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.controlplane.lifecycle.Life;
import dev.lanekeeper.controlplane.lifecycle.Stage;
import dev.lanekeeper.controlplane.store.Ledger;
import dev.lanekeeper.controlplane.store.SqliteStore;
import dev.lanekeeper.controlplane.store.Transaction;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.QuarantinedRecord.Reason;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Owner;
import dev.lanekeeper.model.Policy;
import dev.lanekeeper.model.Residue;
import org.jspecify.annotations.Nullable;

/**
 * Decides what was put aside in doubt: by the question that was open, at the same stamp.
 *
 * <p>Of one record there may be two sorts of copies. The baseline's is the record's last: its group has passed over it. That of an
 * undertaker stands for the life of an override in whose place it reads: it counts if the record was that life's, and for nothing
 * else, since whoever else owns the record meets it by himself, the group of the baseline among them.
 */
final class Verdicts {

  private final SqliteStore store;
  private final String cluster;
  private final RecordOwner owners;

  /** Verdicts on records of a cluster. */
  Verdicts(SqliteStore store, String cluster, RecordOwner owners) {
    this.store = store;
    this.cluster = cluster;
    this.owners = owners;
  }

  Verdict of(QuarantinedRecord record) {
    RecordOwner.Answer answer = owners.ofInDoubt(record);
    if (!record.incarnation().isEmpty()) {
      return ofUndertaker(record, answer.owner());
    }
    return switch (answer.owner()) {
      case Owner.InDoubt _ -> Verdict.UNDECIDED;
      case Owner.Workload workload -> ofWorkload(record, answer, workload.incarnation());
      case Owner.Baseline _ -> new Verdict.HandedOver("", answer.carried());
      // These take calls only: what the policy would give to the baseline is discarded, as a data plane does.
      case Owner.Redirect _,Owner.Mock _ ->
        policy(record, answer).ended() == Policy.Fallback.QUARANTINE
            ? new Verdict.PutAside(Reason.ENDED)
            : Verdict.DROPPED;
      case Owner.Ended _ -> byPolicy(answer, policy(record, answer).ended(), Reason.ENDED);
      case Owner.Unregistered _ -> byPolicy(answer, policy(record, answer).unregistered(), Reason.UNREGISTERED);
    };
  }

  private Policy policy(QuarantinedRecord record, RecordOwner.Answer answer) {
    return owners.table().policyAt(answer.at(), answer.carried().stamp().revision()).at(record.service(),
        answer.carried().tag());
  }

  private static Verdict byPolicy(RecordOwner.Answer answer, Policy.Fallback fallback, Reason reason) {
    return switch (fallback) {
      case BASELINE -> new Verdict.HandedOver("", answer.carried());
      case QUARANTINE -> new Verdict.PutAside(reason);
      case REFUSE -> Verdict.DROPPED;
    };
  }

  private Verdict ofUndertaker(QuarantinedRecord record, Owner owner) {
    if (owner instanceof Owner.InDoubt) {
      return Verdict.UNDECIDED;
    }
    boolean own =
        owner instanceof Owner.Workload workload && workload.incarnation().id().equals(record.incarnation());
    return own ? left(life(new Incarnation(record.incarnation()))) : Verdict.DROPPED;
  }

  /** Nothing where the workload reads the record by itself, or its undertaker does. */
  private Verdict ofWorkload(QuarantinedRecord record, RecordOwner.Answer answer, Incarnation incarnation) {
    Life life = life(incarnation);
    if (life == null || !standsBeforeStart(record, life)) {
      return Verdict.DROPPED;
    }
    return mayReceive(life.stage()) ? new Verdict.HandedOver(incarnation.id(), answer.carried()) : left(life);
  }

  private @Nullable Life life(Incarnation incarnation) {
    Ledger.Entry entry = store.inTransaction(transaction -> transaction.ledger().entry(incarnation));
    return entry == null ? null : entry.life();
  }

  /** What becomes of a record that a life owned and did not process. */
  private static Verdict left(@Nullable Life life) {
    return life != null && life.residue() == Residue.DISCARD
        ? Verdict.DROPPED
        : new Verdict.PutAside(Reason.RESIDUE);
  }

  private boolean standsBeforeStart(QuarantinedRecord record, Life life) {
    return life.starts().stream().anyMatch(start -> start.cluster().equals(cluster)
        && start.group().equals(record.group()) && start.topic().equals(record.topic())
        && start.partition() == record.partition() && record.offset() < start.offset());
  }

  /** Whether what was handed over to a life is read: by its workload, or by the undertaker, who has not taken its place yet. */
  static boolean isReceived(Transaction transaction, Verdict.HandedOver handedOver) {
    if (handedOver.receiver().isEmpty()) {
      return true;
    }
    Ledger.Entry entry = transaction.ledger().entry(new Incarnation(handedOver.receiver()));
    return entry != null && mayReceive(entry.life().stage());
  }

  private static boolean mayReceive(Stage stage) {
    return stage instanceof Stage.Live || stage instanceof Stage.Ending;
  }
}
