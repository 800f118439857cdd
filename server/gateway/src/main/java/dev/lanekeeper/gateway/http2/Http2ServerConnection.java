package dev.lanekeeper.gateway.http2;

import dev.lanekeeper.gateway.http.Limits;
import dev.lanekeeper.gateway.http.Timeouts;
import dev.lanekeeper.gateway.proxy.Deadlines;
import dev.lanekeeper.gateway.proxy.Site;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.function.Function;

/** Makes a connection on which requests come in speak HTTP/2. */
public final class Http2ServerConnection {

  private static final int MOST_STREAMS = 250;

  private Http2ServerConnection() {}

  /**
   * Adds what it takes to the end of a pipeline.
   *
   * @param sites what is known of a connection
   */
  public static void prepare(ChannelPipeline pipeline, Function<Channel, Site> sites, Deadlines deadlines,
      Timeouts timeouts, Limits limits) {
    Http2FrameCodec codec = Http2FrameCodecBuilder.forServer().validateHeaders(true)
        .initialSettings(Http2Settings.defaultSettings().maxConcurrentStreams(MOST_STREAMS)
            .initialWindowSize(ConnectionUpkeep.STREAM_WINDOW).maxHeaderListSize(limits.headBytes()))
        .build();
    pipeline.addLast(codec, ConnectionUpkeep.server(codec, deadlines, timeouts),
        new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel stream) {
            stream.pipeline()
                .addLast(new Http2ServerStream(sites.apply(stream.parent()), deadlines, timeouts));
          }
        }));
  }
}
