package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.DisposalOrder;
import dev.lanekeeper.api.OperationInfo;
import dev.lanekeeper.api.PlainText;
import dev.lanekeeper.api.Problem;
import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.quarantine.EntryId;
import dev.lanekeeper.controlplane.quarantine.Quarantines;
import dev.lanekeeper.controlplane.quarantine.RecordKeys;
import dev.lanekeeper.controlplane.store.Disposals.Disposal;
import dev.lanekeeper.controlplane.store.Ledger;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.controlplane.store.Transaction;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.QuarantinedRecord.Reason;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What people do with records that were put aside: release them to a receiver whom they name, or discard them.
 *
 * <pre>
 * wanted (ledger) -- copies written, once --&gt; noted (ledger) -- mark of the copies deleted --&gt; done
 *        \---- refused, or the receiver ended meanwhile --&gt; failed: the records are held as before
 * </pre>
 *
 * <p>An operation that a crash or an outage left undone is taken up. The copies are written once whoever dies where, by
 * {@link GroupBroker#writeOnce}.
 *
 * <p><b>Threads.</b> Any; blocks.
 */
public final class Releases {

  private static final Logger LOG = System.getLogger(Releases.class.getName());
  /** What the mark begins with that copies were written; followed by the operation. */
  private static final String MARK = "lanekeeper.release.";
  private static final int MOST = 100;
  private static final long MOST_BYTES = 64L * 1024 * 1024;
  private static final int LONGEST_NAME = 255;
  private static final String ID = "[a-z0-9-]{8,64}";
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration AGAIN = Duration.ofSeconds(5);
  /** Longer than quarantines keep their records. */
  private static final Duration KEPT = Duration.ofDays(15);

  private final Store store;
  private final GroupBroker broker;
  private final Quarantines quarantines;
  private final LongSupplier nanos;
  private final Ids operations;
  private final Set<String> inHand = ConcurrentHashMap.newKeySet();
  /** Operations that a cluster did not answer, and until when it is not asked again. */
  private final Map<String, Patience> resting = new ConcurrentHashMap<>();

  /** Of a store's clusters. */
  public Releases(Store store, GroupBroker broker, Quarantines quarantines, Machine machine) {
    this.store = store;
    this.broker = broker;
    this.quarantines = quarantines;
    this.nanos = machine.nanos();
    this.operations = new Ids(machine.random());
  }

  /**
   * Releases records, all or none of them.
   *
   * @return the operation; still running where a cluster did not answer: it goes on by itself
   * @throws ProblemException if a record or the receiver is not one for it; nothing is done then
   */
  public OperationInfo release(DisposalOrder order) {
    Receiver receiver = Receiver.parse(order.receiver());
    return carryOut(order, receiver);
  }

  /**
   * Discards records, all or none of them. They stand in the quarantine as long as others, marked as discarded.
   *
   * @throws ProblemException if a record is not one for it; nothing is done then
   */
  public OperationInfo discard(DisposalOrder order) {
    if (order.receiver() != null) {
      throw ProblemCode.MALFORMED_REQUEST.exception("receiver", "\"" + order.receiver()
          + "\" (expected: none, where records are discarded)", "leave it out, or release the records");
    }
    return carryOut(order, null);
  }

  private OperationInfo carryOut(DisposalOrder order, @Nullable Receiver receiver) {
    List<EntryId> ids = checked(order);
    String operation = order.operation() == null ? operations.operation() : order.operation();
    OperationInfo before = store.<@Nullable OperationInfo>inTransaction(
        transaction -> known(transaction, operation, order));
    if (before != null) {
      return before;
    }
    Map<EntryId, QuarantinedRecord> records = new LinkedHashMap<>();
    ids.forEach(id -> records.put(id, quarantines.find(id).record()));
    if (!inHand.add(operation)) {
      return info(operation);
    }
    try {
      boolean begun = store.inTransaction(transaction -> begin(transaction, operation, order, receiver, records));
      if (begun && receiver != null) {
        release(operation);
      }
    } finally {
      inHand.remove(operation);
    }
    OperationInfo after = info(operation);
    Problem problem = after.problem();
    if (problem != null) {
      throw new ProblemException(problem);
    }
    return after;
  }

  private OperationInfo info(String operation) {
    return Objects.requireNonNull(
        store.<@Nullable OperationInfo>inTransaction(transaction -> transaction.ledger().operation(operation)));
  }

  private static List<EntryId> checked(DisposalOrder order) {
    if (order.operation() != null && !order.operation().matches(ID)) {
      throw malformed("operation", "\"" + PlainText.shown(order.operation())
          + "\" (expected: 8 to 64 lower-case letters, digits or '-', random)");
    }
    if (order.by().isBlank()) {
      throw malformed("by", "\"\" (expected: who wants it, for the ledger)");
    }
    try {
      PlainText.check("by", order.by(), LONGEST_NAME);
    } catch (IllegalArgumentException unfit) {
      throw malformed("by", String.valueOf(unfit.getMessage()));
    }
    if (order.records().isEmpty() || order.records().size() > MOST) {
      throw malformed("records", order.records().size() + " of them (expected: 1 to " + MOST + ")");
    }
    List<EntryId> ids = order.records().stream().map(text -> EntryId.parse("records", text)).distinct().toList();
    EntryId first = ids.getFirst();
    for (EntryId id : ids) {
      if (!id.cluster().equals(first.cluster()) || !id.service().equals(first.service())) {
        throw malformed("records", id + " beside " + first + " (expected: records of one service on one cluster)");
      }
    }
    return ids;
  }

  private static ProblemException malformed(String field, String detail) {
    return ProblemCode.MALFORMED_REQUEST.exception(field, detail, "correct it; nothing was done");
  }

  /** What is known under an operation's id; null if nothing is. */
  private static @Nullable OperationInfo known(Transaction transaction, String operation, DisposalOrder order) {
    OperationInfo known = transaction.ledger().operation(operation);
    if (known == null) {
      return null;
    }
    List<Disposal> disposals = transaction.disposals().of(operation);
    Set<String> places =
        order.records().stream().map(text -> EntryId.parse("records", text).toString()).collect(Collectors.toSet());
    boolean same = disposals.stream().allMatch(one -> places.contains(one.place())
        && Objects.equals(one.receiver(), order.receiver()));
    if (!same || !known.kind().equals(kind(order).code())) {
      throw malformed("operation",
          operation + ": the ledger has another operation of this id (expected: an id of its own)");
    }
    return known;
  }

  private static OperationKind kind(DisposalOrder order) {
    return order.receiver() == null ? OperationKind.DISCARD : OperationKind.RELEASE;
  }

  private boolean begin(Transaction transaction, String operation, DisposalOrder order, @Nullable Receiver receiver,
      Map<EntryId, QuarantinedRecord> records) {
    if (known(transaction, operation, order) != null) {
      return false; // somebody who asked at the same time
    }
    Map<String, EntryId> keys = new LinkedHashMap<>();
    records.forEach((id, record) -> keys.putIfAbsent(RecordKeys.held(record), id));
    List<Disposal> disposals = new ArrayList<>();
    keys.forEach((key, id) -> {
      QuarantinedRecord record = Objects.requireNonNull(records.get(id));
      requireHeld(transaction, id, record, order.again());
      String life = receiver == null ? null : receiver.lifeFor(transaction, id.cluster(), record);
      disposals.add(new Disposal(operation, id.cluster(), record.service(), key, id.toString(), life,
          receiver == null ? null : receiver.toString(), order.by(), transaction.nowMillis(), receiver == null));
    });
    transaction.disposals().forgetBefore(transaction.nowMillis() - KEPT.toMillis());
    transaction.ledger().begin(new Ledger.Running(operation, kind(order).code(),
        receiver == null || receiver.tenancy() == null ? List.of() : List.of(receiver.tenancy().text()), ""));
    for (Disposal each : disposals) {
      QuarantinedRecord record = Objects.requireNonNull(records.get(EntryId.parse("records", each.place())));
      transaction.disposals().insert(each);
      transaction.ledger().step(operation, null, kind(order).code(), each.place() + ": " + record.id() + " of "
          + record.service() + (receiver == null ? "" : " to " + receiver + ", group " + record.group()) + ", by "
          + order.by());
    }
    if (receiver == null) {
      transaction.ledger().done(operation);
    }
    return true;
  }

  private static void requireHeld(Transaction transaction, EntryId id, QuarantinedRecord record, boolean again) {
    if (record.reason() == Reason.IN_DOUBT) {
      throw ProblemCode.RECORD_IN_DOUBT.exception("records", id + ": it was put aside in doubt, and the control plane "
          + "itself decides whose it is (expected: a record that was put aside for another reason)",
          "wait: lanekeeper quarantine show " + id + " says when it is settled; a decision that it is nobody's puts it "
              + "aside again, to be released");
    }
    Disposal last = transaction.disposals().last(record.service(), RecordKeys.held(record));
    if (last != null && !(again && last.done())) {
      throw ProblemCode.RECORD_DISPOSED.exception("records",
          id + ": " + (last.isRelease()
              ? (last.done() ? "released to " : "being released to ") + last.receiver()
              : "discarded") + " by " + last.by() + ", operation " + last.operation()
              + " (expected: a record that is held)",
          last.done()
              ? "release it with --again if it is wanted once more"
              : "wait for it: lanekeeper get operations " + last.operation());
    }
  }

  /** Goes on with what is wanted by the ledger, and nobody is at. */
  public void tend() {
    for (Ledger.Running running : store.inTransaction(transaction -> transaction.ledger().unpublished())) {
      Patience rest = resting.get(running.id());
      if (running.kind().equals(OperationKind.RELEASE.code()) && (rest == null || rest.isOver())
          && inHand.add(running.id())) {
        try {
          release(running.id());
        } finally {
          inHand.remove(running.id());
        }
      }
    }
  }

  private void release(String operation) {
    List<Disposal> disposals = disposals(operation);
    if (disposals.isEmpty()) {
      return; // somebody else has found out that it cannot be done
    }
    try {
      ClusterDocument cluster = cluster(disposals.getFirst());
      if (!disposals.getFirst().done()) {
        write(operation, cluster, disposals);
        if (!store.inTransaction(transaction -> note(transaction, operation, disposals))) {
          forget(operation, cluster);
          return;
        }
      }
      forget(operation, cluster);
      store.inTransaction(transaction -> {
        transaction.ledger().done(operation);
        return operation;
      });
      resting.remove(operation);
    } catch (BrokerException e) {
      if (e.isUnreachable()) {
        waits(operation, String.valueOf(e.getMessage()));
      } else {
        fail(operation, Quarantines.asProblem(e).problem());
      }
    } catch (ProblemException e) {
      if (e.is(ProblemCode.KAFKA_UNREACHABLE)) {
        waits(operation, e.problem().detail());
      } else {
        fail(operation, e.problem());
      }
    }
  }

  private List<Disposal> disposals(String operation) {
    return store.inTransaction(transaction -> transaction.disposals().of(operation));
  }

  /** The mark goes last: until then whoever writes again finds that it was done. */
  private void forget(String operation, ClusterDocument cluster) {
    broker.delete(cluster, MARK + operation, PATIENCE);
  }

  private ClusterDocument cluster(Disposal disposal) {
    ClusterDocument cluster = store.catalog().clusters().get(disposal.cluster());
    if (cluster == null) {
      throw ProblemCode.CLUSTER_UNKNOWN.exception("records",
          "cluster " + disposal.cluster() + ": no such document any more",
          "apply a Cluster document, and release again");
    }
    return cluster;
  }

  private void write(String operation, ClusterDocument cluster, List<Disposal> disposals) {
    Receiver receiver = Receiver.parse(disposals.getFirst().receiver());
    ReleasedCopies copies = new ReleasedCopies(store, broker, cluster, receiver, nanos);
    for (Disposal each : disposals) {
      QuarantinedRecord record = quarantines.find(EntryId.parse("records", each.place())).record();
      copies.add(record, Objects.requireNonNull(each.life()));
    }
    if (copies.bytes() > MOST_BYTES && disposals.size() > 1) {
      throw malformed("records", copies.bytes() + " bytes in all (expected: at most " + MOST_BYTES
          + ", but for a single record)");
    }
    broker.writeOnce(cluster, MARK + operation, copies.all(),
        () -> isOpen(disposals(operation))); // another control plane may have been quicker, and through
  }

  /** Whether nobody has noted yet that the copies are there, or that they will never be. */
  private static boolean isOpen(List<Disposal> disposals) {
    return !disposals.isEmpty() && !disposals.getFirst().done();
  }

  /** Notes that the copies are there; but not if nobody reads them any more. What was noted before holds. */
  private static boolean note(Transaction transaction, String operation, List<Disposal> disposals) {
    List<Disposal> known = transaction.disposals().of(operation);
    if (!isOpen(known)) {
      return !known.isEmpty();
    }
    for (Disposal each : disposals) {
      String life = Objects.requireNonNull(each.life());
      if (!Verdicts.isReceived(transaction, new Verdict.HandedOver(life, dev.lanekeeper.model.Carried.NOTHING))) {
        fail(transaction, operation, ProblemCode.RECEIVER_UNFIT.problem("receiver",
            "the override of " + each.receiver() + " ended meanwhile (expected: one that lives)",
            "the records are held as before: release them to another receiver"));
        return false;
      }
    }
    transaction.ledger().step(operation, null, "written", disposals.size() + " records are handed over");
    transaction.disposals().done(operation);
    return true;
  }

  /** Nothing was handed over; where it was, only the mark is left to be deleted, and that is tried again. */
  private void fail(String operation, Problem problem) {
    boolean failed = store.inTransaction(transaction -> {
      boolean open = isOpen(transaction.disposals().of(operation));
      if (open) {
        fail(transaction, operation, problem);
      }
      return open;
    });
    if (!failed) {
      waits(operation, problem.detail());
      return;
    }
    resting.remove(operation);
    LOG.log(Level.WARNING, "operation " + operation + " failed: " + problem.detail());
  }

  private static void fail(Transaction transaction, String operation, Problem problem) {
    transaction.disposals().remove(operation);
    transaction.ledger().failed(operation, problem);
  }

  private void waits(String operation, String why) {
    if (resting.put(operation, new Patience(AGAIN, nanos)) == null) {
      store.inTransaction(transaction -> {
        transaction.ledger().step(operation, null, "waiting", why);
        return operation;
      });
    }
  }
}
