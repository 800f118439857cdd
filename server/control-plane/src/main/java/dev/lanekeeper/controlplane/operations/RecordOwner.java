package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.client.RouteJson;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.RecordTags;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Owner;
import dev.lanekeeper.model.Policy;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.WireNames;
import java.time.Duration;
import org.apache.kafka.common.header.Headers;

/**
 * Whose records are, by the store's newest table.
 *
 * <p>INVARIANT: made after the records were read: no stamp on them is newer than the table, unless it was never given.
 */
final class RecordOwner {

  /** After how long it is worth to look again for a tag that cannot be read by any names. */
  private static final Duration NAMES_MAY_COME = Duration.ofHours(1);

  private final RouteTable table;
  private final long asOfMillis;

  RecordOwner(Store store) {
    RouteJson.Current now = store.current();
    this.table = store.catalog().table();
    this.asOfMillis = now.asOfMillis();
  }

  /** By a table that is the newest as of a time. */
  RecordOwner(RouteTable table, long asOfMillis) {
    this.table = table;
    this.asOfMillis = asOfMillis;
  }

  /**
   * An answer.
   *
   * @param owner {@link Owner.InDoubt} where nobody can tell yet: the record's timestamp is ahead of the store's clock, or the life is
   *     closing
   * @param carried tag and stamp, if need be that of the snapshot at which the record was decided
   * @param policy what happens at that snapshot when there is no plain answer
   * @param untilMillis up to when, by the store's clock, there will be no other answer; 0 where that is not known
   */
  record Answer(Owner owner, Carried carried, Policy policy, long untilMillis) {}

  /** The table that answers. */
  RouteTable table() {
    return table;
  }

  /** Of what time the table is the newest, ms since 1970. */
  long asOfMillis() {
    return asOfMillis;
  }

  /** Whether a record with these headers may bear a tag; one that does not is the baseline's. Costs little. */
  boolean mayBeTagged(Headers headers) {
    return RecordTags.mayBeThere(headers, table.names());
  }

  /** Whose a record is, of a service that reads it there. */
  Answer of(ServiceName service, Headers headers, String topic, int partition, long offset, long timestampMillis) {
    return of(service, RecordTags.read(headers, table.names()), topic, partition, offset, timestampMillis);
  }

  /**
   * Whose a record is that was put aside in doubt. It bore a tag: if none can be read by the names of now, then by those of before; and if by
   * none at all, nobody can tell.
   */
  Answer ofInDoubt(QuarantinedRecord record) {
    for (WireNames names : table.allNames()) {
      Carried carried = RecordTags.read(record.headers(), names);
      if (carried.isTagged()) {
        return of(record.service(), carried, record.topic(), record.partition(), record.offset(),
            record.timestampMillis());
      }
    }
    return new Answer(Owner.IN_DOUBT, Carried.NOTHING, table.policyAt(table.revision(), 0),
        asOfMillis + NAMES_MAY_COME.toMillis());
  }

  private Answer of(ServiceName service, Carried carried, String topic, int partition, long offset,
      long timestampMillis) {
    Stamp stamp = carried.stamp();
    if (!carried.isTagged()) {
      return new Answer(Owner.BASELINE, carried, table.policyAt(table.revision(), stamp.revision()), 0);
    }
    Carried borne = carried;
    long until = 0;
    long at = table.snapshot(stamp.revision(), stamp.seal(), true);
    if (at == RouteTable.UNSTAMPED) {
      at = carried.tag().isMalformed() ? table.revision() : table.snapshotAt(timestampMillis, asOfMillis);
      borne = at > 0 ? carried.with(table.stampOf(at)) : carried;
      until = at == RouteTable.ASK ? timestampMillis : 0;
    }
    return new Answer(table.ownerAt(service, carried.tag(), at, topic, partition, offset), borne,
        table.policyAt(at, stamp.revision()), until);
  }
}
