package dev.lanekeeper.agent.springkafka;

import dev.lanekeeper.boot.Counters;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;

/** The inside of a listener's container: private, and the same in all versions that are supported. */
final class Container {

  private final Object container;
  private final Method hand;
  private final Field givenBackMillis;
  private final Field givenBackFrom;

  private Container(Object container) throws ReflectiveOperationException {
    this.container = container;
    Class<?> type = container.getClass();
    hand = type.getDeclaredMethod(SpringBatches.METHOD, ConsumerRecords.class, List.class);
    givenBackMillis = type.getDeclaredField("nackSleepDurationMillis");
    givenBackFrom = type.getDeclaredField("nackIndex");
    hand.setAccessible(true);
    givenBackMillis.setAccessible(true);
    givenBackFrom.setAccessible(true);
  }

  /** The inside; null if it is not what we know. */
  static @Nullable Container of(Object container) {
    try {
      return new Container(container);
    } catch (ReflectiveOperationException | RuntimeException another) {
      Counters.failed("spring-kafka", another);
      return null;
    }
  }

  /** Hands a part of a batch to the listener. */
  void hand(ConsumerRecords<?, ?> part, @Nullable List<? extends ConsumerRecord<?, ?>> list)
      throws IllegalAccessException, InvocationTargetException {
    hand.invoke(container, part, list);
  }

  /**
   * Whether the listener gave back what follows a record of the part that it was handed last: then that is said in terms of the
   * whole batch, and nothing more is to be handed over.
   *
   * @param first which of the batch the first record of the part is
   */
  boolean isGivenBack(int first) throws IllegalAccessException {
    boolean given = givenBackMillis.getLong(container) >= 0;
    if (given) {
      givenBackFrom.setInt(container, givenBackFrom.getInt(container) + first);
    }
    return given;
  }
}
