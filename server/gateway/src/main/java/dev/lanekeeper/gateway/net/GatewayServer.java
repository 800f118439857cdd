package dev.lanekeeper.gateway.net;

import dev.lanekeeper.gateway.http.Limits;
import dev.lanekeeper.gateway.http.Timeouts;
import dev.lanekeeper.gateway.http1.Http1ServerConnection;
import dev.lanekeeper.gateway.http2.Http2ServerConnection;
import dev.lanekeeper.gateway.proxy.Deadlines;
import dev.lanekeeper.gateway.proxy.Site;
import dev.lanekeeper.gateway.routing.Peer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Listens, and passes requests on.
 *
 * <p><b>Threads.</b> One event loop for each of {@code threads}; a connection stays on one. {@link #close} blocks.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what is closed is looked at later
public final class GatewayServer implements AutoCloseable {

  private static final int BACKLOG = 4096;
  private static final int NOT_SENT = 128 * 1024;
  private static final long CLOSING_MILLIS = 2_000;
  /** Each takes a file descriptor, and one more to its server. */
  private static final int MOST_CONNECTIONS = 50_000;

  private final MultiThreadIoEventLoopGroup group;
  private final Transport transport = Transport.best();
  private final AddressResolverGroup<InetSocketAddress> names;
  private final Map<EventLoop, Loop> loops = new ConcurrentHashMap<>();
  private final ChannelGroup listening = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Timeouts timeouts;
  private final Limits limits;
  private final TargetGuard guard;
  private final ClientTls trust;

  private GatewayServer(int threads, Timeouts timeouts, Limits limits, TargetGuard guard, ClientTls trust,
      @Nullable InetSocketAddress nameServer) {
    this.trust = trust;
    this.timeouts = timeouts;
    this.limits = limits;
    this.guard = guard;
    group = new MultiThreadIoEventLoopGroup(threads, transport.handlers());
    DnsNameResolverBuilder resolver = new DnsNameResolverBuilder().datagramChannelType(transport.datagram());
    names = new DnsAddressResolverGroup(nameServer == null
        ? resolver
        : resolver.nameServerProvider(new SingletonDnsServerAddressStreamProvider(nameServer)));
  }

  /** A server that listens nowhere yet, and asks the system's name servers. */
  public static GatewayServer of(int threads, Timeouts timeouts, Limits limits, TargetGuard guard,
      ClientTls trust) {
    return of(threads, timeouts, limits, guard, trust, null);
  }

  /** The same. {@code nameServer}: which one it asks; null: the system's. */
  static GatewayServer of(int threads, Timeouts timeouts, Limits limits, TargetGuard guard, ClientTls trust,
      @Nullable InetSocketAddress nameServer) {
    return new GatewayServer(threads, timeouts, limits, guard, trust, nameServer);
  }

  /**
   * Begins to listen.
   *
   * @return where
   * @throws IOException if the address cannot be had
   */
  public InetSocketAddress listen(Listener listener) throws IOException {
    String mark = "lanekeeper-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    var bound = new ServerBootstrap().group(group).channel(transport.server())
        .option(ChannelOption.SO_BACKLOG, BACKLOG).option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            if (connections.size() >= MOST_CONNECTIONS) {
              channel.close();
              return;
            }
            connections.add(channel);
            accept(channel, listener, mark);
          }
        }).bind(listener.address()).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(listener.address() + ": " + bound.cause().getMessage()
          + " (expected: an address of this machine with a port that is free)", bound.cause());
    }
    listening.add(bound.channel());
    return (InetSocketAddress) bound.channel().localAddress();
  }

  private void accept(Channel channel, Listener listener, String mark) {
    Deadlines deadlines = loop(channel.eventLoop()).deadlines();
    ServerTls tls = listener.tls();
    Function<Channel, Site> sites = open -> site(open, listener, mark);
    if (channel instanceof EpollSocketChannel epoll) {
      // What the system has taken is no progress: it would take megabytes, and say nothing while they drain.
      epoll.config().setTcpNotSentLowAt(NOT_SENT);
    }
    if (tls == null) {
      channel.pipeline().addLast(new PrefaceDetector(deadlines, timeouts.head().toNanos(),
          (context, http2) -> speak(context.pipeline(), http2, sites, deadlines, false)));
      return;
    }
    SslHandler handshake = tls.context().newHandler(channel.alloc());
    handshake.setHandshakeTimeoutMillis(timeouts.head().toMillis());
    channel.pipeline().addLast(handshake, new ApplicationProtocolNegotiationHandler(ApplicationProtocolNames.HTTP_1_1) {
      @Override
      protected void configurePipeline(ChannelHandlerContext context, String protocol) {
        speak(context.pipeline(), protocol.equals(ApplicationProtocolNames.HTTP_2), sites, deadlines, true);
      }
    });
  }

  private void speak(ChannelPipeline pipeline, boolean http2, Function<Channel, Site> sites, Deadlines deadlines,
      boolean secure) {
    if (http2) {
      Http2ServerConnection.prepare(pipeline, sites, deadlines, timeouts, limits);
    } else {
      pipeline.addLast(new Http1ServerConnection(sites, deadlines, timeouts, limits, secure));
    }
  }

  private Site site(Channel channel, Listener listener, String mark) {
    Loop loop = loop(channel.eventLoop());
    return new Site(listener.router(), loop,
        new Peer(((InetSocketAddress) channel.remoteAddress()).getAddress(), listener.tls() != null), loop.events(),
        mark,
        listener.observer(), listener.shares());
  }

  /** Has something done again and again, by one of its loops, as long as it is there. It must not block. */
  public void repeat(Duration every, Runnable what) {
    group.next().scheduleWithFixedDelay(what, every.toNanos(), every.toNanos(), TimeUnit.NANOSECONDS);
  }

  private Loop loop(EventLoop events) {
    return loops.computeIfAbsent(events,
        own -> new Loop(own, transport, names, guard, trust, timeouts, limits));
  }

  /** How many connections have deadlines, all loops together; as of about now. */
  int timed() {
    return loops.values().stream().mapToInt(loop -> loop.deadlines().count()).sum();
  }

  /**
   * Takes no further connection, lets requests end, and closes.
   *
   * @param patience how long requests may take to end
   */
  public void close(Duration patience) {
    listening.close().awaitUninterruptibly();
    List<Channel> open = new ArrayList<>(connections);
    for (Channel channel : open) {
      channel.eventLoop().execute(() -> drain(channel));
    }
    long end = System.nanoTime() + patience.toNanos();
    while (!connections.isEmpty() && System.nanoTime() - end < 0) {
      connections.newCloseFuture().awaitUninterruptibly(Math.max(1, (end - System.nanoTime()) / 1_000_000));
    }
    // While there are loops to do it: what a loop leaves behind when it ends is never released.
    connections.close().awaitUninterruptibly(CLOSING_MILLIS);
    names.close();
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private static void drain(Channel channel) {
    Http1ServerConnection connection = channel.pipeline().get(Http1ServerConnection.class);
    if (connection != null) {
      connection.drain();
    } else {
      channel.close(); // HTTP/2 lets its streams end, and takes no other
    }
  }

  @Override
  public void close() {
    close(Duration.ofSeconds(5));
  }
}
