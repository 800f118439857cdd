package dev.lanekeeper.kafka;

import java.nio.ByteBuffer;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Stands in a polled record for a key or value that nobody has deserialized yet, since whose the record is has not been
 * decided. No application ever sees one. It keeps what the client gave its deserializer, as the client's own deserializers of
 * bytes and buffers do: the client makes both anew for each record.
 */
final class Deferred {

  /** For what is another's by its headers alone, and never the consumer's own: the bytes are not needed. */
  static final Deferred FOREIGN = new Deferred(new byte[0], null);

  private final byte @Nullable [] bytes;
  private final @Nullable ByteBuffer buffer;

  private Deferred(byte @Nullable [] bytes, @Nullable ByteBuffer buffer) {
    this.bytes = bytes;
    this.buffer = buffer;
  }

  static Deferred of(byte[] data) {
    return new Deferred(data, null);
  }

  static Deferred of(ByteBuffer data) {
    return new Deferred(null, data);
  }

  /** A buffer over the bytes, not to be written to. */
  ByteBuffer buffer() {
    return buffer != null ? buffer.duplicate() : ByteBuffer.wrap(bytes == null ? new byte[0] : bytes);
  }

  /** What the application's own deserializer makes of it, asked in the form in which the client asked. */
  <T> T deserialize(Deserializer<T> delegate, String topic, Headers headers) {
    return bytes != null ? delegate.deserialize(topic, headers, bytes) : delegate.deserialize(topic, headers, buffer());
  }
}
