package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.controlplane.lifecycle.Life;
import dev.lanekeeper.controlplane.lifecycle.Stage;
import dev.lanekeeper.controlplane.lifecycle.Start;
import dev.lanekeeper.controlplane.store.Ledger;
import dev.lanekeeper.controlplane.store.Transaction;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.QuarantinedRecord.Reason;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Owner;
import dev.lanekeeper.model.Policy;
import dev.lanekeeper.model.Residue;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides what was put aside in doubt: by the question that was open, at the same stamp. Pure: what it has to know of lives is given
 * to it.
 *
 * <p>Of one record there may be two sorts of copies. The baseline's is the record's last: its group has passed over it. That of an
 * undertaker stands for the life of an override in whose place it reads: it counts if the record was that life's, and for nothing
 * else, since whoever else owns the record meets it by himself, the group of the baseline among them.
 */
final class Verdicts {

  private final SameKafka kafka;
  private final Map<Incarnation, Life> lives;

  /**
   * Verdicts on records of a cluster.
   *
   * @param kafka which Cluster documents are of the Kafka that the records stand in
   * @param lives those that answers name, as far as the ledger has them
   */
  Verdicts(SameKafka kafka, Map<Incarnation, Life> lives) {
    this.kafka = kafka;
    this.lives = lives;
  }

  /** The life that a verdict on a record has to know; null if none. */
  static @Nullable Incarnation concerned(QuarantinedRecord record, RecordOwner.Answer answer) {
    return answer.owner() instanceof Owner.Workload workload ? workload.incarnation() : null;
  }

  Verdict of(QuarantinedRecord record, RecordOwner.Answer answer) {
    if (!record.incarnation().isEmpty()) {
      return ofUndertaker(record, answer);
    }
    Policy policy = answer.policy().at(record.service(), answer.carried().tag());
    return switch (answer.owner()) {
      case Owner.InDoubt _ -> new Verdict.Undecided(answer.untilMillis());
      case Owner.Workload workload -> ofWorkload(record, answer, workload.incarnation());
      case Owner.Baseline _ -> new Verdict.HandedOver("", answer.carried());
      // These take calls only: what the policy would give to the baseline is discarded, as a data plane does.
      case Owner.Redirect _,Owner.Mock _ ->
        policy.ended() == Policy.Fallback.QUARANTINE ? new Verdict.PutAside(Reason.ENDED, "") : Verdict.DROPPED;
      case Owner.Ended _ -> byPolicy(answer, policy.ended(), Reason.ENDED);
      case Owner.Unregistered _ -> byPolicy(answer, policy.unregistered(), Reason.UNREGISTERED);
    };
  }

  private static Verdict byPolicy(RecordOwner.Answer answer, Policy.Fallback fallback, Reason reason) {
    return switch (fallback) {
      case BASELINE -> new Verdict.HandedOver("", answer.carried());
      case QUARANTINE -> new Verdict.PutAside(reason, "");
      case REFUSE -> Verdict.DROPPED;
    };
  }

  private Verdict ofUndertaker(QuarantinedRecord record, RecordOwner.Answer answer) {
    if (answer.owner() instanceof Owner.InDoubt) {
      return new Verdict.Undecided(answer.untilMillis());
    }
    boolean own = answer.owner() instanceof Owner.Workload workload
        && workload.incarnation().id().equals(record.incarnation());
    Incarnation incarnation = new Incarnation(record.incarnation());
    return own ? left(incarnation, lives.get(incarnation)) : Verdict.DROPPED;
  }

  /**
   * Nothing where the workload reads the record by itself, or its undertaker does. One that has lost its offset reads what stands before its
   * start as well: it is given that twice, and nobody else is.
   */
  private Verdict ofWorkload(QuarantinedRecord record, RecordOwner.Answer answer, Incarnation incarnation) {
    Life life = lives.get(incarnation);
    if (life == null) {
      return Verdict.DROPPED;
    }
    for (Start start : life.starts()) {
      if (start.group().equals(record.group()) && start.topic().equals(record.topic())
          && start.partition() == record.partition() && record.offset() < start.offset()) {
        switch (kafka.is(start.cluster())) {
          case SAME -> {
            return mayReceive(life.stage())
                ? new Verdict.HandedOver(incarnation.id(), answer.carried())
                : left(incarnation, life);
          }
          case UNKNOWN -> {
            return Verdict.Undecided.ANY_TIME;
          }
          case ANOTHER -> {
            // Of a topic of the same name elsewhere.
          }
        }
      }
    }
    return Verdict.DROPPED;
  }

  /**
   * What becomes of a record that a life owned and did not process, as far as is known: it may have been handed over to it before, and that
   * was not noted. So it is not handed over to the baseline.
   */
  private static Verdict left(Incarnation incarnation, @Nullable Life life) {
    Residue residue = life == null ? Residue.QUARANTINE : life.residue();
    return switch (residue) {
      case DISCARD -> Verdict.DROPPED;
      case QUARANTINE -> new Verdict.PutAside(Reason.RESIDUE, incarnation.id());
      case REDELIVER -> new Verdict.PutAside(Reason.PERHAPS_PROCESSED, incarnation.id());
    };
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
