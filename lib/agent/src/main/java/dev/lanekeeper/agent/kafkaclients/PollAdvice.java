package dev.lanekeeper.agent.kafkaclients;

import dev.lanekeeper.kafka.ConsumerGate;
import java.time.Duration;
import net.bytebuddy.asm.Advice;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.jspecify.annotations.Nullable;

/** {@code KafkaConsumer.poll}. Without {@code suppress}: what the gate throws is meant for the application. */
@SuppressWarnings({"UnusedVariable", "UnusedMethod"}) // Assigning to a parameter changes the argument or result it stands for.
final class PollAdvice {

  private PollAdvice() {}

  /** {@code poll(Duration)}. */
  static final class ForDuration {
    private ForDuration() {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static @Nullable ConsumerRecords<?, ?> enter(@Advice.This KafkaConsumer<?, ?> consumer,
        @Advice.Argument(value = 0, readOnly = false) Duration timeout,
        @Advice.Local("gate") @Nullable ConsumerGate gate) {
      gate = KafkaGates.of(consumer);
      Duration asked = timeout;
      timeout = KafkaPolls.before(gate, asked);
      return KafkaPolls.instead(gate, asked);
    }

    @Advice.OnMethodExit(onThrowable = RuntimeException.class)
    static void exit(@Advice.Argument(0) Duration timeout, @Advice.Local("gate") @Nullable ConsumerGate gate,
        @Advice.Enter @Nullable ConsumerRecords<?, ?> instead,
        @Advice.Return(readOnly = false) ConsumerRecords<?, ?> records,
        @Advice.Thrown(readOnly = false) @Nullable Throwable thrown) {
      if (instead != null) {
        records = instead;
      } else if (gate != null) {
        if (thrown == null) {
          records = KafkaPolls.after(gate, records);
        } else {
          records = KafkaPolls.afterFailure(gate, (RuntimeException) thrown, timeout);
          thrown = null;
        }
      }
    }
  }

  /** {@code poll(long)}, gone with 4.0. */
  static final class ForMillis {
    private ForMillis() {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static @Nullable ConsumerRecords<?, ?> enter(@Advice.This KafkaConsumer<?, ?> consumer,
        @Advice.Argument(value = 0, readOnly = false) long timeout, @Advice.Local("gate") @Nullable ConsumerGate gate) {
      gate = KafkaGates.of(consumer);
      Duration asked = Duration.ofMillis(timeout);
      timeout = KafkaPolls.before(gate, asked).toMillis();
      return KafkaPolls.instead(gate, asked);
    }

    @Advice.OnMethodExit(onThrowable = RuntimeException.class)
    static void exit(@Advice.Argument(0) long timeout, @Advice.Local("gate") @Nullable ConsumerGate gate,
        @Advice.Enter @Nullable ConsumerRecords<?, ?> instead,
        @Advice.Return(readOnly = false) ConsumerRecords<?, ?> records,
        @Advice.Thrown(readOnly = false) @Nullable Throwable thrown) {
      if (instead != null) {
        records = instead;
      } else if (gate != null) {
        if (thrown == null) {
          records = KafkaPolls.after(gate, records);
        } else {
          records = KafkaPolls.afterFailure(gate, (RuntimeException) thrown, Duration.ofMillis(timeout));
          thrown = null;
        }
      }
    }
  }
}
