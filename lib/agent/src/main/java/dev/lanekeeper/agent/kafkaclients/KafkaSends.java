package dev.lanekeeper.agent.kafkaclients;

import dev.lanekeeper.boot.ContextSource;
import dev.lanekeeper.boot.Counters;
import dev.lanekeeper.boot.Lanes;
import dev.lanekeeper.kafka.ProducerGate;
import dev.lanekeeper.model.Carried;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What the advice on {@code send} does. */
public final class KafkaSends {

  private KafkaSends() {}

  /**
   * The record with the tag of the request that is being served.
   *
   * @throws KafkaException if it cannot be written: without it the record would be the baseline's
   */
  public static ProducerRecord<?, ?> record(Object producer, ProducerRecord<?, ?> record) {
    ProducerGate gate = KafkaGates.ofProducer(producer);
    if (gate == null || record == null) {
      return record;
    }
    try {
      return gate.beforeSend(record);
    } catch (RuntimeException | Error failure) {
      Counters.failed("kafka-clients", failure);
      if (Lanes.context().current().isTagged()) {
        throw new KafkaException("lanekeeper: the record's tenancy could not be written: " + failure, failure);
      }
      return record;
    }
  }

  /** Has the transaction commit, too, how far records that were handed over again were processed. */
  public static void handedOver(KafkaProducer<?, ?> producer, ProducerGate gate,
      Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
    gate.handedOver(offsets, group, producer::sendOffsetsToTransaction); // comes back here, with no such offsets
  }

  /**
   * Has the tracing agent see whose a record is, where that is not the request that this thread is serving: it writes into the headers
   * what is being served.
   *
   * @param record as {@link #record} gave it
   * @return to be closed once it is sent; null if there is nothing to do
   */
  public static ContextSource.@Nullable Served served(Object producer, ProducerRecord<?, ?> record) {
    ProducerGate gate = KafkaGates.ofProducer(producer);
    if (gate == null || record == null) {
      return null;
    }
    Carried another = gate.another(record);
    return another == null ? null : Lanes.context().serve(another);
  }
}
