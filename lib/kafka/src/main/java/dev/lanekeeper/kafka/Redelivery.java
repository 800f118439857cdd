package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Handover;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.Service;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Has a consumer read the topics through which records are handed over to its group again, beside what its application subscribed to:
 * those that the table lists for its group and for topics that the application reads. The application does not see that they are
 * subscribed to.
 */
final class Redelivery {

  /** What the names of our own topics begin with. */
  private static final String OURS = "lanekeeper.";

  private final Self self;
  private final String group;
  private final Journal journal;
  private RouteTable seen = RouteTable.EMPTY;
  /** For this group, by the table that was seen last. */
  private List<Handover> listed = List.of();
  /** What was subscribed to last, beside the application's. */
  private Set<String> reads = Set.of();
  /** What was ever subscribed to, or came by a pattern of the application's: records of it may still come. */
  private final Set<String> known = new HashSet<>();
  private @Nullable Wish wish;

  Redelivery(Self self, String group, Journal journal) {
    this.self = self;
    this.journal = journal;
    Incarnation incarnation = self.incarnation();
    String suffix = incarnation == null ? "" : incarnation.groupFor("");
    this.group =
        suffix.isEmpty() || !group.endsWith(suffix) ? group : group.substring(0, group.length() - suffix.length());
  }

  /** The group of the baseline that this consumer belongs to, or to whose counterpart. */
  String group() {
    return group;
  }

  /** Whether records of such topics come. */
  boolean reads() {
    return !known.isEmpty();
  }

  /** Whether this is a topic through which records are handed over to this consumer. */
  boolean is(String topic) {
    return !known.isEmpty() && known.contains(topic);
  }

  /** Whether this is a topic of ours: one of those, or one that a pattern of the application's has brought. */
  static boolean isOurs(String topic) {
    return topic.startsWith(OURS);
  }

  /** Whether a record of such a topic is this consumer's. */
  boolean isOwn(ConsumerRecord<?, ?> record) {
    return RedeliveredRecord.isFor(record.headers(), self, group);
  }

  /** The application subscribes to topics: what to subscribe to. */
  Collection<String> topics(Collection<String> topics, ConsumerRebalanceListener listener, RouteView view) {
    if (topics.isEmpty()) {
      unsubscribed();
      return topics;
    }
    Wish.Topics wanted = new Wish.Topics(List.copyOf(topics), listener);
    subscribed(wanted, view);
    return reads.isEmpty() ? topics : wanted.extended(reads);
  }

  /** The application subscribes to a pattern: what to subscribe to. */
  Pattern pattern(Pattern pattern, ConsumerRebalanceListener listener, RouteView view) {
    Wish.ByClient wanted = new Wish.ByClient(pattern, listener);
    subscribed(wanted, view);
    return wanted.extended(reads);
  }

  /** The application subscribes to a pattern of the broker's kind: what to subscribe to. */
  String brokersPattern(String pattern, ConsumerRebalanceListener listener, RouteView view) {
    Wish.ByBroker wanted = new Wish.ByBroker(pattern, listener);
    subscribed(wanted, view);
    return wanted.extended(reads);
  }

  private void subscribed(Wish wanted, RouteView view) {
    wish = wanted;
    look(view);
    take(due(wanted));
  }

  /** The application is subscribed to nothing any more. */
  void unsubscribed() {
    wish = null;
    reads = Set.of();
  }

  /** Before a poll: subscribes anew where there are other topics to read. */
  void follow(RouteView view, Consumer<?, ?> client) {
    look(view);
    Wish present = wish;
    if (present == null || (listed.isEmpty() && reads.isEmpty())) {
      return;
    }
    Set<String> due = due(present);
    if (!due.equals(reads)) {
      take(due);
      present.subscribe(client, due);
    }
  }

  /** A record came that may be handed over by a table that is newer than the last one: a pattern of the application's brought it. */
  void meet(RouteView view) {
    look(view);
    Wish present = wish;
    if (present != null) {
      known.addAll(due(present));
    }
  }

  /** Partitions came, of whatever topics. */
  void met(Collection<TopicPartition> partitions) {
    Wish present = wish;
    if (present != null) {
      present.assigned(partitions);
    }
  }

  @SuppressWarnings("ReferenceEquality") // any newer table is worth a look
  private void look(RouteView view) {
    if (view.table() != seen) {
      seen = view.table();
      Service service = seen.service(self.service());
      listed = service == null
          ? List.of()
          : service.handovers().stream().filter(handover -> handover.group().equals(group)).toList();
    }
  }

  private Set<String> due(Wish present) {
    Set<String> due = new TreeSet<>();
    Set<String> origins = new HashSet<>();
    for (Handover handover : listed) {
      origins.add(handover.origin());
      if (present.reads(handover.origin())) {
        due.add(handover.topic());
      }
    }
    if (present.extendsBy(due, origins)) {
      return due;
    }
    journal.warnOnce("pattern",
        "a pattern of topics cannot be extended by " + due + ", through which records are handed"
            + " over again: subscribe to a simpler one, or to topics by their names",
        null);
    return Set.of();
  }

  private void take(Set<String> due) {
    reads = due;
    known.addAll(due);
  }

  /** Partitions came: of these topics nothing is missed, whatever the application wants for topics without an offset. */
  void assigned(Collection<TopicPartition> partitions, Consumer<?, ?> client) {
    Set<TopicPartition> own = new HashSet<>();
    for (TopicPartition partition : partitions) {
      if (is(partition.topic())) {
        own.add(partition);
      }
    }
    if (own.isEmpty()) {
      return;
    }
    client.committed(own).forEach((partition, offset) -> {
      if (offset != null) {
        own.remove(partition);
      }
    });
    if (!own.isEmpty()) {
      client.seekToBeginning(own);
    }
  }

  /** What of these the application is to see; {@code partitions} itself if all. */
  Collection<TopicPartition> visible(Collection<TopicPartition> partitions) {
    if (!reads()) {
      return partitions;
    }
    List<TopicPartition> visible = new ArrayList<>(partitions);
    visible.removeIf(partition -> is(partition.topic()));
    return visible;
  }

  /** What of its subscription the application is to see; {@code topics} itself if all. */
  Set<String> visible(Set<String> topics) {
    if (!reads()) {
      return topics;
    }
    Set<String> visible = new HashSet<>(topics);
    visible.removeAll(known);
    return visible;
  }
}
