package dev.lanekeeper.gateway.http2;

import dev.lanekeeper.gateway.http.Fields;
import dev.lanekeeper.gateway.http.MalformedMessageException;
import dev.lanekeeper.gateway.http.RequestHead;
import dev.lanekeeper.gateway.http.ResponseHead;
import dev.lanekeeper.gateway.http.Timeouts;
import dev.lanekeeper.gateway.proxy.Answer;
import dev.lanekeeper.gateway.proxy.Deadlines;
import dev.lanekeeper.gateway.proxy.Downstream;
import dev.lanekeeper.gateway.proxy.Exchange;
import dev.lanekeeper.gateway.proxy.Site;
import dev.lanekeeper.gateway.routing.LocalResponse;
import dev.lanekeeper.gateway.routing.Refusal;
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

/** A stream by which one request comes in. */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the connection, which is told by channelInactive
final class Http2ServerStream extends ChannelInboundHandlerAdapter implements Downstream, Deadlines.Timed {

  private final Site site;
  private final Deadlines deadlines;
  private final Timeouts timeouts;
  @SuppressWarnings("NullAway.Init") private ChannelHandlerContext context; // before anything else is called
  private @Nullable Exchange exchange;
  private boolean requestWhole;
  private boolean responseWhole;
  private boolean headed;
  private boolean dirty;
  private boolean streams;
  private long deadline;
  /** How much he had to take before more is written, when he was waited for last; 0 if he is not. */
  private long pending;

  Http2ServerStream(Site site, Deadlines deadlines, Timeouts timeouts) {
    this.site = site;
    this.deadlines = deadlines;
    this.timeouts = timeouts;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    deadlines.add(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext from, Object message) {
    try {
      switch (message) {
        case Http2HeadersFrame headers -> headers(headers);
        case Http2DataFrame data -> data(data);
        default -> {
          // Priorities and the like: of no use here.
        }
      }
    } catch (MalformedMessageException malformed) {
      malformed(malformed);
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void headers(Http2HeadersFrame frame) throws MalformedMessageException {
    Exchange running = exchange;
    if (headed) {
      if (!frame.isEndStream()) {
        throw MalformedMessageException.bad("trailers: not at the end (expected: the last frame of the stream)");
      }
      whole(running, Http2Heads.trailers(frame.headers()));
      return;
    }
    headed = true;
    RequestHead head = Http2Heads.request(frame.headers(), frame.isEndStream());
    requestWhole = !head.hasBody();
    streams = head.isGrpc();
    waitForBody();
    Exchange begun = new Exchange(site, this, head);
    exchange = begun;
    begun.begin();
  }

  private void data(Http2DataFrame frame) {
    Exchange running = exchange;
    if (running == null) {
      return;
    }
    waitForBody();
    if (frame.content().isReadable()) {
      running.requestBody(frame.content().retain());
    }
    if (frame.isEndStream()) {
      whole(running, null);
    }
  }

  /** A call of gRPC may be silent for as long as its client likes, who has a deadline of his own. */
  private void waitForBody() {
    deadlines.arrived();
    deadline = requestWhole || streams ? 0 : deadlines.in(timeouts.body().toNanos());
  }

  private void whole(@Nullable Exchange running, @Nullable Fields trailers) {
    deadline = 0;
    if (!requestWhole && running != null) {
      requestWhole = true;
      running.requestEnd(trailers);
    }
    settle();
  }

  private void malformed(MalformedMessageException malformed) {
    Exchange running = exchange;
    String detail = String.valueOf(malformed.getMessage());
    if (running != null) {
      running.requestMalformed(malformed.status(), detail);
    } else {
      Answer.of(Refusal.malformed(malformed.status(), detail)).send(this, false);
    }
    flush();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext from, Object event) {
    if (event instanceof Http2ResetFrame) {
      gone();
    }
  }

  private void gone() {
    deadlines.remove(this);
    Exchange running = exchange;
    exchange = null;
    dropRest();
    if (running != null) {
      running.downstreamGone();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext read) {
    Exchange running = exchange;
    if (running != null) {
      running.flushRequest();
    }
    flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext changed) {
    Exchange running = exchange;
    boolean writable = changed.channel().isWritable();
    pending = 0;
    if (writable) {
      waitForBody();
    } else {
      waitForTaker();
    }
    if (running != null) {
      running.downstreamWritable(writable);
    }
  }

  /** Who takes what he is sent has time, as long as he takes some of it. */
  private void waitForTaker() {
    pending = Math.max(1, context.channel().bytesBeforeWritable());
    deadlines.arrived();
    deadline = deadlines.in(timeouts.body().toNanos());
  }

  @Override
  public void channelInactive(ChannelHandlerContext closed) {
    gone();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext broken, Throwable cause) {
    broken.close();
  }

  @Override
  public void respond(ResponseHead head, boolean last) {
    dirty = true;
    context.write(new DefaultHttp2HeadersFrame(Http2Heads.headers(head), last), context.voidPromise());
    if (last) {
      answered();
    }
  }

  @Override
  public void body(ByteBuf piece) {
    dirty = true;
    context.write(new DefaultHttp2DataFrame(piece), context.voidPromise());
  }

  @Override
  public void end(@Nullable Fields trailers) {
    dirty = true;
    context.write(trailers == null
        ? new DefaultHttp2DataFrame(true)
        : new DefaultHttp2HeadersFrame(Http2Heads.headers(trailers), true), context.voidPromise());
    answered();
  }

  private void answered() {
    responseWhole = true;
    settle();
  }

  /** INVARIANT: who is answered before all was said is told to stop, and not that something failed (RFC 9113, section 8.1). */
  private void settle() {
    if (!responseWhole) {
      return;
    }
    exchange = null;
    deadline = 0;
    dropRest();
    if (!requestWhole) {
      requestWhole = true;
      context.write(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR), context.voidPromise());
    }
  }

  /** INVARIANT: what waits in a stream is released by being read, also when nobody wants it: a stream that is closed keeps it for ever. */
  private void dropRest() {
    context.channel().config().setAutoRead(true);
  }

  @Override
  public void abort() {
    exchange = null;
    dropRest();
    context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR), context.voidPromise());
  }

  @Override
  public void fail(LocalResponse.Fault fault) {
    abort();
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
    }
    if (wanted) {
      waitForBody();
    } else if (pending == 0) {
      deadline = 0; // it is not the client that is slow
    }
  }

  @Override
  public void becomeTunnel() {
    throw new IllegalStateException("a stream of HTTP/2 asks for no other protocol");
  }

  @Override
  public long deadlineNanos() {
    return deadline;
  }

  @Override
  public void expire() {
    long left = Math.max(1, context.channel().bytesBeforeWritable());
    if (pending > 0 && left < pending) {
      waitForTaker();
    } else if (pending > 0) {
      gone();
      context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL), context.voidPromise());
    } else {
      deadline = 0;
      malformed(
          new MalformedMessageException(408, "body: nothing came for " + timeouts.body() + " (expected: a piece)"));
    }
  }
}
