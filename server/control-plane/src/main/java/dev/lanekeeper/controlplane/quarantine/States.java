package dev.lanekeeper.controlplane.quarantine;

import dev.lanekeeper.api.QuarantinedInfo;
import dev.lanekeeper.controlplane.store.Disposals;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.controlplane.store.Transaction;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.QuarantinedRecord.Reason;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What became of records that were put aside, by the store. */
final class States {

  static final List<String> ALL = List.of(QuarantinedInfo.HELD, QuarantinedInfo.IN_DOUBT, QuarantinedInfo.SETTLED,
      QuarantinedInfo.RELEASING, QuarantinedInfo.RELEASED, QuarantinedInfo.DISCARDED);

  private final Store store;
  private final UnaryOperator<String> kafkas;
  private final Map<String, String> known = new HashMap<>();

  /**
   * By a store.
   *
   * @param kafkas the id of the Kafka that a Cluster document is of, by its name
   */
  States(Store store, UnaryOperator<String> kafkas) {
    this.store = store;
    this.kafkas = kafkas;
  }

  List<QuarantinedInfo> of(List<Quarantines.Tagged> records) {
    records.forEach(one -> known.computeIfAbsent(one.aside().id().cluster(), kafkas));
    return records.isEmpty()
        ? List.of()
        : store.inTransaction(transaction -> records.stream().map(one -> of(transaction, one)).toList());
  }

  private QuarantinedInfo of(Transaction transaction, Quarantines.Tagged one) {
    Aside aside = one.aside();
    QuarantinedRecord record = aside.record();
    String cluster = aside.id().cluster();
    Disposals.Disposal last = transaction.disposals().last(record.service(), RecordKeys.held(record));
    String state = record.reason() != Reason.IN_DOUBT
        ? state(last)
        : transaction.isResolved(record.service(), RecordKeys.inDoubt(known.getOrDefault(cluster, ""), record))
            ? QuarantinedInfo.SETTLED
            : QuarantinedInfo.IN_DOUBT;
    String incarnation = record.incarnation();
    return new QuarantinedInfo(aside.id().toString(), cluster, record.service().text(),
        Aside.Reasons.text(record.reason()), state, one.tenancy(), incarnation.isEmpty() ? null : incarnation,
        record.group(), record.topic(), record.partition(), record.offset(), record.timestampMillis(),
        aside.asideMillis(), aside.keyBytes(), aside.valueBytes(), record.byReference(),
        record.reason() == Reason.IN_DOUBT || last == null ? null : last.info());
  }

  private static String state(Disposals.@Nullable Disposal last) {
    if (last == null) {
      return QuarantinedInfo.HELD;
    }
    return !last.done()
        ? QuarantinedInfo.RELEASING
        : last.isRelease() ? QuarantinedInfo.RELEASED : QuarantinedInfo.DISCARDED;
  }
}
