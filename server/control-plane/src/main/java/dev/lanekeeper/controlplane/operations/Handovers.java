package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.store.SqliteStore;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.Handover;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The topics through which records are handed over.
 *
 * <p>INVARIANT: each is there, and stands in the table, before anything is written to it: consumers are told to read before there is
 * anything to read, and an undertaker finds in the table all that its workload may have been handed over.
 */
final class Handovers {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final SqliteStore store;
  private final GroupBroker broker;
  private final ClusterDocument cluster;
  private final Set<String> made = new HashSet<>();

  /** Those on a cluster. */
  Handovers(SqliteStore store, GroupBroker broker, ClusterDocument cluster) {
    this.store = store;
    this.broker = broker;
    this.cluster = cluster;
  }

  /** Sees to it that a record can be handed over. */
  void prepare(QuarantinedRecord record) {
    String topic = RedeliveredRecord.topic(record.service(), record.group(), record.topic());
    if (!made.contains(topic)) {
      broker.keepLike(cluster, topic, record.topic(), PATIENCE);
      made.add(topic);
    }
    list(record.service(), new Handover(record.group(), record.topic(), topic));
  }

  private void list(ServiceName service, Handover handover) {
    Service known = store.catalog().table().service(service);
    if (known != null && known.handovers().contains(handover)) {
      return;
    }
    store.inTransaction(transaction -> {
      Service present = transaction.catalog().table().service(service);
      transaction.revision();
      transaction.publish((present == null ? new Service(service, List.of(), false) : present).with(handover));
      return true;
    });
  }
}
