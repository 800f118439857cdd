package dev.lanekeeper.kafka;

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
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Has a consumer read the topic through which records are handed over to its service again, beside what its application
 * subscribed to, from when on the table says that there is such a topic. The application does not see that it is subscribed to.
 */
final class Redelivery {

  /** What the names of our own topics begin with. */
  private static final String OURS = "lanekeeper.";

  private final Self self;
  private final String topic;
  private final String group;
  private RouteTable seen = RouteTable.EMPTY;
  private boolean reads;
  private @Nullable Wish wish;

  /** What the application subscribed to: topics, a pattern of the client's or one of the broker's; with our listener. */
  private record Wish(@Nullable Collection<String> topics, @Nullable Pattern pattern, @Nullable String brokersPattern,
      ConsumerRebalanceListener listener) {}

  Redelivery(Self self, String group) {
    this.self = self;
    this.topic = RedeliveredRecord.topic(self.service());
    Incarnation incarnation = self.incarnation();
    String suffix = incarnation == null ? "" : incarnation.groupFor("");
    this.group =
        suffix.isEmpty() || !group.endsWith(suffix) ? group : group.substring(0, group.length() - suffix.length());
  }

  /** The group of the baseline that this consumer belongs to, or to whose counterpart. */
  String group() {
    return group;
  }

  /** Whether records of that topic come. */
  boolean reads() {
    return reads;
  }

  /** Whether this is that topic. */
  boolean is(String name) {
    return reads && topic.equals(name);
  }

  /** Whether this is a topic of ours, which only a pattern of the application's can have brought, or that one. */
  static boolean isOurs(String name) {
    return name.startsWith(OURS);
  }

  /** Whether a record of that topic is this consumer's. */
  boolean isOwn(ConsumerRecord<?, ?> record) {
    return RedeliveredRecord.isFor(record.headers(), self, group);
  }

  /** The application subscribes to topics: what to subscribe to. */
  Collection<String> topics(Collection<String> topics, ConsumerRebalanceListener listener) {
    wish = topics.isEmpty() ? null : new Wish(List.copyOf(topics), null, null, listener);
    return extended(topics);
  }

  private Collection<String> extended(Collection<String> topics) {
    if (!reads || topics.isEmpty() || topics.contains(topic)) {
      return topics;
    }
    Collection<String> more = new ArrayList<>(topics);
    more.add(topic);
    return more;
  }

  /** The application subscribes to a pattern: what to subscribe to. */
  Pattern pattern(Pattern pattern, ConsumerRebalanceListener listener) {
    wish = new Wish(null, pattern, null, listener);
    return extended(pattern);
  }

  private Pattern extended(Pattern pattern) {
    return reads ? Pattern.compile("(?:" + pattern.pattern() + ")|" + Pattern.quote(topic), pattern.flags()) : pattern;
  }

  /** The application subscribes to a pattern of the broker's kind: what to subscribe to. */
  String brokersPattern(String pattern, ConsumerRebalanceListener listener) {
    wish = new Wish(null, null, pattern, listener);
    return extended(pattern);
  }

  private String extended(String pattern) {
    return reads ? "(?:" + pattern + ")|" + topic.replace(".", "\\.") : pattern;
  }

  /** The application is subscribed to nothing any more. */
  void unsubscribed() {
    wish = null;
  }

  /** Before a poll: subscribes anew where the table says something new. */
  @SuppressWarnings("ReferenceEquality") // any newer table is worth a look
  void follow(RouteView view, Consumer<?, ?> client) {
    if (view.table() == seen) {
      return;
    }
    seen = view.table();
    Service service = seen.service(self.service());
    boolean now = service != null && service.redelivers();
    if (now == reads) {
      return;
    }
    reads = now;
    Wish present = wish;
    if (present == null) {
      return;
    }
    if (present.topics != null) {
      client.subscribe(extended(present.topics), present.listener);
    } else if (present.pattern != null) {
      client.subscribe(extended(present.pattern), present.listener);
    } else if (present.brokersPattern != null) {
      BrokersPatterns.subscribe(client, extended(present.brokersPattern), present.listener);
    }
  }

  /** Apart, since their type is not there before 4.0. */
  private static final class BrokersPatterns {
    private BrokersPatterns() {}

    static void subscribe(Consumer<?, ?> client, String pattern, ConsumerRebalanceListener listener) {
      client.subscribe(new SubscriptionPattern(pattern), listener);
    }
  }

  /** Partitions came: of that topic nothing is missed, whatever the application wants for topics without an offset. */
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
    if (!reads) {
      return partitions;
    }
    List<TopicPartition> visible = new ArrayList<>(partitions);
    visible.removeIf(partition -> is(partition.topic()));
    return visible;
  }

  /** What of its subscription the application is to see; {@code topics} itself if all. */
  Set<String> visible(Set<String> topics) {
    if (!reads || !topics.contains(topic)) {
      return topics;
    }
    Set<String> visible = new HashSet<>(topics);
    visible.remove(topic);
    return visible;
  }
}
