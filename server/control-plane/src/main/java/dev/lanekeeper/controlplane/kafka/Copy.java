package dev.lanekeeper.controlplane.kafka;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * What is to be written of a record.
 *
 * @param whole as it should stand there
 * @param reference what is written in its place where that is too large for the broker; null: nothing
 */
public record Copy(ProducerRecord<byte[], byte[]> whole, @Nullable ProducerRecord<byte[], byte[]> reference) {

  /** How large it is, more or less. */
  public long bytes() {
    return bytes(whole.key(), whole.value(), whole.headers());
  }

  /** How large a record of these parts is, more or less. */
  public static long bytes(byte @Nullable [] key, byte @Nullable [] value, Iterable<Header> headers) {
    long bytes = 64L + length(key) + length(value);
    for (Header header : headers) {
      bytes += header.key().length() + length(header.value());
    }
    return bytes;
  }

  private static int length(byte @Nullable [] part) {
    return part == null ? 0 : part.length;
  }
}
