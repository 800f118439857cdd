package dev.lanekeeper.gateway.http1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * What is written to one connection. What is small goes along in the buffer of the head before it: for two buffers the system is asked
 * to gather them, and each is kept book of.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the connection, which is told by channelInactive
final class Outbound {

  private static final int SMALL = 1024;

  private final ChannelHandlerContext context;
  /** A head that is not written yet. */
  private @Nullable ByteBuf open;
  private boolean dirty;

  Outbound(ChannelHandlerContext context) {
    this.context = context;
  }

  /** How much room a head should leave behind itself for a body of so many bytes; negative: nobody knows how many. */
  static int room(long body) {
    return body > 0 && body <= SMALL ? (int) body : 0;
  }

  /** An empty buffer. */
  ByteBuf buffer(int size) {
    return context.alloc().directBuffer(size);
  }

  /** Writes a head, of which this is the only owner. */
  void head(ByteBuf head) {
    push();
    dirty = true;
    if (context.channel().isActive()) {
      open = head;
    } else {
      context.write(head, context.voidPromise());
    }
  }

  /** Writes what follows. */
  void write(ByteBuf piece) {
    dirty = true;
    ByteBuf head = open;
    if (head != null && piece.readableBytes() <= head.writableBytes()) {
      head.writeBytes(piece);
      piece.release();
    } else {
      push();
      context.write(piece, context.voidPromise());
    }
  }

  /** Hands over what is here: to be called before anything is written beside this. */
  void push() {
    ByteBuf head = open;
    if (head != null) {
      open = null;
      context.write(head, context.voidPromise());
    }
  }

  /** Sends what was written. */
  void flush() {
    if (dirty) {
      dirty = false;
      push();
      context.flush();
    }
  }

  /** The connection is gone. */
  void release() {
    ByteBuf head = open;
    if (head != null) {
      open = null;
      head.release();
    }
  }
}
