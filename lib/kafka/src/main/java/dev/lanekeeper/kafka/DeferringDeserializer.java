package dev.lanekeeper.kafka;

import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Stands before the application's deserializer: what is the consumer's by its headers alone goes through at once, what is
 * never its own is not looked at; anything else becomes a {@link Deferred}, which {@link ConsumerGate#afterPoll} decides about.
 */
final class DeferringDeserializer<T> implements Deserializer<T>, ClusterResourceListener {

  private final Deserializer<T> delegate;
  private final PollScan scan;

  DeferringDeserializer(Deserializer<T> delegate, PollScan scan) {
    this.delegate = delegate;
    this.scan = scan;
  }

  Deserializer<T> delegate() {
    return delegate;
  }

  @Override
  public void configure(Map<String, ?> configs, boolean isKey) {
    delegate.configure(configs, isKey);
  }

  /** Without headers nobody can tell whose the bytes are; the client never asks so. */
  @Override
  public T deserialize(String topic, byte[] data) {
    return delegate.deserialize(topic, data);
  }

  @Override
  @SuppressWarnings("unchecked") // erased: the gate takes the stand-in out before anybody looks
  public T deserialize(String topic, Headers headers, byte[] data) {
    PollScan.Verdict verdict = scan.look(topic, headers);
    if (verdict != PollScan.Verdict.OWN) {
      return (T) (verdict == PollScan.Verdict.OPEN ? Deferred.of(data) : Deferred.FOREIGN);
    }
    try {
      return delegate.deserialize(topic, headers, data);
    } catch (RuntimeException undecodable) {
      scan.disturb();
      throw undecodable;
    }
  }

  /** New in 3.6; earlier clients never call it. */
  @Override
  @SuppressWarnings("unchecked") // as above
  public T deserialize(String topic, Headers headers, ByteBuffer data) {
    PollScan.Verdict verdict = scan.look(topic, headers);
    if (verdict != PollScan.Verdict.OWN) {
      return (T) (verdict == PollScan.Verdict.OPEN ? Deferred.of(data) : Deferred.FOREIGN);
    }
    try {
      return delegate.deserialize(topic, headers, data);
    } catch (RuntimeException undecodable) {
      scan.disturb();
      throw undecodable;
    }
  }

  /** The client tells those that ask to be told; ours passes it on. */
  @Override
  public void onUpdate(ClusterResource cluster) {
    if (delegate instanceof ClusterResourceListener listener) {
      listener.onUpdate(cluster);
    }
  }

  @Override
  public void close() {
    delegate.close();
  }
}
