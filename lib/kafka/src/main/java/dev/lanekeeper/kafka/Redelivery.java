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
  /** No topic, but named as one. */
  private static final String PROBE = OURS + "redelivered.-";

  private final Self self;
  private final String group;
  private final boolean closed;
  private final Journal journal;
  private RouteTable seen = RouteTable.EMPTY;
  /** For this group, by the table that was seen last. */
  private List<Handover> listed = List.of();
  /** What was subscribed to last, beside the application's. */
  private Set<String> reads = Set.of();
  /** What was ever subscribed to, or came by a pattern of the application's: records of it may still come. */
  private final Set<String> known = new HashSet<>();
  /** Which the broker does not let this consumer read. */
  private final Set<String> refused = new HashSet<>();
  private @Nullable Wish wish;
  /** Whether the wish can be extended by topics of ours. */
  private boolean extensible;
  /** What is to be subscribed to beside the wish; null if that has to be found out anew. */
  private @Nullable Set<String> due;

  /**
   * Of one consumer.
   *
   * @param closed whether nothing may be read beside what it subscribes to: Kafka Streams cannot have it, and others have to want it
   */
  Redelivery(Self self, String group, boolean closed, Journal journal) {
    this.self = self;
    this.closed = closed;
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
    if (closed) {
      return topics; // the client's to take or refuse
    }
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
    if (closed) {
      return pattern;
    }
    Wish.ByClient wanted = new Wish.ByClient(pattern, listener);
    subscribed(wanted, view);
    return wanted.extended(reads);
  }

  /** The application subscribes to a pattern of the broker's kind: what to subscribe to. */
  String brokersPattern(String pattern, ConsumerRebalanceListener listener, RouteView view) {
    Set<String> met =
        wish instanceof Wish.ByBroker last && last.pattern().equals(pattern) ? last.met() : new HashSet<>();
    if (closed) {
      return pattern;
    }
    Wish.ByBroker wanted = new Wish.ByBroker(pattern, met, listener);
    subscribed(wanted, view);
    return wanted.extended(reads);
  }

  private void subscribed(Wish wanted, RouteView view) {
    wish = wanted;
    due = null;
    extensible = wanted.extendsBy(Set.of(PROBE), Set.of());
    look(view);
    take(due(wanted));
  }

  /**
   * Whether what this consumer puts aside can come back to it: it is subscribed, and to what can be extended. INVARIANT: else it puts
   * nothing aside of which nobody can tell whose it is.
   */
  boolean comesBack() {
    return wish != null && extensible;
  }

  /** The application is subscribed to nothing any more. */
  void unsubscribed() {
    wish = null;
    reads = Set.of();
  }

  /** Before a poll: subscribes anew where there are other topics to read, and the consumer may be made to join its group anew. */
  void follow(RouteView view, Consumer<?, ?> client, Places places) {
    look(view);
    Wish present = wish;
    if (present == null || (listed.isEmpty() && reads.isEmpty())) {
      return;
    }
    Set<String> wanted = due(present);
    places.leap(present.isFoundOutLater());
    if (!wanted.equals(reads) && places.mayMove(visible(client.assignment()), client, wanted)) {
      take(wanted);
      present.subscribe(client, wanted);
    }
  }

  /**
   * The broker does not let the consumer read some topics. Those of ours are given up, until the table lists others.
   *
   * @param topics none if the broker does not say which
   * @return whether that was all: the application has no part in it
   */
  boolean refused(Set<String> topics, Consumer<?, ?> client, Places places) {
    Wish present = wish;
    if (present == null || !known.containsAll(topics) || topics.stream().anyMatch(present::reads)) {
      return false;
    }
    Set<String> suspects = topics.isEmpty() ? reads : topics;
    if (suspects.isEmpty()) {
      return false;
    }
    journal.count(Journal.REDELIVERY_REFUSED);
    journal.warnOnce("refused " + suspects,
        "this consumer may not read " + suspects + ", through which records are handed"
            + " over to group " + group + " again: let it read topics that begin with " + OURS
            + "redelivered., and start it"
            + " again. Until then these records stay there",
        null);
    refused.addAll(suspects);
    due = null;
    Set<String> rest = new TreeSet<>(reads);
    if (rest.removeAll(suspects)) {
      places.move(visible(client.assignment()), client, rest);
      take(rest);
      present.subscribe(client, rest);
    }
    return true;
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
      due = null;
    }
  }

  @SuppressWarnings("ReferenceEquality") // any newer table is worth a look
  private void look(RouteView view) {
    if (view.table() != seen) {
      seen = view.table();
      Service service = seen.service(self.service());
      List<Handover> now = service == null
          ? List.of()
          : service.handovers().stream().filter(handover -> handover.group().equals(group)).toList();
      if (!now.equals(listed)) {
        refused.clear();
      }
      listed = now;
      due = null;
    }
  }

  private Set<String> due(Wish present) {
    Set<String> found = due;
    if (found == null) {
      found = wanted(present);
      due = found;
    }
    return found;
  }

  private Set<String> wanted(Wish present) {
    Set<String> wanted = new TreeSet<>();
    Set<String> origins = new HashSet<>();
    for (Handover handover : listed) {
      origins.add(handover.origin());
      if (present.reads(handover.origin()) && !refused.contains(handover.topic())) {
        wanted.add(handover.topic());
      }
    }
    if (present.extendsBy(wanted, origins)) {
      return wanted;
    }
    journal.warnOnce("pattern", "a pattern of topics cannot be extended by " + wanted + ", through which records are"
        + " handed over again, and what is in doubt is held: subscribe to a simpler one, or to topics by their names",
        null);
    return Set.of();
  }

  private void take(Set<String> topics) {
    reads = topics;
    known.addAll(topics);
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

  /** What of these the application is to see; {@code partitions} itself if all. */
  Set<TopicPartition> visible(Set<TopicPartition> partitions) {
    return reads() ? new HashSet<>(visible((Collection<TopicPartition>) partitions)) : partitions;
  }

  /** What of its subscription the application is to see; {@code topics} itself if all. */
  Set<String> visibleTopics(Set<String> topics) {
    if (!reads()) {
      return topics;
    }
    Set<String> visible = new HashSet<>(topics);
    visible.removeAll(known);
    return visible;
  }
}
