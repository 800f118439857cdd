package dev.lanekeeper.gateway.net;

import dev.lanekeeper.gateway.routing.Destination;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes connections to servers on one event loop: finds their addresses, looks whether these may be called, tries one after the other. */
@SuppressWarnings("FutureReturnValueIgnored") // listeners are told what becomes of it
final class Connector {

  private static final int PATIENCE_MILLIS = 2_000;

  private final EventLoop events;
  private final Transport transport;
  private final AddressResolverGroup<InetSocketAddress> names;
  private final TargetGuard guard;
  private final ClientTls trust;

  Connector(EventLoop events, Transport transport, AddressResolverGroup<InetSocketAddress> names, TargetGuard guard,
      ClientTls trust) {
    this.events = events;
    this.transport = transport;
    this.names = names;
    this.guard = guard;
    this.trust = trust;
  }

  /** Who is told what became of it. */
  interface Made {

    /** Whether a connection is still of use. */
    boolean isWanted();

    /** It is there, its handshake done. */
    void connected(Channel channel);

    /** It cannot be had. */
    void failed(String why);
  }

  /** {@code speaks}: adds to the pipeline what speaks the protocol. */
  void connect(Destination to, Consumer<Channel> speaks, Made made) {
    InetAddress literal = literal(to.host());
    if (literal != null) {
      connect(to, List.of(new InetSocketAddress(literal, to.port())), speaks, made, new ArrayList<>());
      return;
    }
    names.getResolver(events).resolveAll(InetSocketAddress.createUnresolved(to.host(), to.port()))
        .addListener((Future<List<InetSocketAddress>> answer) -> {
          if (answer.isSuccess()) {
            connect(to, answer.getNow(), speaks, made, new ArrayList<>());
          } else {
            made.failed("its name cannot be resolved: " + answer.cause().getMessage());
          }
        });
  }

  private static @Nullable InetAddress literal(String host) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(host);
    try {
      return bytes == null ? null : InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
    }
  }

  private void connect(Destination to, List<InetSocketAddress> addresses, Consumer<Channel> speaks, Made made,
      List<String> failures) {
    if (!made.isWanted()) {
      return;
    }
    if (addresses.isEmpty()) {
      made.failed(String.join("; ", failures));
      return;
    }
    InetSocketAddress first = addresses.getFirst();
    List<InetSocketAddress> others = addresses.subList(1, addresses.size());
    // INVARIANT: looked at here, and connected to as looked at: a name that leads elsewhere a moment later changes nothing.
    if (to.guarded() && !guard.allows(first.getAddress())) {
      failures.add(first.getAddress().getHostAddress() + " is no address that a tenant may name");
      connect(to, others, speaks, made, failures);
      return;
    }
    SslHandler tls = to.secure()
        ? trust.context(to.http2()).newHandler(ByteBufAllocator.DEFAULT, to.host(), to.port())
        : null;
    bootstrap(tls, speaks).connect(first).addListener((ChannelFuture done) -> {
      if (!done.isSuccess()) {
        failures.add(String.valueOf(done.cause().getMessage()));
        connect(to, others, speaks, made, failures);
      } else if (tls == null) {
        connected(done.channel(), made);
      } else {
        tls.handshakeFuture().addListener(shaken -> {
          if (!shaken.isSuccess()) {
            made.failed("TLS: " + shaken.cause().getMessage());
          } else if (to.http2() && !ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol())) {
            made.failed("TLS: it does not speak HTTP/2, which gRPC needs");
            done.channel().close();
          } else {
            connected(done.channel(), made);
          }
        });
      }
    });
  }

  private Bootstrap bootstrap(@Nullable SslHandler tls, Consumer<Channel> speaks) {
    return new Bootstrap().group(events).channel(transport.client()).option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, PATIENCE_MILLIS)
        .handler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            if (tls != null) {
              channel.pipeline().addLast(tls);
            }
            speaks.accept(channel);
          }
        });
  }

  private static void connected(Channel channel, Made made) {
    if (made.isWanted()) {
      made.connected(channel);
    } else {
      channel.close();
    }
  }
}
