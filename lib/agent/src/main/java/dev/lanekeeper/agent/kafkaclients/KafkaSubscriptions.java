package dev.lanekeeper.agent.kafkaclients;

import dev.lanekeeper.kafka.ConsumerGate;
import java.util.Collection;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.SubscriptionPattern;

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
      subscribe(consumer, what, gate.listener(null));
    }
    return true;
  }

  @SuppressWarnings("unchecked") // the only collection that the client takes
  private static void subscribe(KafkaConsumer<?, ?> consumer, Object what, ConsumerRebalanceListener listener) {
    if (what instanceof Collection<?> topics) {
      consumer.subscribe((Collection<String>) topics, listener);
    } else if (what instanceof Pattern pattern) {
      consumer.subscribe(pattern, listener);
    } else {
      subscribeToPattern(consumer, what, listener);
    }
  }

  /** Apart, since its type is not there before 4.0. */
  private static void subscribeToPattern(KafkaConsumer<?, ?> consumer, Object pattern,
      ConsumerRebalanceListener listener) {
    consumer.subscribe((SubscriptionPattern) pattern, listener);
  }
}
