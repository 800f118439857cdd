package dev.lanekeeper.kafka;

import java.nio.ByteBuffer;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Stands in a polled record for a key or value that nobody has deserialized yet, since whose the record is has not been
 * decided. No application ever sees one.
 */
final class Deferred {

  /** For an untagged record at a workload under test, which is never its own: the bytes are not needed. */
  static final Deferred FOREIGN = new Deferred(new byte[0]);

  private final byte[] bytes;

  private Deferred(byte[] bytes) {
    this.bytes = bytes;
  }

  static Deferred of(byte[] data) {
    return new Deferred(data.clone());
  }

  static Deferred of(ByteBuffer data) {
    byte[] copy = new byte[data.remaining()];
    data.duplicate().get(copy);
    return new Deferred(copy);
  }

  /** A buffer over the bytes, not to be written to. */
  ByteBuffer buffer() {
    return ByteBuffer.wrap(bytes);
  }

  /** What the application's own deserializer makes of the bytes, asked in the form in which this client asks. */
  <T> T deserialize(Deserializer<T> delegate, String topic, Headers headers) {
    return Clients.ASKS_WITH_BUFFERS
        ? delegate.deserialize(topic, headers, buffer())
        : delegate.deserialize(topic, headers, bytes);
  }
}
