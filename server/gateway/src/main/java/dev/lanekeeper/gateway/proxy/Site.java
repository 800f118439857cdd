package dev.lanekeeper.gateway.proxy;

import dev.lanekeeper.gateway.fairness.Shares;
import dev.lanekeeper.gateway.http.Ascii;
import dev.lanekeeper.gateway.http.FieldName;
import dev.lanekeeper.gateway.http.Fields;
import dev.lanekeeper.gateway.http.RequestHead;
import dev.lanekeeper.gateway.routing.Peer;
import dev.lanekeeper.gateway.routing.Router;
import io.netty.channel.EventLoop;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Where the requests of one connection come in.
 *
 * @param router what the listener does with them
 * @param upstreams the connections to servers on this event loop
 * @param peer who sends them
 * @param loop the event loop
 * @param mark by which this listener knows what has passed it: its part of {@code Via}
 * @param observer hears of each request that is over; null: nobody does
 * @param shares who goes first to a server that production and others have in common
 */
public record Site(Router router, Upstreams upstreams, Peer peer, EventLoop loop, String mark,
    @Nullable Observer observer, Shares shares) {

  /** Whether a request has passed this listener before (RFC 9110, section 7.6.3). */
  boolean isLoop(RequestHead head) {
    Fields fields = head.fields();
    if (fields.find(FieldName.VIA) < 0) {
      return false;
    }
    for (int i = 0; i < fields.count(); i++) {
      if (fields.name(i) == FieldName.VIA && contains(fields, i)) {
        return true;
      }
    }
    return false;
  }

  private boolean contains(Fields fields, int i) {
    byte[] bytes = fields.bytes();
    int last = fields.valueEnd(i) - mark.length();
    for (int from = fields.valueFrom(i); from <= last; from++) {
      if (Ascii.equalsIgnoreCase(bytes, from, from + mark.length(), mark)) {
        return true;
      }
    }
    return false;
  }

  /** Marks a request that is passed on. */
  void mark(RequestHead head) {
    head.fields().add(FieldName.VIA, head.version().text(), mark);
  }

  /** Spreads requests over instances. */
  int spread() {
    return ThreadLocalRandom.current().nextInt();
  }
}
