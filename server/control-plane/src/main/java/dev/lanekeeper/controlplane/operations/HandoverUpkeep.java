package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.lifecycle.GroupReads;
import dev.lanekeeper.controlplane.lifecycle.Life;
import dev.lanekeeper.controlplane.lifecycle.Start;
import dev.lanekeeper.controlplane.store.Catalog;
import dev.lanekeeper.controlplane.store.Ledger;
import dev.lanekeeper.controlplane.store.OwnTopic;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.Handover;
import dev.lanekeeper.model.PartitionOffset;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks after the topics of one Kafka through which records were handed over: lists those whose consumers do not know of them, and
 * takes away those that nobody needs any more.
 *
 * <pre>
 *          nothing to be read in it, for a day         unlisted, and nothing came for ten minutes
 *   used ----------------------------------------&gt; retiring ----------------------------------------&gt; deleted
 *     ^                                                |
 *     +----------------- something came ---------------+
 * </pre>
 *
 * <p>Nothing is to be read where the group, and those of its counterparts that live, have read all, or all is older than such a
 * topic keeps it. A topic is unlisted before it is deleted, or consumers would go on to read what is not there; somebody may have
 * been about to write to it, so that it is looked at once more.
 *
 * <p><b>Threads.</b> Belongs to one.
 */
final class HandoverUpkeep {

  private static final Logger LOG = System.getLogger(HandoverUpkeep.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);
  private static final Duration LONG = Duration.ofDays(1);
  /** Longer than anybody who has seen that it is listed takes to write to it. */
  private static final Duration LINGER = Duration.ofMinutes(10);
  /** How many topics that do not answer are waited for in one look. */
  private static final int MOST_UNREACHABLE = 2;
  private static final Duration REST = Duration.ofMinutes(5);

  private final Store store;
  private final GroupBroker broker;
  private final ClusterDocument cluster;
  private final SameKafka kafka;
  private final Handovers handovers;
  private final LongSupplier nanos;
  private final Map<OwnTopic, Quiet> quiet = new HashMap<>();
  private final Map<OwnTopic, Patience> missing = new HashMap<>();
  private final Map<OwnTopic, Patience> resting = new HashMap<>();
  private @Nullable Patience looked;
  /** The topic that was looked at last, behind which the next look goes on. */
  private @Nullable OwnTopic tried;

  /** Of a topic in which nothing is to be read: since when, and where it ended then. */
  private record Quiet(List<PartitionOffset> ends, Patience left, boolean retiring) {}

  HandoverUpkeep(Store store, GroupBroker broker, ClusterDocument cluster, SameKafka kafka, Handovers handovers,
      LongSupplier nanos) {
    this.store = store;
    this.broker = broker;
    this.cluster = cluster;
    this.kafka = kafka;
    this.handovers = handovers;
    this.nanos = nanos;
  }

  /**
   * Looks at all of them.
   *
   * @param listed the topics that the Kafka has, of those whose names begin as ours do
   */
  void look(Set<String> listed) {
    Set<String> present = new HashSet<>(listed);
    List<BrokerException> failed = new ArrayList<>();
    Set<OwnTopic> going = new LinkedHashSet<>(store.read(ledger -> ledger.goingTopics(kafka.id())));
    going.stream().filter(topic -> !present.contains(topic.topic())).forEach(this::forget);
    going.removeIf(topic -> !present.contains(topic.topic()));
    Set<OwnTopic> left = each(going, LOOK_AGAIN, topic -> resume(topic, present), failed);
    left.forEach(topic -> present.remove(topic.topic()));
    List<OwnTopic> topics =
        new ArrayList<>(store.inTransaction(transaction -> transaction.ledger().ownTopics(kafka.id())));
    resting.keySet().retainAll(topics);
    topics.removeAll(left);
    quiet.keySet().retainAll(topics);
    missing.keySet().retainAll(topics);
    Catalog catalog = store.catalog();
    adopt(catalog, present, topics);
    for (OwnTopic topic : topics) {
      if (!present.contains(topic.topic())) {
        miss(topic);
        continue;
      }
      missing.remove(topic);
      if (isConsumed(catalog, topic) && !isRetiring(topic)) {
        handovers.list(topic);
      }
    }
    Patience last = looked;
    if (last == null || last.isOver()) {
      looked = new Patience(LOOK_AGAIN, nanos);
      topics.removeIf(topic -> !present.contains(topic.topic()));
      Collections.rotate(topics, -(topics.indexOf(tried) + 1));
      each(topics, REST, topic -> settle(catalog, topic), failed);
    }
    if (!failed.isEmpty()) {
      failed.stream().skip(1).forEach(failed.getFirst()::addSuppressed);
      throw failed.getFirst();
    }
  }

  /**
   * One that fails stops no other, and rests for a while. Each that does not answer is waited for: after some of them the others
   * have their turn in the next look.
   *
   * @return those that were not dealt with
   */
  private Set<OwnTopic> each(Collection<OwnTopic> topics, Duration rest, Consumer<OwnTopic> step,
      List<BrokerException> failed) {
    Set<OwnTopic> skipped = new HashSet<>();
    for (OwnTopic topic : topics) {
      Patience left = resting.get(topic);
      if ((left != null && !left.isOver())
          || failed.stream().filter(BrokerException::isUnreachable).count() >= MOST_UNREACHABLE) {
        skipped.add(topic);
        continue;
      }
      resting.remove(topic);
      try {
        step.accept(topic);
      } catch (BrokerException e) {
        resting.put(topic, new Patience(rest, nanos));
        skipped.add(topic);
        failed.add(e);
      }
    }
    return skipped;
  }

  /**
   * Unlists what is not there, and remembers it for a while: somebody may be just making it, or has made it since the Kafka was asked, and
   * is about to write to it. Then it is listed again.
   */
  private void miss(OwnTopic topic) {
    quiet.remove(topic);
    handovers.unlist(topic);
    if (missing.computeIfAbsent(topic, _ -> new Patience(LINGER, nanos)).isOver()) {
      forget(topic);
    }
  }

  private boolean isConsumed(Catalog catalog, OwnTopic topic) {
    return Consumption.of(catalog, topic.service()).hasReads(topic.handover().group(), topic.handover().origin(),
        name -> kafka.is(name) != SameKafka.Relation.ANOTHER);
  }

  /** Takes on those that were made after the backup from which the store was restored: from the next look on they are its own. */
  private void adopt(Catalog catalog, Set<String> present, List<OwnTopic> known) {
    Set<String> unknown = new HashSet<>(present);
    unknown.removeIf(topic -> !RedeliveredRecord.isTopic(topic));
    known.forEach(topic -> unknown.remove(topic.topic()));
    if (unknown.isEmpty()) {
      return; // nearly always
    }
    for (ServiceName service : catalog.serviceNames()) {
      for (GroupReads reads : Consumption.of(catalog, service).reads()) {
        if (kafka.is(reads.cluster()) == SameKafka.Relation.SAME) {
          reads.topics().stream()
              .map(origin -> new OwnTopic(kafka.id(), service,
                  new Handover(reads.group(), origin, RedeliveredRecord.topic(service, reads.group(), origin))))
              .filter(own -> unknown.contains(own.topic())).forEach(this::adopt);
        }
      }
    }
  }

  private void adopt(OwnTopic topic) {
    store.inTransaction(transaction -> {
      transaction.ledger().made(topic);
      return topic;
    });
  }

  private boolean isRetiring(OwnTopic topic) {
    Quiet known = quiet.get(topic);
    return known != null && known.retiring;
  }

  private void settle(Catalog catalog, OwnTopic topic) {
    tried = topic;
    List<PartitionOffset> ends = broker.ends(cluster, Set.of(topic.topic()), PATIENCE);
    Quiet known = quiet.get(topic);
    boolean same = known != null && known.ends.equals(ends);
    if (!isRead(topic, ends)) {
      quiet.remove(topic);
    } else if (known == null || !same) {
      quiet.put(topic, new Quiet(ends, new Patience(LONG, nanos), false));
    } else if (known.left.isOver()) {
      if (known.retiring && !mayGo(topic)) {
        quiet.remove(topic); // somebody is about to write to it
      } else if (known.retiring) {
        delete(topic, ends);
      } else {
        retire(catalog, topic, ends);
      }
    }
  }

  /** Whether nobody has anything to read in it: it may have been deleted by its age. */
  private boolean isRead(OwnTopic topic, List<PartitionOffset> ends) {
    boolean empty = ends.stream().noneMatch(end -> broker.holdsRecords(cluster, end.topic(), end.partition(), 0,
        end.offset(), PATIENCE));
    return empty || groups(topic).stream().allMatch(group -> isRead(topic, ends, group));
  }

  /** INVARIANT: one that stands beyond the end of a log that was cut has not read what is there: it begins anew. */
  private boolean isRead(OwnTopic topic, List<PartitionOffset> ends, String group) {
    List<Start> positions = broker.positions(cluster, group, Set.of(topic.topic()), PATIENCE);
    return Undertaker.passed(ends, positions).isEmpty()
        && Standing.behind(broker, cluster, group, positions, ends, PATIENCE).isEmpty();
  }

  /**
   * The group in which the baseline reads it, and those of its counterparts that may have something to read there; also such as are not
   * there yet, since their workload was never started.
   */
  private Set<String> groups(OwnTopic topic) {
    String group = RedeliveredRecord.groupFor(topic.handover().group());
    Set<String> groups = store.inTransaction(transaction -> transaction.ledger().unended()).stream()
        .map(Ledger.Entry::life).filter(life -> life.service().equals(topic.service()))
        .map(Life::incarnation).map(incarnation -> incarnation.groupFor(group)).collect(Collectors.toSet());
    groups.add(group);
    return groups;
  }

  private void retire(Catalog catalog, OwnTopic topic, List<PartitionOffset> ends) {
    quiet.put(topic, new Quiet(ends, new Patience(LINGER, nanos), true));
    if (isListed(catalog, topic)) {
      handovers.unlist(topic);
    }
  }

  private static boolean isListed(Catalog catalog, OwnTopic topic) {
    Service service = catalog.table().service(topic.service());
    return service != null && service.handovers().contains(topic.handover());
  }

  /** INVARIANT: from here on nobody lists it, or writes to it, on whatever control plane, until it is gone. */
  private boolean mayGo(OwnTopic topic) {
    return store.inTransaction(transaction -> {
      boolean listed = isListed(transaction.catalog(), topic);
      if (!listed) {
        transaction.ledger().going(topic);
      }
      return !listed;
    });
  }

  /** Who was deleting it died, or the store was restored from just then: it may be another one by now. */
  private void resume(OwnTopic topic, Set<String> present) {
    present.remove(topic.topic());
    List<PartitionOffset> ends = broker.ends(cluster, Set.of(topic.topic()), PATIENCE);
    if (isRead(topic, ends)) {
      delete(topic, ends);
    } else {
      stay(topic);
    }
  }

  private void stay(OwnTopic topic) {
    store.inTransaction(transaction -> {
      transaction.ledger().staying(topic);
      return topic;
    });
  }

  /**
   * Deletes what was looked at, and nothing that was made in its place.
   *
   * <p>INVARIANT: one that may not be deleted does not stay marked: it is written to again.
   *
   * @param ends where it ends; empty if it is not there
   */
  private void delete(OwnTopic topic, List<PartitionOffset> ends) {
    try {
      if (!ends.isEmpty() && !broker.deleteTopic(cluster, topic.topic(), ends.getFirst().topicId(), PATIENCE)) {
        quiet.remove(topic);
        return; // somebody else was quicker; the next look goes on
      }
    } catch (BrokerException e) {
      if (!e.isUnreachable()) {
        stay(topic);
      }
      throw e;
    }
    forget(topic);
    LOG.log(Level.INFO,
        topic.topic() + " on " + cluster.name() + " was deleted: all that was handed over through it to group "
            + topic.handover().group() + " of " + topic.service() + " was read, or is too old");
  }

  private void forget(OwnTopic topic) {
    quiet.remove(topic);
    handovers.unlist(topic);
    store.inTransaction(transaction -> {
      transaction.ledger().gone(topic);
      return topic;
    });
  }
}
