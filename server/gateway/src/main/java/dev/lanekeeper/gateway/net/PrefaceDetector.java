package dev.lanekeeper.gateway.net;

import dev.lanekeeper.gateway.http.Ascii;
import dev.lanekeeper.gateway.proxy.Deadlines;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import java.util.function.BiConsumer;

/** Tells by its first bytes whether a connection in clear speaks HTTP/2 (RFC 9113, section 3.4), and makes way. */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the connection, which is told by channelInactive
final class PrefaceDetector extends ByteToMessageDecoder implements Deadlines.Timed {

  private static final byte[] PREFACE = Ascii.bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

  private final Deadlines deadlines;
  private final long deadline;
  private final BiConsumer<ChannelHandlerContext, Boolean> known;
  @SuppressWarnings("NullAway.Init") private ChannelHandlerContext context; // before anything else is called

  /** {@code known}: told whether it is HTTP/2; adds what speaks it. */
  PrefaceDetector(Deadlines deadlines, long patienceNanos, BiConsumer<ChannelHandlerContext, Boolean> known) {
    this.deadlines = deadlines;
    deadlines.arrived();
    this.deadline = deadlines.in(patienceNanos);
    this.known = known;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    deadlines.add(this);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext removed) {
    deadlines.remove(this);
  }

  @Override
  protected void decode(ChannelHandlerContext from, ByteBuf in, List<Object> out) {
    int length = Math.min(in.readableBytes(), PREFACE.length);
    boolean http2 = true;
    for (int i = 0; http2 && i < length; i++) {
      http2 = in.getByte(in.readerIndex() + i) == PREFACE[i];
    }
    if (!http2 || length == PREFACE.length) {
      known.accept(from, http2);
      from.pipeline().remove(this);
    }
  }

  @Override
  public long deadlineNanos() {
    return deadline;
  }

  @Override
  public void expire() {
    context.close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext broken, Throwable cause) {
    broken.close();
  }
}
