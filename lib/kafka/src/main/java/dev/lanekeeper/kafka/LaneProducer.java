package dev.lanekeeper.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metrics.KafkaMetric;

/**
 * A producer whose records bear tag and stamp of the request that is being served. It has every method that the interface
 * has in any client from 3.0 to 4.3; those that a client does not have must not be called, as ever.
 *
 * <p><b>Threads.</b> As the producer it wraps: all.
 */
public final class LaneProducer<K, V> implements Producer<K, V> {

  private final Producer<K, V> client;
  private final ProducerGate gate;

  /**
   * Puts a gate before a producer that was made with the gate's settings.
   *
   * @see LaneKafka
   */
  public LaneProducer(Producer<K, V> client, ProducerGate gate) {
    this.client = client;
    this.gate = gate;
  }

  @Override
  public Future<RecordMetadata> send(ProducerRecord<K, V> record) {
    return client.send(gate.beforeSend(record));
  }

  @Override
  public Future<RecordMetadata> send(ProducerRecord<K, V> record, Callback callback) {
    return client.send(gate.beforeSend(record), callback);
  }

  @Override
  public void initTransactions() {
    client.initTransactions();
  }

  @Override
  public void beginTransaction() {
    client.beginTransaction();
  }

  /** Gone with 4.0. */
  @SuppressWarnings("removal") // all that it can be said with
  public void sendOffsetsToTransaction(Map<TopicPartition, OffsetAndMetadata> offsets, String group) {
    sendOffsetsToTransaction(offsets, new ConsumerGroupMetadata(group));
  }

  @Override
  public void sendOffsetsToTransaction(Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
    ConsumerGroupMetadata own = gate.group(group);
    gate.handedOver(offsets, own, client::sendOffsetsToTransaction);
    client.sendOffsetsToTransaction(gate.offsets(offsets, own), own);
  }

  @Override
  public void commitTransaction() {
    client.commitTransaction();
  }

  @Override
  public void abortTransaction() {
    client.abortTransaction();
  }

  @Override
  public void flush() {
    client.flush();
  }

  @Override
  public List<PartitionInfo> partitionsFor(String topic) {
    return client.partitionsFor(topic);
  }

  @Override
  public Map<MetricName, ? extends Metric> metrics() {
    return client.metrics();
  }

  @Override
  public Uuid clientInstanceId(Duration timeout) {
    return client.clientInstanceId(timeout);
  }

  @Override
  public void registerMetricForSubscription(KafkaMetric metric) {
    client.registerMetricForSubscription(metric);
  }

  @Override
  public void unregisterMetricFromSubscription(KafkaMetric metric) {
    client.unregisterMetricFromSubscription(metric);
  }

  @Override
  public void close() {
    client.close();
  }

  @Override
  public void close(Duration timeout) {
    client.close(timeout);
  }
}
