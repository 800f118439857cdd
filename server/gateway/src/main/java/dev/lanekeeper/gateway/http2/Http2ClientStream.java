package dev.lanekeeper.gateway.http2;

import dev.lanekeeper.gateway.http.Fields;
import dev.lanekeeper.gateway.http.MalformedMessageException;
import dev.lanekeeper.gateway.http.ResponseHead;
import dev.lanekeeper.gateway.http.Timeouts;
import dev.lanekeeper.gateway.proxy.Deadlines;
import dev.lanekeeper.gateway.proxy.Exchange;
import dev.lanekeeper.gateway.proxy.Upstream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** A stream by which one request goes out. */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the connection, which is told by channelInactive
final class Http2ClientStream extends ChannelInboundHandlerAdapter implements Upstream, Deadlines.Timed {

  private final Exchange asking;
  private final boolean served;
  private final Deadlines deadlines;
  private final Timeouts timeouts;
  private final String where;
  @SuppressWarnings("NullAway.Init") private ChannelHandlerContext context; // before anything else is called
  private @Nullable Exchange exchange;
  private boolean headed;
  private boolean bodiless;
  private boolean requestWhole;
  private boolean dirty;
  private long deadline;

  /** {@code served}: whether its connection has served another request before. */
  Http2ClientStream(Exchange asking, boolean served, Deadlines deadlines, Timeouts timeouts, String where) {
    this.asking = asking;
    this.exchange = asking;
    this.served = served;
    this.deadlines = deadlines;
    this.timeouts = timeouts;
    this.where = where;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    deadlines.add(this);
  }

  /**
   * Its time counts once it has the whole request, and while it does not take what there is of it: else it is the client that is slow.
   * A call of gRPC, whose client has a deadline of his own, may be silent.
   */
  private void waitForResponse() {
    deadlines.arrived();
    boolean itsTurn = requestWhole || !isWritable();
    boolean reading = context.channel().config().isAutoRead();
    deadline = itsTurn && reading && !asking.head().isGrpc() ? deadlines.in(timeouts.response().toNanos()) : 0;
  }

  /** Writes the head of the request. */
  void send() {
    bodiless = !asking.head().hasBody();
    requestWhole = bodiless;
    dirty = true;
    context.write(new DefaultHttp2HeadersFrame(Http2Heads.headers(asking.head()), bodiless), context.voidPromise());
    waitForResponse();
    asking.attached(this, served);
  }

  @Override
  public void channelRead(ChannelHandlerContext from, Object message) {
    try {
      switch (message) {
        case Http2HeadersFrame headers -> headers(headers);
        case Http2DataFrame data -> data(data);
        default -> {
          // Of no use here.
        }
      }
    } catch (MalformedMessageException malformed) {
      lost(false, where + ": its response is no HTTP that can be passed on: " + malformed.getMessage());
      reset();
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext from, Object event) {
    if (event instanceof Http2ResetFrame reset) {
      lost(reset.errorCode() == Http2Error.REFUSED_STREAM.code(),
          where + ": it reset the stream with error " + reset.errorCode());
    }
  }

  private void headers(Http2HeadersFrame frame) throws MalformedMessageException {
    Exchange waiting = exchange;
    if (waiting == null) {
      return;
    }
    waitForResponse();
    if (headed) {
      Fields trailers = Http2Heads.trailers(frame.headers());
      answered();
      waiting.responseEnd(trailers);
      waiting.flush();
      return;
    }
    ResponseHead head = Http2Heads.response(frame.headers(), frame.isEndStream());
    if (head.isInterim()) {
      waiting.response(head, false);
      return;
    }
    headed = true;
    if (frame.isEndStream()) {
      answered();
    }
    waiting.response(head, frame.isEndStream());
    if (frame.isEndStream()) {
      waiting.flush(); // with the last frame the stream may be over, and no end of reading comes
    }
  }

  private void data(Http2DataFrame frame) {
    Exchange waiting = exchange;
    if (waiting == null) {
      return;
    }
    waitForResponse();
    if (frame.content().isReadable()) {
      waiting.responseBody(frame.content().retain());
    }
    if (frame.isEndStream()) {
      answered();
      waiting.responseEnd(null);
      waiting.flush();
    }
  }

  /** INVARIANT: what waits in a stream is released by being read, also when nobody wants it: a stream that is closed keeps it for ever. */
  private void dropRest() {
    context.channel().config().setAutoRead(true);
  }

  private void answered() {
    exchange = null;
    deadline = 0;
    dropRest();
    if (!requestWhole) {
      reset(); // what is left of the request is of no use
    }
  }

  private void lost(boolean untouched, String why) {
    Exchange waiting = exchange;
    exchange = null;
    dropRest();
    if (waiting != null) {
      waiting.upstreamLost(untouched && !headed, why);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext read) {
    if (exchange != null) {
      exchange.flush();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext changed) {
    if (exchange != null) {
      waitForResponse();
      exchange.upstreamWritable(changed.channel().isWritable());
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext closed) {
    deadlines.remove(this);
    lost(false, where + ": it closed the stream before its response was whole");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext broken, Throwable cause) {
    lost(false, where + ": " + cause.getMessage());
    broken.close();
  }

  @Override
  public void body(ByteBuf piece) {
    dirty = true;
    context.write(new DefaultHttp2DataFrame(piece), context.voidPromise());
    waitForResponse();
  }

  @Override
  public void end(@Nullable Fields trailers) {
    requestWhole = true;
    waitForResponse();
    if (!bodiless) {
      dirty = true;
      context.write(trailers == null
          ? new DefaultHttp2DataFrame(true)
          : new DefaultHttp2HeadersFrame(Http2Heads.headers(trailers), true), context.voidPromise());
    }
  }

  @Override
  public void cancel() {
    exchange = null;
    reset();
  }

  private void reset() {
    deadlines.remove(this);
    dropRest();
    context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL), context.voidPromise());
  }

  @Override
  public void flush() {
    if (dirty) {
      dirty = false;
      context.flush();
    }
  }

  @Override
  public boolean isWritable() {
    return context.channel().isWritable();
  }

  @Override
  public void wantBody(boolean wanted) {
    if (context.channel().config().isAutoRead() != wanted) {
      context.channel().config().setAutoRead(wanted);
      waitForResponse();
    }
  }

  @Override
  public long deadlineNanos() {
    return deadline;
  }

  @Override
  public void expire() {
    Exchange waiting = exchange;
    exchange = null;
    reset();
    if (waiting != null) {
      waiting.upstreamLate(where + ": nothing came for " + timeouts.response() + " (expected: a response)");
    }
  }
}
