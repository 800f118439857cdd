package dev.lanekeeper.gateway.http2;

import dev.lanekeeper.gateway.http.Timeouts;
import dev.lanekeeper.gateway.proxy.Deadlines;
import dev.lanekeeper.gateway.proxy.Exchange;
import dev.lanekeeper.gateway.routing.Refusal;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.concurrent.Future;

/** A connection to a server, for many requests side by side. */
@SuppressWarnings("FutureReturnValueIgnored") // listeners are told what becomes of it
public final class Http2ClientConnection {

  private final Channel channel;
  private final Deadlines deadlines;
  private final Timeouts timeouts;
  private final String where;
  private boolean served;

  /**
   * A connection that is open.
   *
   * @param where for people
   */
  public Http2ClientConnection(Channel channel, Deadlines deadlines, Timeouts timeouts, String where) {
    this.channel = channel;
    this.deadlines = deadlines;
    this.timeouts = timeouts;
    this.where = where;
  }

  /** Makes a channel speak HTTP/2. Requests beyond what its server takes at once wait. */
  public static void prepare(Channel channel, Deadlines deadlines, Timeouts timeouts, int headBytes) {
    Http2FrameCodec codec = Http2FrameCodecBuilder.forClient().validateHeaders(true)
        .encoderEnforceMaxConcurrentStreams(true)
        .initialSettings(Http2Settings.defaultSettings().initialWindowSize(ConnectionUpkeep.STREAM_WINDOW)
            .maxHeaderListSize(headBytes))
        .build();
    channel.pipeline().addLast(codec, ConnectionUpkeep.client(codec, deadlines, timeouts),
        new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
  }

  /** Whether it may be given another request: not once its server has said that it takes no more. */
  public boolean isOpen() {
    Http2FrameCodec codec = channel.pipeline().get(Http2FrameCodec.class);
    return channel.isActive() && codec != null && !codec.connection().goAwayReceived();
  }

  /** Writes the head of a request; the response is the exchange's. */
  public void send(Exchange next) {
    boolean old = served;
    served = true;
    Http2ClientStream stream = new Http2ClientStream(next, old, deadlines, timeouts, where);
    new Http2StreamChannelBootstrap(channel).handler(stream).open()
        .addListener((Future<Http2StreamChannel> opened) -> {
          if (!opened.isSuccess()) {
            next.unreachable(Refusal.unreachable(502,
                where + ": no stream: " + opened.cause().getMessage()));
          } else if (next.isOver()) {
            opened.getNow().close();
          } else {
            stream.send();
          }
        });
  }
}
