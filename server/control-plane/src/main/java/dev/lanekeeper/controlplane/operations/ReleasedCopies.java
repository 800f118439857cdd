package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.controlplane.kafka.Copy;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.RecordTags;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.RouteTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The copies that are handed over of records that a person releases. Belongs to one thread. */
final class ReleasedCopies {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration PATIENCE_FOR_A_LARGE = Duration.ofSeconds(30);

  private final Store store;
  private final GroupBroker broker;
  private final ClusterDocument cluster;
  private final Receiver receiver;
  private final Handovers handovers;
  private final List<ProducerRecord<byte[], byte[]>> copies = new ArrayList<>();
  private long bytes;

  ReleasedCopies(Store store, GroupBroker broker, ClusterDocument cluster, Receiver receiver,
      LongSupplier nanos) {
    this.store = store;
    this.broker = broker;
    this.cluster = cluster;
    this.receiver = receiver;
    this.handovers = new Handovers(store, broker, cluster, broker.id(cluster, PATIENCE), nanos);
  }

  /**
   * Adds a copy of a record. It bears the receiver's tag, not its own.
   *
   * @param life of which override the receiver is; empty: the baseline is
   * @throws dev.lanekeeper.api.ProblemException if the record is gone, or the topic through which it goes may not be made
   */
  void add(QuarantinedRecord record, String life) {
    QuarantinedRecord whole = record.byReference() ? original(record) : record;
    if (!handovers.prepare(record)) {
      throw ProblemCode.KAFKA_REFUSED.exception("cluster", "the topic "
          + RedeliveredRecord.topic(record.service(), record.group(), record.topic())
          + ", through which the record would be handed over, is being deleted, or may not be made (expected: one that is there)",
          "release again in a minute; if that does not help, make it, or let the control plane make topics that begin with lanekeeper.");
    }
    ProducerRecord<byte[], byte[]> copy = new RedeliveredRecord(whole, life).written();
    RouteTable table = store.catalog().table();
    table.allNames().forEach(names -> RecordTags.remove(copy.headers(), names));
    Carried carried = receiver.carried(table);
    if (carried.isTagged()) {
      RecordTags.write(copy.headers(), table.names(), carried);
    }
    copies.add(copy);
    bytes += Copy.bytes(copy.key(), copy.value(), copy.headers());
  }

  private QuarantinedRecord original(QuarantinedRecord record) {
    ConsumerRecord<byte[], byte[]> there =
        broker.read(cluster, record.topic(), record.partition(), record.offset(), PATIENCE_FOR_A_LARGE);
    if (there == null || there.timestamp() != record.timestampMillis()) {
      throw ProblemCode.RECORD_GONE.exception("records", record.id()
          + ": it was too large to be put aside, and does not stand where it came from any more",
          "nothing brings it back; discard it");
    }
    return record.whole(there);
  }

  List<ProducerRecord<byte[], byte[]>> all() {
    return copies;
  }

  long bytes() {
    return bytes;
  }
}
