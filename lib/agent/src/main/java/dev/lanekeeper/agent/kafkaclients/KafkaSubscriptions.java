package dev.lanekeeper.agent.kafkaclients;

import dev.lanekeeper.kafka.ConsumerGate;
import java.util.Collection;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.jspecify.annotations.Nullable;

/** What the advice on {@code subscribe} does: the gate has to hear of every rebalance. */
public final class KafkaSubscriptions {

  private KafkaSubscriptions() {}

  /**
   * Subscribes with the gate's listener in the place of a subscription without one.
   *
   * @param what topics or a pattern
   * @return whether that was done, or there is nothing to do; false for a consumer without a gate
   */
  public static boolean subscribe(KafkaConsumer<?, ?> consumer, Object what) {
    ConsumerGate gate = KafkaGates.of(consumer);
    if (gate == null || what == null) {
      return false;
    }
    if (!gate.isOver()) {
      subscribe(consumer, gate, what, gate.listener(null));
    }
    return true;
  }

  /**
   * Subscribes to a pattern of the broker's kind as to one of the client's, where the group is a classic one.
   *
   * @return whether that was done; false where the client may be given the pattern as it is
   */
  public static boolean subscribeByClient(KafkaConsumer<?, ?> consumer, @Nullable Object pattern,
      @Nullable ConsumerRebalanceListener listener) {
    ConsumerGate gate = KafkaGates.of(consumer);
    if (gate == null || pattern == null || listener == null || gate.isOver() || gate.sendsPatterns()) {
      return false;
    }
    consumer.subscribe(gate.clientPattern(((SubscriptionPattern) pattern).pattern()), listener);
    return true;
  }

  @SuppressWarnings("unchecked") // the only collection that the client takes
  private static void subscribe(KafkaConsumer<?, ?> consumer, ConsumerGate gate, Object what,
      ConsumerRebalanceListener listener) {
    if (what instanceof Collection<?> topics) {
      consumer.subscribe((Collection<String>) topics, listener);
    } else if (what instanceof Pattern pattern) {
      consumer.subscribe(pattern, listener);
    } else if (gate.sendsPatterns()) {
      subscribeToPattern(consumer, what, listener);
    } else {
      subscribeByClient(consumer, what, listener);
    }
  }

  /** Apart, since its type is not there before 4.0. */
  private static void subscribeToPattern(KafkaConsumer<?, ?> consumer, Object pattern,
      ConsumerRebalanceListener listener) {
    consumer.subscribe((SubscriptionPattern) pattern, listener);
  }
}
