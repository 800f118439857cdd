package dev.lanekeeper.gateway.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/** Both ends of HTTP/2 in clear, scripted. */
@SuppressWarnings({"FutureReturnValueIgnored", "NonAtomicVolatileUpdate"}) // what matters is what comes back, on one event loop
final class Http2Peers implements AutoCloseable {

  private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  final List<Channel> accepted = new CopyOnWriteArrayList<>();
  /** Watched by nobody: those who do not read leave behind what they were sent. */
  private static final ByteBufAllocator OWN = new UnpooledByteBufAllocator(false, true);

  /** A server; {@code script} gets each stream with its head. */
  int server(Http2Settings settings, BiConsumer<Channel, Http2Headers> script) {
    Channel bound = new ServerBootstrap().group(group).channel(NioServerSocketChannel.class)
        .childOption(ChannelOption.ALLOCATOR, OWN)
        .childHandler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            accepted.add(channel);
            channel.pipeline().addLast(Http2FrameCodecBuilder.forServer().initialSettings(settings).build(),
                new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel stream) {
                    stream.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                      @Override
                      public void channelRead(ChannelHandlerContext context, Object message) {
                        if (message instanceof Http2HeadersFrame head) {
                          script.accept(context.channel(), head.headers());
                        }
                        ReferenceCountUtil.release(message);
                      }
                    });
                  }
                }));
          }
        }).bind(InetAddress.getLoopbackAddress(), 0).syncUninterruptibly().channel();
    return ((InetSocketAddress) bound.localAddress()).getPort();
  }

  /** Answers a stream with 200, a body, and trailers of gRPC. */
  static void answer(Channel stream, int size) {
    stream.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200").set("content-type",
        "application/grpc")));
    stream.write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[size])));
    stream.writeAndFlush(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().set("grpc-status", "0"), true));
  }

  /** A connection of a client. */
  Channel connect(InetSocketAddress to) {
    return new Bootstrap().group(group).channel(NioSocketChannel.class).option(ChannelOption.ALLOCATOR, OWN)
        .handler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            channel.pipeline()
                .addLast(Http2FrameCodecBuilder.forClient().initialSettings(Http2Settings.defaultSettings())
                    .build(), new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
          }
        }).connect(to).syncUninterruptibly().channel();
  }

  /** What came back on one stream. */
  static final class Reply {
    final CompletableFuture<String> end = new CompletableFuture<>();
    volatile String head = "";
    volatile long bytes;
    @SuppressWarnings("NullAway.Init") volatile Channel stream;
  }

  /** Sends a request; {@code reads}: whether the client takes the response. {@code last}: no body. */
  static Reply ask(Channel connection, Http2Headers headers, boolean last, boolean reads) {
    Reply reply = new Reply();
    reply.stream = new Http2StreamChannelBootstrap(connection).handler(new ChannelInboundHandlerAdapter() {
      @Override
      public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof Http2HeadersFrame head) {
          reply.head += head.headers();
          if (head.isEndStream()) {
            reply.end.complete("whole");
          }
        } else if (message instanceof Http2DataFrame data) {
          reply.bytes += data.content().readableBytes();
          if (data.isEndStream()) {
            reply.end.complete("whole");
          }
        }
        ReferenceCountUtil.release(message);
      }

      @Override
      public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof Http2ResetFrame reset) {
          reply.end.complete("reset " + reset.errorCode());
        }
      }

      @Override
      public void channelInactive(ChannelHandlerContext context) {
        reply.end.complete("closed");
      }
    }).open().syncUninterruptibly().getNow();
    reply.stream.config().setAutoRead(reads);
    reply.stream.writeAndFlush(new DefaultHttp2HeadersFrame(headers, last)).syncUninterruptibly();
    return reply;
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
