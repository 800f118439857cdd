package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Self;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Takes out of records that were handed over those that are for this workload, and shows them as records of the topic from which
 * they came first.
 */
final class HandoverSieve {

  private final Self self;
  private final String group;
  private final HandoverPlaces places;
  private final Doubt doubt;
  private final Journal journal;
  private final @Nullable Deserializer<?> keys;
  private final @Nullable Deserializer<?> values;

  HandoverSieve(Self self, HandoverTopics topics, Doubt doubt, Journal journal, @Nullable Deserializer<?> keys,
      @Nullable Deserializer<?> values) {
    this.self = self;
    group = topics.group();
    places = topics.places();
    this.doubt = doubt;
    this.journal = journal;
    this.keys = keys;
    this.values = values;
  }

  /**
   * What of these the application gets; up to the first of each partition that cannot be deserialized, at which the client is
   * set.
   *
   * @throws RecordDeserializationException if there is such a one, and none before it
   */
  @SuppressWarnings("unchecked") // what becomes of a key and a value is of the types of the application's deserializers
  <K, V> ConsumerRecords<K, V> own(ConsumerRecords<byte[], byte[]> polled, Consumer<?, ?> client,
      HandoverCommits commits) {
    doubt.begin();
    Map<TopicPartition, List<ConsumerRecord<K, V>>> own = new LinkedHashMap<>();
    Map<TopicPartition, OffsetAndMetadata> next = new LinkedHashMap<>();
    RecordDeserializationException failure = null;
    for (TopicPartition partition : polled.partitions()) {
      TopicPartition shown = places.shown(partition);
      OffsetAndMetadata behind = Clients.nextOffsets(polled).get(partition);
      Sifted<Object, Object> sifted =
          sift(polled.records(partition), commits.progressOf(partition), behind == null ? -1 : behind.offset());
      List<ConsumerRecord<Object, Object>> left = sifted.records();
      if (!left.isEmpty()) {
        own.put(shown, (List<ConsumerRecord<K, V>>) (List<?>) left);
      }
      if (behind != null) {
        next.put(shown, behind);
      }
      ConsumerRecord<?, ?> stopped = sifted.stopped();
      if (stopped != null) {
        client.seek(partition, stopped.offset());
        next.replace(shown, new OffsetAndMetadata(stopped.offset(), stopped.leaderEpoch(), ""));
        failure = failure == null ? sifted.failure() : failure;
      }
    }
    if (own.isEmpty() && failure != null) {
      throw failure;
    }
    next.keySet().retainAll(own.keySet());
    return Clients.records(own, next);
  }

  private Sifted<Object, Object> sift(List<ConsumerRecord<byte[], byte[]>> polled, PartitionProgress progress,
      long behind) {
    @SuppressWarnings("unchecked") // read only, as what they are
    List<ConsumerRecord<Object, Object>> records = (List<ConsumerRecord<Object, Object>>) (List<?>) polled;
    Sifted<Object, Object> sifted = new Sifted<>(records, progress);
    for (int i = 0; i < polled.size() && sifted.stopped() == null; i++) {
      if (RedeliveredRecord.isFor(polled.get(i).headers(), self, group)) {
        hand(polled.get(i), sifted);
      } else {
        sifted.dropTo(i + 1);
      }
    }
    sifted.end(behind);
    return sifted;
  }

  private void hand(ConsumerRecord<byte[], byte[]> record, Sifted<Object, Object> sifted) {
    ConsumerRecord<Object, Object> deferred = shown(record, deferred(record.key()), deferred(record.value()));
    doubt.stamp(deferred);
    boolean atKey = true;
    try {
      Object key = deserialized(deferred.key(), keys, deferred);
      atKey = false;
      Object value = deserialized(deferred.value(), values, deferred);
      sifted.replace(shown(record, key, value));
      journal.count(Journal.DELIVER_AGAIN);
    } catch (RuntimeException undecodable) {
      sifted.stop(Clients.undecodable(deferred, atKey, undecodable));
    }
  }

  private static @Nullable Object deferred(byte @Nullable [] bytes) {
    return bytes == null ? null : Deferred.of(bytes);
  }

  private static @Nullable Object deserialized(@Nullable Object part, @Nullable Deserializer<?> delegate,
      ConsumerRecord<?, ?> record) {
    return part instanceof Deferred deferred && delegate != null
        ? deferred.deserialize(delegate, record.topic(), record.headers())
        : part;
  }

  @SuppressWarnings("NullAway") // the client's own class, which takes null for no key and no value
  private ConsumerRecord<Object, Object> shown(ConsumerRecord<?, ?> record, @Nullable Object key,
      @Nullable Object value) {
    TopicPartition shown = places.shown(new TopicPartition(record.topic(), record.partition()));
    return new ConsumerRecord<>(shown.topic(), shown.partition(), record.offset(), record.timestamp(),
        record.timestampType(), record.serializedKeySize(), record.serializedValueSize(), key, value, record.headers(),
        record.leaderEpoch());
  }
}
