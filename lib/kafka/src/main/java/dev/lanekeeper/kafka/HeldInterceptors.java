package dev.lanekeeper.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The application's interceptors, which the client would show what it polled before the gate has looked at it: held here, and
 * shown by the gate what is handed over. What else the client tells interceptors is passed on.
 */
public final class HeldInterceptors implements ConsumerInterceptor<Object, Object>, ClusterResourceListener {

  private static final Logger LOG = LoggerFactory.getLogger(HeldInterceptors.class);

  private interface Telling {
    void tell(ConsumerInterceptor<Object, Object> interceptor);
  }

  private final List<ConsumerInterceptor<Object, Object>> held = new ArrayList<>();

  /** Called by the client. */
  public HeldInterceptors() {}

  /** Makes the application's interceptors, and tells the gate that they are here. */
  @Override
  @SuppressWarnings("unchecked") // as unchecked as in the client
  public void configure(Map<String, ?> configs) {
    ConsumerGate gate = StandIns.restore(configs, ConsumerGate.class);
    for (Object named : StandIns.entries(configs.get(StandIns.INTERCEPTORS))) {
      ConsumerInterceptor<Object, Object> made = StandIns.make(named, ConsumerInterceptor.class);
      held.add(made);
      made.configure(configs);
    }
    gate.intercept(this);
  }

  /** The client shows it too much. */
  @Override
  public ConsumerRecords<Object, Object> onConsume(ConsumerRecords<Object, Object> records) {
    return records;
  }

  /** What the application's interceptors make of records that are handed over. */
  @SuppressWarnings("unchecked") // as unchecked as in the client
  <K, V> ConsumerRecords<K, V> consume(ConsumerRecords<K, V> records) {
    ConsumerRecords<Object, Object> passed = (ConsumerRecords<Object, Object>) records;
    for (ConsumerInterceptor<Object, Object> interceptor : held) {
      try {
        passed = interceptor.onConsume(passed);
      } catch (Exception failure) {
        LOG.warn("Error executing interceptor onConsume callback", failure);
      }
    }
    return (ConsumerRecords<K, V>) passed;
  }

  @Override
  public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
    each("onCommit", interceptor -> interceptor.onCommit(offsets));
  }

  @Override
  public void onUpdate(ClusterResource cluster) {
    for (ConsumerInterceptor<Object, Object> interceptor : held) {
      if (interceptor instanceof ClusterResourceListener listener) {
        listener.onUpdate(cluster);
      }
    }
  }

  @Override
  public void close() {
    each("close", ConsumerInterceptor::close);
  }

  /** As the client: what one throws is logged, and the others are told all the same. */
  private void each(String method, Telling telling) {
    for (ConsumerInterceptor<Object, Object> interceptor : held) {
      try {
        telling.tell(interceptor);
      } catch (Exception failure) {
        LOG.warn("Error executing interceptor {} callback", method, failure);
      }
    }
  }
}
