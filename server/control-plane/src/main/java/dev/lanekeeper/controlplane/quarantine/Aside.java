package dev.lanekeeper.controlplane.quarantine;

import dev.lanekeeper.kafka.QuarantinedRecord;
import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record as it stands in a quarantine, without what may be large.
 *
 * @param id where it stands
 * @param asideMillis when it was put aside, ms since 1970
 * @param record without key and value
 * @param keyBytes how large its key is; null: it has none
 * @param valueBytes how large its value is; null: it has none
 */
record Aside(EntryId id, long asideMillis, QuarantinedRecord record, @Nullable Integer keyBytes,
    @Nullable Integer valueBytes) {

  /** What stands there; null where it is not a record that was put aside. */
  static @Nullable Aside of(String cluster, ConsumerRecord<byte[], byte[]> written) {
    QuarantinedRecord whole = read(written);
    if (whole == null) {
      return null;
    }
    EntryId id = new EntryId(cluster, whole.service(), written.partition(), written.offset());
    QuarantinedRecord small = whole.byReference() ? whole : withoutContent(whole);
    return new Aside(id, written.timestamp(), small, length(whole.key()), length(whole.value()));
  }

  private static QuarantinedRecord withoutContent(QuarantinedRecord whole) {
    return new QuarantinedRecord(whole.service(), whole.reason(), whole.incarnation(), whole.group(), whole.topic(),
        whole.partition(), whole.offset(), whole.timestampMillis(), null, null, whole.asReference().headers());
  }

  private static @Nullable Integer length(byte @Nullable [] part) {
    return part == null ? null : part.length;
  }

  /** The record as it was; null where it is not one that was put aside in this quarantine. */
  static @Nullable QuarantinedRecord read(ConsumerRecord<byte[], byte[]> written) {
    try {
      QuarantinedRecord record = QuarantinedRecord.read(written);
      return QuarantinedRecord.topic(record.service()).equals(written.topic()) ? record : null;
    } catch (IllegalArgumentException notOurs) {
      return null;
    }
  }

  /** Whether it is of a reason, as people write it. */
  boolean isBecauseOf(String reason) {
    return Reasons.text(record.reason()).equals(reason);
  }

  /** Those that are known, as people write them. */
  static final class Reasons {

    private Reasons() {}

    /** How people write one. */
    static String text(QuarantinedRecord.Reason reason) {
      return reason.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /** All of them. */
    static java.util.List<String> all() {
      return Arrays.stream(QuarantinedRecord.Reason.values()).map(Reasons::text).toList();
    }
  }
}
