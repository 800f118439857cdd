package dev.lanekeeper.agent.kafkaclients;

import dev.lanekeeper.kafka.ConsumerGate;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import net.bytebuddy.asm.Advice;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/** {@code KafkaConsumer}, all but {@code poll}: the same calls of the gate as in the library's own decorator. */
@SuppressWarnings({"ReferenceEquality", "UnusedVariable", "UnusedMethod"}) // Assigning to a parameter changes the argument or result it stands for.
final class ConsumerAdvice {

  private ConsumerAdvice() {}

  /** {@code new KafkaConsumer(Map, Deserializer, Deserializer)}, at which all public constructors end. */
  static final class New {
    private New() {}

    @Advice.OnMethodEnter
    static @Nullable ConsumerGate enter(@Advice.Argument(value = 0, readOnly = false) Map<String, Object> config,
        @Advice.Argument(value = 1, readOnly = false) @Nullable Deserializer<?> keys,
        @Advice.Argument(value = 2, readOnly = false) @Nullable Deserializer<?> values) {
      ConsumerGate gate = KafkaGates.newConsumer(config);
      if (gate != null) {
        keys = gate.keys(keys);
        values = gate.values(values);
        config = gate.config();
      }
      return gate;
    }

    @Advice.OnMethodExit
    static void exit(@Advice.This KafkaConsumer<?, ?> consumer, @Advice.Argument(0) Map<String, Object> config,
        @Advice.Enter @Nullable ConsumerGate gate) {
      KafkaGates.made(consumer, config, gate);
    }
  }

  /** {@code new KafkaShareConsumer(...)}. */
  static final class NewShareConsumer {
    private NewShareConsumer() {}

    @Advice.OnMethodEnter
    static void enter() {
      KafkaGates.newShareConsumer();
    }
  }

  /** Asynchronous commits of named offsets. */
  static final class CommitOffsetsAsync {
    private CommitOffsetsAsync() {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter(@Advice.This KafkaConsumer<?, ?> consumer,
        @Advice.Argument(value = 0, readOnly = false) Map<TopicPartition, OffsetAndMetadata> offsets,
        @Advice.Argument(value = 1, readOnly = false) @Nullable OffsetCommitCallback callback) {
      ConsumerGate gate = KafkaGates.of(consumer);
      if (gate == null || offsets == null) {
        return false;
      }
      if (gate.isOver()) {
        gate.failCommit(offsets, callback);
        return true;
      }
      Map<TopicPartition, OffsetAndMetadata> given = offsets;
      offsets = gate.beforeCommit(given);
      callback = gate.callback(given, offsets, callback);
      return false;
    }
  }

  /** Asynchronous commits of all positions, with a callback. */
  static final class CommitAllAsync {
    private CommitAllAsync() {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter(@Advice.This KafkaConsumer<?, ?> consumer,
        @Advice.Argument(0) @Nullable OffsetCommitCallback callback) {
      ConsumerGate gate = KafkaGates.of(consumer);
      if (gate == null) {
        return false;
      }
      if (gate.isOver()) {
        gate.failCommit(Map.of(), callback);
        return true;
      }
      Map<TopicPartition, OffsetAndMetadata> instead = gate.beforeCommitAll();
      if (instead == null) {
        return false;
      }
      consumer.commitAsync(instead, callback);
      return true;
    }
  }

  /** Commits of named offsets that are waited for. */
  static final class CommitOffsets {
    private CommitOffsets() {}

    @Advice.OnMethodEnter
    static void enter(@Advice.This KafkaConsumer<?, ?> consumer,
        @Advice.Argument(value = 0, readOnly = false) Map<TopicPartition, OffsetAndMetadata> offsets) {
      ConsumerGate gate = KafkaGates.of(consumer);
      if (gate != null && offsets != null) {
        offsets = gate.beforeCommit(offsets);
      }
    }
  }

  /** Commits of all positions without a callback. */
  static final class CommitAll {
    private CommitAll() {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter(@Advice.This KafkaConsumer<?, ?> consumer, @Advice.Origin("#m") String method) {
      ConsumerGate gate = KafkaGates.of(consumer);
      if (gate == null) {
        return false;
      }
      if (gate.isOver()) {
        return true;
      }
      Map<TopicPartition, OffsetAndMetadata> instead = gate.beforeCommitAll();
      if (instead == null) {
        return false;
      }
      if (method.equals("commitSync")) {
        consumer.commitSync(instead);
      } else {
        consumer.commitAsync(instead, null);
      }
      return true;
    }
  }

  /** {@code committed} of several partitions, at which those of one end. */
  static final class Committed {
    private Committed() {}

    @Advice.OnMethodExit
    static void exit(@Advice.This KafkaConsumer<?, ?> consumer,
        @Advice.Return(readOnly = false) Map<TopicPartition, OffsetAndMetadata> offsets) {
      ConsumerGate gate = KafkaGates.of(consumer);
      if (gate != null) {
        offsets = gate.committed(offsets);
      }
    }
  }

  /** {@code subscribe} with a listener. */
  static final class Subscribe {
    private Subscribe() {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter(@Advice.This KafkaConsumer<?, ?> consumer,
        @Advice.Argument(value = 1, readOnly = false) ConsumerRebalanceListener listener) {
      ConsumerGate gate = KafkaGates.of(consumer);
      if (gate != null && listener != null) {
        listener = gate.listener(listener);
      }
      return gate != null && gate.isOver();
    }
  }

  /** {@code subscribe} to a pattern of the broker's kind, with a listener. */
  static final class SubscribeToPattern {
    private SubscribeToPattern() {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter(@Advice.This KafkaConsumer<?, ?> consumer, @Advice.Argument(0) Object pattern,
        @Advice.Argument(1) ConsumerRebalanceListener listener) {
      return KafkaSubscriptions.subscribeByClient(consumer, pattern, listener);
    }
  }

  /** {@code subscribe} without a listener: with ours. */
  static final class SubscribeAlone {
    private SubscribeAlone() {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter(@Advice.This KafkaConsumer<?, ?> consumer, @Advice.Argument(0) Object what) {
      return KafkaSubscriptions.subscribe(consumer, what);
    }
  }

  /** {@code assign}. */
  static final class Assign {
    private Assign() {}

    @Advice.OnMethodEnter
    static void enter(@Advice.This KafkaConsumer<?, ?> consumer,
        @Advice.Argument(0) Collection<TopicPartition> partitions) {
      ConsumerGate gate = KafkaGates.of(consumer);
      if (gate != null && partitions != null) {
        gate.beforeAssign(partitions);
      }
    }
  }

  /** {@code unsubscribe}. */
  static final class Unsubscribe {
    private Unsubscribe() {}

    @Advice.OnMethodExit
    static void exit(@Advice.This KafkaConsumer<?, ?> consumer) {
      ConsumerGate gate = KafkaGates.of(consumer);
      if (gate != null) {
        gate.forgetAll();
      }
    }
  }

  /** {@code seek} to an offset. */
  static final class Seek {
    private Seek() {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter(@Advice.This KafkaConsumer<?, ?> consumer, @Advice.Argument(0) TopicPartition partition,
        @Advice.Argument(1) long offset) {
      ConsumerGate gate = KafkaGates.of(consumer);
      return gate != null && partition != null && gate.beforeSeek(partition, offset);
    }
  }

  /** {@code seek} to an offset with metadata. */
  static final class SeekWithMetadata {
    private SeekWithMetadata() {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter(@Advice.This KafkaConsumer<?, ?> consumer, @Advice.Argument(0) TopicPartition partition,
        @Advice.Argument(1) OffsetAndMetadata offset) {
      ConsumerGate gate = KafkaGates.of(consumer);
      return gate != null && partition != null && offset != null && gate.beforeSeek(partition, offset.offset());
    }
  }

  /** {@code seekToBeginning} and {@code seekToEnd}. */
  static final class SeekAll {
    private SeekAll() {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter(@Advice.This KafkaConsumer<?, ?> consumer,
        @Advice.Argument(value = 0, readOnly = false) Collection<TopicPartition> partitions) {
      ConsumerGate gate = KafkaGates.of(consumer);
      if (gate != null && partitions != null) {
        Collection<TopicPartition> due = gate.beforeSeekAll(partitions);
        if (due == null) {
          return true;
        }
        partitions = due;
      }
      return false;
    }
  }

  /** {@code position}: under test a partition may have none yet, and of what is handed over again the client knows nothing. */
  static final class Position {
    private Position() {}

    @Advice.OnMethodExit(onThrowable = RuntimeException.class)
    static void exit(@Advice.This KafkaConsumer<?, ?> consumer, @Advice.Argument(0) TopicPartition partition,
        @Advice.Return(readOnly = false) long position, @Advice.Thrown(readOnly = false) @Nullable Throwable thrown) {
      if (thrown instanceof InvalidOffsetException) {
        position = KafkaPolls.positionAgain(consumer, partition, (InvalidOffsetException) thrown);
        thrown = null;
      } else if (thrown instanceof IllegalStateException) {
        position = KafkaPolls.positionBeside(consumer, partition, (IllegalStateException) thrown);
        thrown = null;
      }
    }
  }

  /** {@code beginningOffsets} and {@code endOffsets}. */
  static final class AskOffsets {
    private AskOffsets() {}

    @Advice.OnMethodEnter
    static @Nullable ConsumerGate enter(@Advice.This KafkaConsumer<?, ?> consumer,
        @Advice.Argument(value = 0, readOnly = false) Collection<TopicPartition> partitions) {
      ConsumerGate gate = KafkaGates.of(consumer);
      Collection<TopicPartition> asked = gate == null || partitions == null ? partitions : gate.asked(partitions);
      boolean changed = asked != partitions;
      partitions = asked;
      return changed ? gate : null;
    }

    @Advice.OnMethodExit
    static void exit(@Advice.Enter @Nullable ConsumerGate gate,
        @Advice.Return(readOnly = false) Map<TopicPartition, Long> offsets) {
      if (gate != null) {
        offsets = gate.answered(offsets);
      }
    }
  }

  /** {@code offsetsForTimes}. */
  static final class AskTimes {
    private AskTimes() {}

    @Advice.OnMethodEnter
    static @Nullable ConsumerGate enter(@Advice.This KafkaConsumer<?, ?> consumer,
        @Advice.Argument(value = 0, readOnly = false) Map<TopicPartition, Long> times) {
      ConsumerGate gate = KafkaGates.of(consumer);
      Map<TopicPartition, Long> asked = gate == null || times == null ? times : gate.asked(times);
      boolean changed = asked != times;
      times = asked;
      return changed ? gate : null;
    }

    @Advice.OnMethodExit
    static void exit(@Advice.Enter @Nullable ConsumerGate gate,
        @Advice.Return(readOnly = false) Map<TopicPartition, OffsetAndTimestamp> offsets) {
      if (gate != null) {
        offsets = gate.answered(offsets);
      }
    }
  }

  /** {@code currentLag}. */
  static final class Lag {
    private Lag() {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter(@Advice.This KafkaConsumer<?, ?> consumer, @Advice.Argument(0) TopicPartition partition) {
      return partition != null && KafkaGates.of(consumer) != null && ConsumerGate.isOfHandovers(partition);
    }

    @Advice.OnMethodExit
    static void exit(@Advice.Enter boolean unknown, @Advice.Return(readOnly = false) OptionalLong lag) {
      if (unknown) {
        lag = OptionalLong.empty();
      }
    }
  }

  /** {@code paused}. */
  static final class Paused {
    private Paused() {}

    @Advice.OnMethodExit
    static void exit(@Advice.This KafkaConsumer<?, ?> consumer,
        @Advice.Return(readOnly = false) Set<TopicPartition> paused) {
      ConsumerGate gate = KafkaGates.of(consumer);
      if (gate != null) {
        paused = gate.paused(paused);
      }
    }
  }

  /** {@code pause}. */
  static final class Pause {
    private Pause() {}

    @Advice.OnMethodEnter
    static void enter(@Advice.This KafkaConsumer<?, ?> consumer,
        @Advice.Argument(value = 0, readOnly = false) Collection<TopicPartition> partitions) {
      ConsumerGate gate = KafkaGates.of(consumer);
      if (gate != null && partitions != null) {
        partitions = gate.beforePause(partitions);
      }
    }
  }

  /** {@code resume}. */
  static final class Resume {
    private Resume() {}

    @Advice.OnMethodEnter
    static void enter(@Advice.This KafkaConsumer<?, ?> consumer,
        @Advice.Argument(value = 0, readOnly = false) Collection<TopicPartition> partitions) {
      ConsumerGate gate = KafkaGates.of(consumer);
      if (gate != null && partitions != null) {
        partitions = gate.beforeResume(partitions);
      }
    }
  }

  /** {@code wakeup}. */
  static final class Wakeup {
    private Wakeup() {}

    @Advice.OnMethodEnter
    static void enter(@Advice.This KafkaConsumer<?, ?> consumer) {
      ConsumerGate gate = KafkaGates.of(consumer);
      if (gate != null) {
        gate.wakeup();
      }
    }
  }

  /** {@code close}. */
  static final class Close {
    private Close() {}

    @Advice.OnMethodEnter
    static void enter(@Advice.This KafkaConsumer<?, ?> consumer, @Advice.AllArguments Object[] how) {
      ConsumerGate gate = KafkaGates.of(consumer);
      if (gate != null) {
        gate.beforeClose(KafkaGates.timeout(how));
      }
    }

    @Advice.OnMethodExit(onThrowable = Throwable.class)
    static void exit(@Advice.This KafkaConsumer<?, ?> consumer) {
      KafkaGates.closed(consumer);
    }
  }
}
