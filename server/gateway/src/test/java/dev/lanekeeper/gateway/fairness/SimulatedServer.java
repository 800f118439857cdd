package dev.lanekeeper.gateway.fairness;

import dev.lanekeeper.gateway.routing.Destination;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A server behind its share, in simulated time: so many requests at once, each for so long; the others wait there, first come first served. */
final class SimulatedServer {

  static final Destination TO = Destination.of(URI.create("http://b:80"), false);
  static final long MILLI = 1_000_000;
  private static final long START = Long.MAX_VALUE - 1_000_000 * MILLI; // times may overflow on their way

  /** What is to happen. */
  private record Event(long at, long order, Runnable what) {}

  private final PriorityQueue<Event> events = new PriorityQueue<>(
      (a, b) -> a.at() == b.at() ? Long.compare(a.order(), b.order()) : Long.compare(a.at() - b.at(), 0));
  private final SplittableRandom random;
  private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
  private final int places;
  private long now = START;
  private long order;
  private int busy;
  private long busyNanos;
  long serviceNanos;

  final ShareCounts counts = new ShareCounts();
  final Share share;
  /** Latencies of production in ms, since {@link #forget}. */
  final List<Double> production = new ArrayList<>();
  int served;
  int refused;
  /** How long the others who were served waited at most, in ms. */
  double longestWait;

  SimulatedServer(int places, long serviceMillis, long seed) {
    this.places = places;
    serviceNanos = serviceMillis * MILLI;
    random = new SplittableRandom(seed);
    LongSupplier clock = () -> now;
    share = new Share(TO, clock, Duration.ofSeconds(3).toNanos(), counts);
    tick();
  }

  private void tick() {
    share.tick(Duration.ofHours(1).toNanos());
    in(50 * MILLI, this::tick);
  }

  long now() {
    return now;
  }

  void in(long nanos, Runnable what) {
    events.add(new Event(now + nanos, order++, what));
  }

  void run(long millis) {
    long end = now + millis * MILLI;
    while (!events.isEmpty() && events.peek().at() - end <= 0) {
      Event next = events.remove();
      now = next.at();
      next.what().run();
    }
    now = end;
  }

  /** Counts from here on. */
  void forget() {
    production.clear();
    served = 0;
    refused = 0;
    busyNanos = 0;
    longestWait = 0;
  }

  private void serve(Runnable answered) {
    if (busy == places) {
      queue.add(answered);
    } else {
      busy++;
      begin(answered);
    }
  }

  private void begin(Runnable answered) {
    long lasts = (long) (serviceNanos * (0.98 + 0.06 * random.nextDouble()));
    busyNanos += lasts;
    in(lasts, () -> {
      Runnable next = queue.poll();
      if (next == null) {
        busy--;
      } else {
        begin(next);
      }
      answered.run();
    });
  }

  /** Production comes at a rate, each by itself. */
  void production(double perSecond) {
    in((long) (-Math.log(1 - random.nextDouble()) / perSecond * 1e9), () -> {
      produce(() -> {
      });
      production(perSecond);
    });
  }

  /** Production that asks again when it was answered. */
  void productionClient() {
    produce(this::productionClient);
  }

  private void produce(Runnable again) {
    long began = now;
    Sample sample = share.production();
    serve(() -> {
      production.add((now - began) / 1e6);
      if (sample != null) {
        sample.answered(false);
        sample.end();
      }
      again.run();
    });
  }

  /** A client that asks again and again; {@code rounds}: how often. */
  void client(String tenant, ShareClass kind, long thinkMillis, int rounds) {
    if (rounds == 0) {
      return;
    }
    Ticket[] own = new Ticket[1];
    long came = now;
    Runnable again = () -> in(thinkMillis * MILLI, () -> client(tenant, kind, thinkMillis, rounds - 1));
    Ticket ticket = share.enter(kind, tenant, () -> decided(own[0], came, again));
    if (ticket == null) {
      throw new IllegalStateException("closed");
    }
    own[0] = ticket;
    decided(ticket, came, again);
  }

  private void decided(@Nullable Ticket ticket, long came, Runnable again) {
    if (ticket == null) {
      return;
    }
    switch (ticket.state()) {
      case HELD -> {
        longestWait = Math.max(longestWait, (now - came) / 1e6);
        serve(() -> {
          ticket.end();
          served++;
          again.run();
        });
      }
      case REFUSED -> {
        refused++;
        again.run();
      }
      case WAITING, OVER -> {
        // Not yet, or not any more.
      }
    }
  }

  double quantile(double share) {
    if (production.isEmpty()) {
      return Double.NaN;
    }
    double[] sorted = production.stream().mapToDouble(each -> each).sorted().toArray();
    return sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  }

  /** How much of what the server could have done in so many ms it did. */
  double utilization(long millis) {
    return (double) busyNanos / places / (millis * MILLI);
  }
}
