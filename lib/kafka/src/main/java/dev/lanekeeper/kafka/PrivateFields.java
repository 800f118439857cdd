package dev.lanekeeper.kafka;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The private fields of the client's header classes: the same in kafka-clients 3.0 to 4.3. Reading them spares the
 * decoding of every header's name.
 */
final class PrivateFields {

  /** Whether all of them were found and may be read. */
  static final boolean READABLE;

  private static final @Nullable VarHandle LIST;
  private static final @Nullable VarHandle NAME_BUFFER;
  private static final @Nullable VarHandle VALUE_BUFFER;
  private static final @Nullable VarHandle VALUE;

  static {
    VarHandle list = null;
    VarHandle nameBuffer = null;
    VarHandle valueBuffer = null;
    VarHandle value = null;
    try {
      MethodHandles.Lookup headers = MethodHandles.privateLookupIn(RecordHeaders.class, MethodHandles.lookup());
      MethodHandles.Lookup header = MethodHandles.privateLookupIn(RecordHeader.class, MethodHandles.lookup());
      list = headers.findVarHandle(RecordHeaders.class, "headers", List.class);
      nameBuffer = header.findVarHandle(RecordHeader.class, "keyBuffer", ByteBuffer.class);
      valueBuffer = header.findVarHandle(RecordHeader.class, "valueBuffer", ByteBuffer.class);
      value = header.findVarHandle(RecordHeader.class, "value", byte[].class);
    } catch (ReflectiveOperationException | RuntimeException notThisClient) {
      value = null; // another client than we know: the public methods do
    }
    READABLE = value != null;
    LIST = list;
    NAME_BUFFER = nameBuffer;
    VALUE_BUFFER = valueBuffer;
    VALUE = value;
  }

  private PrivateFields() {}

  @SuppressWarnings("NullAway") // READABLE was asked before
  static List<?> list(RecordHeaders headers) {
    return (List<?>) LIST.get(headers);
  }

  /** The name as it came from the wire; null once somebody has asked for the decoded name, or it was made from one. */
  @SuppressWarnings("NullAway") // READABLE was asked before
  static @Nullable ByteBuffer nameBuffer(RecordHeader header) {
    return (ByteBuffer) NAME_BUFFER.get(header);
  }

  @SuppressWarnings("NullAway") // READABLE was asked before
  static @Nullable ByteBuffer valueBuffer(RecordHeader header) {
    return (ByteBuffer) VALUE_BUFFER.get(header);
  }

  @SuppressWarnings("NullAway") // READABLE was asked before
  static byte @Nullable [] value(RecordHeader header) {
    return (byte[]) VALUE.get(header);
  }
}
