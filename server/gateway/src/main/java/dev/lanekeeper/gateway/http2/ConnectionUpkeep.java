package dev.lanekeeper.gateway.http2;

import dev.lanekeeper.gateway.http.Timeouts;
import dev.lanekeeper.gateway.proxy.Deadlines;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import java.time.Duration;

/**
 * Looks after a connection: opens its window wide, and ends it when nothing has gone on for long.
 *
 * <p>INVARIANT: the window of a connection is many times that of a stream. Else those who do not take what they asked for would hold up all
 * others on it.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what is closed is told by channelInactive
final class ConnectionUpkeep extends ChannelInboundHandlerAdapter implements Deadlines.Timed {

  /** Of a stream, in bytes. */
  static final int STREAM_WINDOW = 256 * 1024;

  private static final int USUAL_WINDOW = 65_535;
  private static final int CONNECTION_WINDOW = 250 * STREAM_WINDOW;

  private final Http2FrameCodec codec;
  private final Deadlines deadlines;
  private final Duration first;
  private final Duration idle;
  @SuppressWarnings("NullAway.Init") private ChannelHandlerContext context; // before anything else is called
  private boolean widened;
  private long quietSince;

  private ConnectionUpkeep(Http2FrameCodec codec, Deadlines deadlines, Duration first, Duration idle) {
    this.codec = codec;
    this.deadlines = deadlines;
    this.first = first;
    this.idle = idle;
  }

  /** Of a connection on which requests come in: the first one is not waited for as long as the next. */
  static ConnectionUpkeep server(Http2FrameCodec codec, Deadlines deadlines, Timeouts timeouts) {
    return new ConnectionUpkeep(codec, deadlines, timeouts.head(), timeouts.idle());
  }

  /** Of a connection to a server. */
  static ConnectionUpkeep client(Http2FrameCodec codec, Deadlines deadlines, Timeouts timeouts) {
    return new ConnectionUpkeep(codec, deadlines, timeouts.idle(), timeouts.idle());
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    deadlines.add(this);
    if (added.channel().isActive()) {
      widen();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext active) throws Exception {
    widen();
    super.channelActive(active);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext removed) {
    deadlines.remove(this);
  }

  private void widen() {
    if (widened) {
      return;
    }
    widened = true;
    try {
      codec.connection().local().flowController().incrementWindowSize(codec.connection().connectionStream(),
          CONNECTION_WINDOW - USUAL_WINDOW);
      context.flush();
    } catch (Http2Exception impossible) {
      context.close();
    }
  }

  @Override
  public long deadlineNanos() {
    if (codec.connection().numActiveStreams() > 0) {
      quietSince = 0;
      return 0;
    }
    if (quietSince == 0) {
      deadlines.arrived();
      quietSince = deadlines.in(0);
    }
    boolean used = codec.connection().remote().lastStreamCreated() > 0;
    return quietSince + (used ? idle : first).toNanos();
  }

  @Override
  public void expire() {
    context.close();
  }
}
