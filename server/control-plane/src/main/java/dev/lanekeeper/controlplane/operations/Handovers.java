package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.store.OwnTopic;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.Handover;
import dev.lanekeeper.model.Service;
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
 * The topics that a {@link Resolution} writes to, above all those through which records are handed over. One that may not be made or
 * written rests for a while, longer each time; others do not wait for it.
 *
 * <p>INVARIANT: each is there, and stands in the table, before anything is written to it: consumers are told to read before there is
 * anything to read, and an undertaker finds in the table all that its workload may have been handed over.
 */
final class Handovers {

  private static final Logger LOG = System.getLogger(Handovers.class.getName());
  private static final Duration SHORTEST_REST = Duration.ofSeconds(10);
  private static final Duration LONGEST_REST = Duration.ofMinutes(5);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Store store;
  private final GroupBroker broker;
  private final ClusterDocument cluster;
  /** Its id. */
  private final String kafka;
  private final LongSupplier nanos;
  private final Set<String> made = new HashSet<>();
  private final Map<String, Rest> resting = new HashMap<>();

  /** Of a topic of which something failed. */
  private record Rest(Duration whole, Patience left) {}

  /** Those on a cluster. */
  Handovers(Store store, GroupBroker broker, ClusterDocument cluster, String kafka, LongSupplier nanos) {
    this.kafka = kafka;
    this.store = store;
    this.broker = broker;
    this.cluster = cluster;
    this.nanos = nanos;
  }

  /** Takes only these for granted any more: others may have been deleted. */
  void keepOnly(Set<String> present) {
    made.retainAll(present);
  }

  /** Takes none for granted any more. */
  void forget() {
    made.clear();
  }

  /** Sees to it that a record can be handed over; whether it can. */
  boolean prepare(QuarantinedRecord record) {
    String topic = RedeliveredRecord.topic(record.service(), record.group(), record.topic());
    OwnTopic own = new OwnTopic(kafka, record.service(), new Handover(record.group(), record.topic(), topic));
    if (!mayWrite(topic) || (!made.contains(topic) && !make(own))) {
      return false;
    }
    return list(own);
  }

  private boolean make(OwnTopic own) {
    String topic = own.topic();
    boolean stays = store.inTransaction(transaction -> {
      transaction.ledger().made(own);
      return !transaction.ledger().goingTopics(kafka).contains(own);
    });
    if (!stays) {
      return false; // it is made anew once it is gone
    }
    try {
      broker.keepLike(cluster, topic, own.handover().origin(), PATIENCE);
      made.add(topic);
      return true;
    } catch (BrokerException e) {
      failed(topic, e);
      if (e.isUnreachable()) {
        throw e;
      }
      return false;
    }
  }

  /** Whether a topic may be written to again, as far as is known. */
  boolean mayWrite(String topic) {
    Rest rest = resting.get(topic);
    return rest == null || rest.left.isOver();
  }

  /** A topic could not be made, or written to. */
  void failed(String topic, BrokerException why) {
    made.remove(topic);
    Rest last = resting.get(topic);
    Duration whole = last == null ? SHORTEST_REST : shorter(last.whole.multipliedBy(2), LONGEST_REST);
    resting.put(topic, new Rest(whole, new Patience(whole, nanos)));
    if (last == null) {
      LOG.log(Level.WARNING,
          "what is to be written to " + topic + " waits until it can be, and nothing else does: " + why.getMessage());
    }
  }

  /** A topic was written to. */
  void written(String topic) {
    if (resting.remove(topic) != null) {
      LOG.log(Level.INFO, topic + " is written to again");
    }
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /** Says in the table that records are handed over through a topic, unless it is being deleted; whether it stands there. */
  boolean list(OwnTopic topic) {
    Service known = store.catalog().table().service(topic.service());
    if (known != null && known.handovers().contains(topic.handover())) {
      return true;
    }
    return store.inTransaction(transaction -> {
      if (transaction.ledger().goingTopics(kafka).contains(topic)) {
        return false;
      }
      Service present = transaction.catalog().table().service(topic.service());
      transaction.revision();
      transaction.publish((present == null ? new Service(topic.service(), List.of(), false) : present)
          .with(topic.handover()));
      transaction.ledger().made(topic);
      return true;
    });
  }

  /** Takes a topic out of the table, if it stands there, and for granted no more. */
  void unlist(OwnTopic topic) {
    made.remove(topic.topic());
    store.inTransaction(transaction -> {
      Service present = transaction.catalog().table().service(topic.service());
      if (present != null && present.handovers().contains(topic.handover())) {
        transaction.revision();
        transaction.publish(present.without(topic.handover()));
      }
      return true;
    });
  }
}
