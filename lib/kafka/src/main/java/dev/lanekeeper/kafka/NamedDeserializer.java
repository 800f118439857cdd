package dev.lanekeeper.kafka;

import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Stands in the settings for a deserializer that they name: makes it, has it configured with what the client configures this
 * one with, and puts the gate before it.
 */
public final class NamedDeserializer implements Deserializer<Object>, ClusterResourceListener {

  private @Nullable DeferringDeserializer<Object> gated;

  /** Called by the client. */
  public NamedDeserializer() {}

  @Override
  @SuppressWarnings("unchecked") // as unchecked as in the client
  public void configure(Map<String, ?> configs, boolean isKey) {
    ConsumerGate gate = StandIns.restore(configs, ConsumerGate.class);
    Object named = configs.get(isKey ? StandIns.KEYS : StandIns.VALUES);
    Deserializer<Object> made = StandIns.make(named, Deserializer.class);
    if (made instanceof Configurable configurable) {
      configurable.configure(configs);
    }
    made.configure(configs, isKey);
    gated = isKey ? gate.gatedKeys(made) : gate.gatedValues(made);
  }

  private DeferringDeserializer<Object> gated() {
    DeferringDeserializer<Object> configured = gated;
    if (configured == null) {
      throw new IllegalStateException("lanekeeper: a deserializer that is not configured (expected: the client has)");
    }
    return configured;
  }

  @Override
  public Object deserialize(String topic, byte[] data) {
    return gated().deserialize(topic, data);
  }

  @Override
  public Object deserialize(String topic, Headers headers, byte[] data) {
    return gated().deserialize(topic, headers, data);
  }

  /** New in 3.6; earlier clients never call it. */
  @Override
  public Object deserialize(String topic, Headers headers, ByteBuffer data) {
    return gated().deserialize(topic, headers, data);
  }

  @Override
  public void onUpdate(ClusterResource cluster) {
    gated().onUpdate(cluster);
  }

  @Override
  public void close() {
    if (gated != null) {
      gated.close();
    }
  }
}
