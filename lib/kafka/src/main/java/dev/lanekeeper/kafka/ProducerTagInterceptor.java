package dev.lanekeeper.kafka;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The last of a producer's interceptors: tags again, on the sending thread, what the application's interceptors made anew
 * without its headers.
 */
public final class ProducerTagInterceptor implements ProducerInterceptor<Object, Object> {

  private @Nullable ProducerGate gate;

  /** Called by the client. */
  public ProducerTagInterceptor() {}

  @Override
  public void configure(Map<String, ?> configs) {
    gate = StandIns.restore(configs, ProducerGate.class);
  }

  @Override
  public ProducerRecord<Object, Object> onSend(ProducerRecord<Object, Object> record) {
    ProducerGate tagging = gate;
    return tagging == null ? record : tagging.beforeSend(record);
  }

  /** Nothing to do; clients before 4.0 have no body for it. */
  @Override
  public void onAcknowledgement(@Nullable RecordMetadata metadata, @Nullable Exception failure) {}

  @Override
  public void close() {}
}
