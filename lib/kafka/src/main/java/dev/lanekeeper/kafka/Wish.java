package dev.lanekeeper.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.TopicPartition;

/** What an application subscribed to. */
sealed interface Wish {

  /** Whether it reads a topic, as far as that is known here. */
  boolean reads(String topic);

  /** Partitions came. */
  void assigned(Collection<TopicPartition> partitions);

  /**
   * Whether it can be subscribed to together with these topics, and stays what it is.
   *
   * @param known topics that there are
   */
  boolean extendsBy(Set<String> more, Set<String> known);

  /**
   * Whether a change of it takes the partitions away for longer than from one generation to the next: the broker first has to find out
   * what a pattern matches.
   */
  default boolean isFoundOutLater() {
    return false;
  }

  /** Subscribes to it together with these topics, by which it can be extended. */
  void subscribe(Consumer<?, ?> client, Set<String> more);

  /**
   * Topics by their names.
   *
   * @param listener ours
   */
  record Topics(List<String> topics, ConsumerRebalanceListener listener) implements Wish {

    @Override
    public boolean reads(String topic) {
      return topics.contains(topic);
    }

    @Override
    public void assigned(Collection<TopicPartition> partitions) {}

    @Override
    public boolean extendsBy(Set<String> more, Set<String> known) {
      return true;
    }

    Collection<String> extended(Set<String> more) {
      Collection<String> all = new ArrayList<>(topics);
      for (String topic : more) {
        if (!topics.contains(topic)) {
          all.add(topic);
        }
      }
      return all;
    }

    @Override
    public void subscribe(Consumer<?, ?> client, Set<String> more) {
      client.subscribe(extended(more), listener);
    }
  }

  /**
   * A pattern that the client matches.
   *
   * @param listener ours
   */
  record ByClient(Pattern pattern, ConsumerRebalanceListener listener) implements Wish {

    @Override
    public boolean reads(String topic) {
      return pattern.matcher(topic).matches();
    }

    @Override
    public void assigned(Collection<TopicPartition> partitions) {}

    @Override
    public boolean extendsBy(Set<String> more, Set<String> known) {
      return Patterns.extended(pattern, more, known) != null;
    }

    Pattern extended(Set<String> more) {
      Pattern all = Patterns.extended(pattern, more, Set.of());
      return all == null ? pattern : all;
    }

    @Override
    public void subscribe(Consumer<?, ?> client, Set<String> more) {
      client.subscribe(extended(more), listener);
    }
  }

  /**
   * A pattern that the broker matches, in a syntax that is not quite ours: what it matches shows in what is assigned, unless there is
   * nothing in it but what means the same to both.
   *
   * @param met topics of which partitions were assigned
   * @param listener ours
   */
  record ByBroker(String pattern, Set<String> met, ConsumerRebalanceListener listener) implements Wish {

    @Override
    public boolean reads(String topic) {
      return met.contains(topic)
          || (Patterns.isPlain(pattern) && Patterns.ofBroker(pattern).matcher(topic).matches());
    }

    @Override
    public void assigned(Collection<TopicPartition> partitions) {
      partitions.forEach(partition -> met.add(partition.topic()));
    }

    @Override
    public boolean extendsBy(Set<String> more, Set<String> known) {
      return Patterns.extended(pattern, more, known) != null;
    }

    @Override
    public boolean isFoundOutLater() {
      return true;
    }

    String extended(Set<String> more) {
      String all = Patterns.extended(pattern, more, Set.of());
      return all == null ? pattern : all;
    }

    /** Its type is not there before 4.0; nor is this kind of subscription. */
    @Override
    public void subscribe(Consumer<?, ?> client, Set<String> more) {
      client.subscribe(new SubscriptionPattern(extended(more)), listener);
    }
  }
}
