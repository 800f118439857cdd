package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.Handover;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The topics through which records are handed over.
 *
 * <p>INVARIANT: each is there, and stands in the table, before anything is written to it: consumers are told to read before there is
 * anything to read, and an undertaker finds in the table all that its workload may have been handed over.
 */
final class Handovers {

  private static final Logger LOG = System.getLogger(Handovers.class.getName());
  private static final Duration AGAIN = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Store store;
  private final GroupBroker broker;
  private final ClusterDocument cluster;
  private final LongSupplier nanos;
  private final Set<String> made = new HashSet<>();
  /** Topics that we may not make, and until when we do not try again. */
  private final Map<String, Patience> refused = new HashMap<>();

  /** Those on a cluster. */
  Handovers(Store store, GroupBroker broker, ClusterDocument cluster, LongSupplier nanos) {
    this.store = store;
    this.broker = broker;
    this.cluster = cluster;
    this.nanos = nanos;
  }

  /** Takes none for granted any more: one may have been deleted. */
  void forget() {
    made.clear();
  }

  /** Sees to it that a record can be handed over; whether it can. */
  boolean prepare(QuarantinedRecord record) {
    String topic = RedeliveredRecord.topic(record.service(), record.group(), record.topic());
    if (!made.contains(topic) && !make(topic, record.topic())) {
      return false;
    }
    list(record.service(), new Handover(record.group(), record.topic(), topic));
    return true;
  }

  private boolean make(String topic, String origin) {
    Patience rest = refused.get(topic);
    if (rest != null && !rest.isOver()) {
      return false;
    }
    try {
      broker.keepLike(cluster, topic, origin, PATIENCE);
      made.add(topic);
      return true;
    } catch (BrokerException e) {
      if (e.isUnreachable()) {
        throw e;
      }
      if (refused.put(topic, new Patience(AGAIN, nanos)) == null) {
        LOG.log(Level.WARNING,
            "what is to be handed over through " + topic + " waits until it is there: " + e.getMessage());
      }
      return false;
    }
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
