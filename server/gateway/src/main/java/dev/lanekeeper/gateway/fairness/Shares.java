package dev.lanekeeper.gateway.fairness;

import dev.lanekeeper.gateway.routing.Destination;
import dev.lanekeeper.gateway.routing.Verdict;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The servers of a process that production and others have in common. One that others have not been to for ten minutes is forgotten.
 *
 * <p><b>Threads.</b> Any.
 */
public final class Shares {

  /** How often {@link #tick} is to be called. */
  public static final Duration TICK = Duration.ofMillis(50);

  private static final Logger LOG = System.getLogger(Shares.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final long KEEP = Duration.ofMinutes(10).toNanos();
  /** Whoever names servers as he likes is not remembered for long. */
  private static final long KEEP_OF_MANY = Duration.ofSeconds(10).toNanos();
  private static final int MANY = 1000;

  private final boolean on;
  private final LongSupplier clock;
  private final Duration patience;
  private final Map<Destination, Share> byServer = new ConcurrentHashMap<>();
  private final ShareCounts counts = new ShareCounts();

  private Shares(boolean on, LongSupplier clock, Duration patience) {
    this.on = on;
    this.clock = clock;
    this.patience = patience;
  }

  /** Production goes first. */
  public static Shares fair() {
    return of(System::nanoTime, PATIENCE);
  }

  /** Whoever comes first goes first. */
  public static Shares none() {
    return new Shares(false, System::nanoTime, PATIENCE);
  }

  /**
   * Production goes first.
   *
   * @param clock in nanoseconds, forward only; called on any thread
   * @param patience how long others may wait
   */
  public static Shares of(LongSupplier clock, Duration patience) {
    return new Shares(true, clock, patience);
  }

  /**
   * A request that is about to go to its server.
   *
   * @param waiter told when a {@link Ticket} is decided about that is {@link Ticket.State#WAITING} when this returns; maybe before it does
   * @return null: nobody's place is taken; it goes
   */
  public @Nullable Turn enter(Verdict.Forward forward, Ticket.Waiter waiter) {
    if (!on || !isShared(forward)) {
      return null;
    }
    ShareClass kind = ShareClass.of(forward.carried().tag());
    if (kind == ShareClass.PRODUCTION) {
      Share share = byServer.get(forward.to());
      return share == null ? null : share.production(); // nobody to share with, and nothing to learn
    }
    while (true) {
      Share share = byServer.computeIfAbsent(forward.to(),
          to -> new Share(to, clock, patience.toNanos(), counts));
      Ticket ticket = share.enter(kind, forward.carried().tag().text(), waiter);
      if (ticket != null) {
        return ticket;
      }
      byServer.remove(forward.to(), share);
    }
  }

  /** Whether production goes there, too: to a workload under test, stubs, and the outside world it does not, or that is not ours to share. */
  private static boolean isShared(Verdict.Forward forward) {
    return switch (forward.reason()) {
      case OVERRIDE, OWN, OUTSIDE -> false;
      case UNTAGGED -> true;
      default -> forward.carried().isTagged();
    };
  }

  /** What time alone changes. Does not block. */
  public void tick() {
    long keep = byServer.size() > MANY ? KEEP_OF_MANY : KEEP;
    byServer.values().removeIf(share -> {
      try {
        return share.tick(keep);
      } catch (RuntimeException failure) {
        LOG.log(Level.ERROR, "a share was not looked at", failure); // the others go on
        return false;
      }
    });
  }

  /** How many requests waited for their share, and how many got none, by name. */
  public Map<String, Long> counters() {
    return counts.snapshot();
  }
}
