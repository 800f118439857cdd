package dev.lanekeeper.gateway.net;

import dev.lanekeeper.gateway.http.Limits;
import dev.lanekeeper.gateway.http.Timeouts;
import dev.lanekeeper.gateway.http1.Http1ClientConnection;
import dev.lanekeeper.gateway.http2.Http2ClientConnection;
import dev.lanekeeper.gateway.proxy.Deadlines;
import dev.lanekeeper.gateway.proxy.Exchange;
import dev.lanekeeper.gateway.proxy.Upstreams;
import dev.lanekeeper.gateway.routing.Destination;
import dev.lanekeeper.gateway.routing.Refusal;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.resolver.AddressResolverGroup;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What one event loop has for itself: its deadlines, and its connections to servers. */
@SuppressWarnings("FutureReturnValueIgnored") // listeners are told what becomes of it
final class Loop implements Upstreams {

  private final EventLoop events;
  private final Timeouts timeouts;
  private final Limits limits;
  private final Deadlines deadlines;
  private final Connector connector;
  private final Map<Destination, ArrayDeque<Http1ClientConnection>> idle = new HashMap<>();
  private final Map<Destination, Shared> shared = new HashMap<>();

  /** A connection in HTTP/2, and who waits for it to be made. */
  private static final class Shared {
    private final ArrayDeque<Exchange> waiting = new ArrayDeque<>();
    private @Nullable Http2ClientConnection connection;
  }

  Loop(EventLoop events, Transport transport, AddressResolverGroup<InetSocketAddress> names, TargetGuard guard,
      ClientTls trust, Timeouts timeouts, Limits limits) {
    this.events = events;
    this.timeouts = timeouts;
    this.limits = limits;
    deadlines = new Deadlines(events);
    connector = new Connector(events, transport, names, guard, trust);
  }

  EventLoop events() {
    return events;
  }

  Deadlines deadlines() {
    return deadlines;
  }

  @Override
  public void open(Destination to, Exchange exchange, boolean fresh) {
    if (exchange.head().isGrpc()) {
      openShared(to.inHttp2(), exchange, fresh);
      return;
    }
    Http1ClientConnection kept = fresh ? null : kept(to);
    if (kept != null) {
      kept.send(exchange);
    } else {
      connect(to, exchange);
    }
  }

  /** The one that was used last: the others may go when they have been idle for long enough. */
  private @Nullable Http1ClientConnection kept(Destination to) {
    ArrayDeque<Http1ClientConnection> own = idle.get(to);
    Http1ClientConnection last = own == null ? null : own.pollLast();
    while (own != null && last != null && !last.isOpen()) {
      last = own.pollLast();
    }
    return last;
  }

  private void connect(Destination to, Exchange exchange) {
    Http1ClientConnection connection = new Http1ClientConnection(deadlines, timeouts, limits, to.toString(),
        free -> idle.computeIfAbsent(to, _ -> new ArrayDeque<>()).addLast(free), closed -> forget(to, closed));
    connector.connect(to, channel -> channel.pipeline().addLast(connection), new Connector.Made() {
      @Override
      public boolean isWanted() {
        return !exchange.isOver();
      }

      @Override
      public void connected(Channel channel) {
        connection.send(exchange);
      }

      @Override
      public void failed(String why) {
        exchange.unreachable(Refusal.unreachable(502, to + ": " + why));
      }
    });
  }

  private void forget(Destination to, Http1ClientConnection closed) {
    ArrayDeque<Http1ClientConnection> own = idle.get(to);
    if (own != null) {
      own.remove(closed);
      if (own.isEmpty()) {
        idle.remove(to);
      }
    }
  }

  private void openShared(Destination to, Exchange exchange, boolean fresh) {
    Shared present = shared.get(to);
    Http2ClientConnection open = present == null ? null : present.connection;
    if (open != null && open.isOpen() && !fresh) {
      open.send(exchange);
    } else if (present != null && open == null) {
      present.waiting.add(exchange);
    } else {
      Shared made = new Shared();
      made.waiting.add(exchange);
      shared.put(to, made);
      connector.connect(to, channel -> Http2ClientConnection.prepare(channel, deadlines, timeouts, limits.headBytes()),
          waiting(to, made));
    }
  }

  private Connector.Made waiting(Destination to, Shared made) {
    return new Connector.Made() {
      @Override
      public boolean isWanted() {
        return true;
      }

      @Override
      public void connected(Channel channel) {
        Http2ClientConnection connection = new Http2ClientConnection(channel, deadlines, timeouts, to.toString());
        made.connection = connection;
        channel.closeFuture().addListener(closed -> shared.remove(to, made));
        each(exchange -> {
          if (!exchange.isOver()) {
            connection.send(exchange);
          }
        });
      }

      @Override
      public void failed(String why) {
        shared.remove(to, made);
        each(exchange -> exchange.unreachable(Refusal.unreachable(502, to + ": " + why)));
      }

      private void each(Consumer<Exchange> action) {
        for (Exchange next = made.waiting.poll(); next != null; next = made.waiting.poll()) {
          action.accept(next);
        }
      }
    };
  }
}
