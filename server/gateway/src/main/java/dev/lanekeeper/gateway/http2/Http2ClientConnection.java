package dev.lanekeeper.gateway.http2;

import dev.lanekeeper.gateway.http1.Http1Timeouts;
import dev.lanekeeper.gateway.proxy.Deadlines;
import dev.lanekeeper.gateway.proxy.Exchange;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.concurrent.Future;

/** A connection to a server, for many requests side by side. */
@SuppressWarnings("FutureReturnValueIgnored") // listeners are told what becomes of it
public final class Http2ClientConnection {

  /** A body, or a message of gRPC, is not to wait for windows on a fast network. */
  static final int WINDOW = 1 << 20;

  private final Channel channel;
  private final Deadlines deadlines;
  private final Http1Timeouts timeouts;
  private final String where;
  private boolean served;

  /**
   * A connection that is open.
   *
   * @param where for people
   */
  public Http2ClientConnection(Channel channel, Deadlines deadlines, Http1Timeouts timeouts, String where) {
    this.channel = channel;
    this.deadlines = deadlines;
    this.timeouts = timeouts;
    this.where = where;
  }

  /** Makes a channel speak HTTP/2. */
  public static void prepare(Channel channel, int headBytes) {
    channel.pipeline().addLast(
        Http2FrameCodecBuilder.forClient().validateHeaders(true)
            .initialSettings(Http2Settings.defaultSettings().initialWindowSize(WINDOW).maxHeaderListSize(headBytes))
            .build(),
        new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
  }

  /** Whether it may be given another request. */
  public boolean isOpen() {
    return channel.isActive();
  }

  /** Writes the head of a request; the response is the exchange's. */
  public void send(Exchange next) {
    boolean old = served;
    served = true;
    Http2ClientStream stream = new Http2ClientStream(next, old, deadlines, timeouts, where);
    new Http2StreamChannelBootstrap(channel).handler(stream).open()
        .addListener((Future<Http2StreamChannel> opened) -> {
          if (!opened.isSuccess()) {
            next.unreachable(dev.lanekeeper.gateway.routing.Refusal.unreachable(502,
                where + ": no stream: " + opened.cause().getMessage()));
          } else if (next.isOver()) {
            opened.getNow().close();
          } else {
            stream.send();
          }
        });
  }
}
