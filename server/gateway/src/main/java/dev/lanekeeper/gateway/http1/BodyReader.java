package dev.lanekeeper.gateway.http1;

import dev.lanekeeper.gateway.http.Fields;
import dev.lanekeeper.gateway.http.Limits;
import dev.lanekeeper.gateway.http.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a message: of a length that is known, in chunks, or up to the end of the connection.
 *
 * <pre>
 *   SIZE --digits--&gt; EXTENSION --CR LF--&gt; DATA --CR LF--&gt; SIZE ...
 *                                   \--(0)--&gt; TRAILERS --&gt; DONE
 * </pre>
 */
final class BodyReader {

  private static final int LONGEST_SIZE = 15;
  private static final int LONGEST_EXTENSION = 256;

  private enum State {
    LENGTH,
    UNTIL_CLOSE,
    SIZE,
    EXTENSION,
    SIZE_END,
    DATA,
    DATA_END,
    DATA_LINE_FEED,
    TRAILERS,
    DONE
  }

  private final TrailerReader trailers;
  private State state = State.DONE;
  private long left;
  private int digits;
  private int extension;
  private boolean trailed;

  BodyReader(Limits limits) {
    trailers = new TrailerReader(limits);
  }

  /** Begins with a body of a length. */
  void beginLength(long length) {
    left = length;
    state = length == 0 ? State.DONE : State.LENGTH;
    trailed = false;
  }

  /** Begins with a body in chunks. */
  void beginChunks() {
    trailers.reset();
    trailed = false;
    beginSize();
  }

  /** Begins with a body that ends with the connection. */
  void beginUntilClose() {
    state = State.UNTIL_CLOSE;
    trailed = false;
  }

  private void beginSize() {
    state = State.SIZE;
    left = 0;
    digits = 0;
    extension = 0;
  }

  /** Whether all of it was read. */
  boolean isDone() {
    return state == State.DONE;
  }

  /** Whether it ends with the connection. */
  boolean isUntilClose() {
    return state == State.UNTIL_CLOSE;
  }

  /** The fields behind it, once it is done; null if there are none. */
  @Nullable
  Fields trailers() {
    return trailed ? trailers.trailers() : null;
  }

  /**
   * The next piece.
   *
   * @param in what has arrived; no byte behind the body is taken from it
   * @return to be released by the caller; null if none is there
   */
  @Nullable
  ByteBuf next(ByteBuf in) throws MalformedMessageException {
    while (in.isReadable() && state != State.DONE) {
      switch (state) {
        case LENGTH, DATA -> {
          return data(in);
        }
        case UNTIL_CLOSE -> {
          return in.readRetainedSlice(in.readableBytes());
        }
        case TRAILERS -> {
          if (trailers.read(in)) {
            trailed = trailers.fields().count() > 0;
            state = State.DONE;
          }
        }
        default -> sign(in.readByte());
      }
    }
    return null;
  }

  private ByteBuf data(ByteBuf in) {
    int length = (int) Math.min(left, in.readableBytes());
    ByteBuf piece = in.readRetainedSlice(length);
    left -= length;
    if (left == 0) {
      state = state == State.LENGTH ? State.DONE : State.DATA_END;
    }
    return piece;
  }

  private void sign(byte b) throws MalformedMessageException {
    switch (state) {
      case SIZE -> {
        int digit = digit(b);
        if (digit >= 0 && digits < LONGEST_SIZE) {
          left = left << 4 | digit;
          digits++;
        } else if (digits == 0 || digit >= 0) {
          throw wrong("size of a chunk", b, "1 to " + LONGEST_SIZE + " hexadecimal digits");
        } else if (b == ';') {
          state = State.EXTENSION;
        } else {
          require(b, '\r', "size of a chunk");
          state = State.SIZE_END;
        }
      }
      case EXTENSION -> {
        if (b == '\r') {
          state = State.SIZE_END;
        } else if ((b < ' ' && b != '\t') || b == 0x7f || ++extension > LONGEST_EXTENSION) {
          throw wrong("extension of a chunk", b, "at most " + LONGEST_EXTENSION + " bytes of visible ASCII");
        }
      }
      case SIZE_END -> {
        require(b, '\n', "size of a chunk");
        state = left == 0 ? State.TRAILERS : State.DATA;
      }
      case DATA_END -> {
        require(b, '\r', "end of a chunk");
        state = State.DATA_LINE_FEED;
      }
      case DATA_LINE_FEED -> {
        require(b, '\n', "end of a chunk");
        beginSize();
      }
      case LENGTH, UNTIL_CLOSE, DATA, TRAILERS, DONE -> throw new IllegalStateException(state.name());
    }
  }

  private static int digit(byte b) {
    return b < 0 ? -1 : Character.digit(b, 16);
  }

  private static void require(byte b, char wanted, String where) throws MalformedMessageException {
    if (b != wanted) {
      throw wrong(where, b, wanted == '\r' ? "CR LF behind it" : "LF behind CR");
    }
  }

  private static MalformedMessageException wrong(String where, byte b, String expected) {
    return MalformedMessageException
        .bad(where + ": byte 0x" + Integer.toHexString(b & 0xff) + " (expected: " + expected + ")");
  }
}
