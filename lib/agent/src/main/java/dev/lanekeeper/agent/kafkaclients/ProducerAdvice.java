package dev.lanekeeper.agent.kafkaclients;

import dev.lanekeeper.boot.ContextSource;
import dev.lanekeeper.kafka.ProducerGate;
import java.util.Map;
import net.bytebuddy.asm.Advice;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** {@code KafkaProducer}. */
@SuppressWarnings({"UnusedVariable", "UnusedMethod"}) // Assigning to a parameter changes the argument it stands for.
final class ProducerAdvice {

  private ProducerAdvice() {}

  /** {@code new KafkaProducer(Map, Serializer, Serializer)}, at which all public constructors end. */
  static final class New {
    private New() {}

    @Advice.OnMethodEnter
    static @Nullable ProducerGate enter(@Advice.Argument(value = 0, readOnly = false) Map<String, Object> config) {
      ProducerGate gate = KafkaGates.newProducer(config);
      if (gate != null) {
        config = gate.config();
      }
      return gate;
    }

    @Advice.OnMethodExit
    static void exit(@Advice.This KafkaProducer<?, ?> producer, @Advice.Enter @Nullable ProducerGate gate) {
      KafkaGates.made(producer, gate);
    }
  }

  /** {@code send(ProducerRecord, Callback)}, at which the other ends. */
  static final class Send {
    private Send() {}

    @Advice.OnMethodEnter
    static ContextSource.@Nullable Served enter(@Advice.This KafkaProducer<?, ?> producer,
        @Advice.Argument(value = 0, readOnly = false) ProducerRecord<?, ?> record) {
      record = KafkaSends.record(producer, record);
      return KafkaSends.served(producer, record);
    }

    @Advice.OnMethodExit(onThrowable = Throwable.class)
    static void exit(@Advice.Enter ContextSource.@Nullable Served served) {
      if (served != null) {
        served.close();
      }
    }
  }

  /** {@code sendOffsetsToTransaction(Map, ConsumerGroupMetadata)}, at which the other ends. */
  static final class SendOffsets {
    private SendOffsets() {}

    @Advice.OnMethodEnter
    static void enter(@Advice.This KafkaProducer<?, ?> producer,
        @Advice.Argument(value = 0, readOnly = false) Map<TopicPartition, OffsetAndMetadata> offsets,
        @Advice.Argument(value = 1, readOnly = false) ConsumerGroupMetadata group) {
      ProducerGate gate = KafkaGates.ofProducer(producer);
      if (gate != null && offsets != null && group != null) {
        group = gate.group(group);
        KafkaSends.handedOver(producer, gate, offsets, group);
        offsets = gate.offsets(offsets, group);
      }
    }
  }

  /** {@code close}. */
  static final class Close {
    private Close() {}

    @Advice.OnMethodEnter
    static void enter(@Advice.This KafkaProducer<?, ?> producer) {
      KafkaGates.closedProducer(producer);
    }
  }
}
