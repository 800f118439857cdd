package dev.lanekeeper.gateway.fairness;

import dev.lanekeeper.gateway.routing.Destination;
import dev.lanekeeper.gateway.routing.Refusal;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.SequencedSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One server that production and others have in common.
 *
 * <p><b>Threads.</b> Any: a lock guards it. Who waits is told outside of it.
 */
final class Share {

  private static final Logger LOG = System.getLogger(Share.class.getName());
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;
  private static final long SPACING = 2 * MILLI;
  /** So long nobody has been there whose last request is not known. */
  private static final long LONG_AGO = 3_600 * SECOND;
  /** Who is there for longer is taken for hung, or for a stream: he keeps nobody waiting. */
  private static final long LONGEST = 10 * SECOND;
  /** Behind so long without any going or coming one more goes: those who are there may wait for it (A calls B calls A). */
  private static final long STALLED = SECOND / 2;
  private static final int MOST_WAITING = 256;
  /** While nobody knows that they are in production's way, they are not refused for a while. */
  private static final int MOST_WAITING_OPEN = 4096;
  private static final int PATIENCE_OPEN = 10;

  private final Destination to;
  private final LongSupplier clock;
  private final long patience;
  private final ShareCounts counts;
  private final Steering steering;
  private final Lines lines = new Lines();
  private final SequencedSet<Ticket> held = new LinkedHashSet<>();
  private long moved;
  private long resumes;
  private long used;
  private boolean closed;
  private volatile long produced;
  /** Those under way, in their order, and some that are over. */
  private final Queue<Sample> samples = new ConcurrentLinkedQueue<>();

  /** {@code patience}: how long one may wait, in ns. */
  Share(Destination to, LongSupplier clock, long patience, ShareCounts counts) {
    this.to = to;
    this.clock = clock;
    this.patience = patience;
    this.counts = counts;
    long now = clock.getAsLong();
    steering = new Steering(now);
    produced = now - LONG_AGO;
    moved = now;
    resumes = now;
    used = now;
  }

  long now() {
    return clock.getAsLong();
  }

  /** A request of production sets out. Null: this one is not looked at. */
  @Nullable
  Sample production() {
    long now = clock.getAsLong();
    if (now - produced < SPACING) {
      return null;
    }
    produced = now; // two at once may both be looked at
    Sample sample = new Sample(this, now);
    samples.add(sample);
    return sample;
  }

  /** It was answered. */
  void sampled(long began) {
    List<Ticket> decided;
    synchronized (this) {
      long now = clock.getAsLong();
      steering.others(held.size(), !lines.isEmpty());
      steering.sampled(began, now, held.size());
      decided = admit(now);
    }
    tell(decided);
  }

  /** A request of others comes. Null: this share is no more. */
  @Nullable
  Ticket enter(ShareClass kind, String tenant, Ticket.Waiter waiter) {
    Ticket ticket;
    List<Ticket> decided = new ArrayList<>();
    synchronized (this) {
      if (closed) {
        return null;
      }
      long now = clock.getAsLong();
      used = now;
      ticket = new Ticket(this, kind, tenant, waiter, now);
      if (lines.isEmpty() && mayGo(now)) {
        hold(ticket, now);
        return ticket;
      }
      if (lines.isEmpty()) {
        moved = now;
      }
      int most = steering.isSteered() ? MOST_WAITING : MOST_WAITING_OPEN;
      Ticket excess = lines.add(ticket, most);
      if (excess != ticket) {
        counts.waits(kind);
      }
      if (excess != null) {
        refuse(excess, most + " requests of its class wait already (expected: fewer at once)");
        decided.add(excess);
      }
      decided.addAll(admit(now));
      steering.others(held.size(), !lines.isEmpty());
    }
    decided.remove(ticket); // who asks sees it
    tell(decided);
    return ticket;
  }

  private boolean mayGo(long now) {
    double limit = steering.limit();
    return limit >= 1 ? held.size() < (int) limit : limit > 0 && held.isEmpty() && now - resumes >= 0;
  }

  private void hold(Ticket ticket, long now) {
    ticket.held(now);
    held.add(ticket);
    moved = now;
    steering.others(held.size(), !lines.isEmpty());
  }

  private void refuse(Ticket ticket, String why) {
    counts.refused(ticket.kind());
    ticket.refused(new Refusal(429, "share-exceeded", "Share exceeded",
        to + " is busy, and production goes first: " + why, 1));
  }

  /** Lets go who may. */
  private List<Ticket> admit(long now) {
    List<Ticket> admitted = new ArrayList<>();
    while (!lines.isEmpty() && mayGo(now)) {
      Ticket next = lines.poll();
      if (next != null) {
        hold(next, now);
        admitted.add(next);
      }
    }
    return admitted;
  }

  private static void tell(List<Ticket> decided) {
    for (Ticket ticket : decided) {
      try {
        ticket.waiter().decided();
      } catch (RuntimeException failure) {
        LOG.log(Level.DEBUG, "who waited is gone with its event loop", failure);
        ticket.end();
      }
    }
  }

  /** It waits, or is there, no more. */
  void left(Ticket ticket) {
    List<Ticket> decided;
    synchronized (this) {
      if (ticket.state() == Ticket.State.WAITING) {
        lines.remove(ticket);
        ticket.over();
        return;
      }
      if (ticket.state() != Ticket.State.HELD) {
        return;
      }
      long now = clock.getAsLong();
      release(ticket, now);
      decided = admit(now);
    }
    tell(decided);
  }

  private void release(Ticket ticket, long now) {
    held.remove(ticket);
    ticket.over();
    moved = now;
    resumes = now + steering.pause();
    used = now;
  }

  private long oldest(long now) {
    samples.removeIf(sample -> sample.isOver() || now - sample.began() >= LONGEST);
    Sample first = samples.peek();
    return first == null ? now : first.began();
  }

  /**
   * What time alone changes.
   *
   * @param keep how long a share is kept that nobody uses, in ns
   * @return whether it is no more
   */
  boolean tick(long keep) {
    List<Ticket> decided = new ArrayList<>();
    synchronized (this) {
      long now = clock.getAsLong();
      long longest = steering.isSteered() ? patience : PATIENCE_OPEN * patience;
      for (Ticket late : lines.late(now - longest)) {
        refuse(late, "it has waited for " + longest / SECOND + " s (expected: fewer requests at once)");
        decided.add(late);
      }
      while (!held.isEmpty() && now - held.getFirst().heldSince() >= LONGEST) {
        release(held.getFirst(), now);
      }
      steering.tick(now, produced, oldest(now), held.size(), !lines.isEmpty());
      if (now - moved >= STALLED) {
        Ticket next = lines.poll();
        if (next != null) {
          hold(next, now);
          decided.add(next);
        }
      }
      decided.addAll(admit(now));
      closed = held.isEmpty() && lines.isEmpty() && now - used >= keep;
    }
    tell(decided);
    return closed;
  }
}
