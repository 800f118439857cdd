package dev.lanekeeper.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time, and threads of which exactly one runs. A thread of the simulated world goes on until it waits for something of that
 * world; then what is due next happens, which may be another thread's turn. Nothing else decides what comes after what, so that the
 * same seed gives the same course of things.
 *
 * <p>What is due at the same time happens in random order. Everything takes a little time, chosen at random.
 *
 * <p><b>Threads.</b> The one that calls {@link #run}, and those that were started here: each has the turn, or waits for it.
 */
final class Scheduler {

  private final SplittableRandom random;
  private final PriorityQueue<Due> queue = new PriorityQueue<>();
  private final List<Actor> actors = new ArrayList<>();
  private final @Nullable StringBuilder trace;
  private long nowNanos = 1;
  private long sequence;
  private long hash = 17;
  private long steps;
  private volatile @Nullable Actor current;
  private volatile @Nullable Thread loop;
  private @Nullable Throwable failure;

  /**
   * At the beginning of time.
   *
   * @param traced whether {@link #trace} is kept
   */
  Scheduler(long seed, boolean traced) {
    random = new SplittableRandom(seed);
    trace = traced ? new StringBuilder() : null;
  }

  /** Something that happens; not, once its host is dead. */
  private static final class Due implements Comparable<Due> {
    private long atNanos;
    private final long order;
    private final long sequence;
    private final Host host;
    private final Runnable what;

    Due(long atNanos, long order, long sequence, Host host, Runnable what) {
      this.atNanos = atNanos;
      this.order = order;
      this.sequence = sequence;
      this.host = host;
      this.what = what;
    }

    @Override
    public int compareTo(Due other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      int byOrder = byTime != 0 ? byTime : Long.compare(order, other.order);
      return byOrder != 0 ? byOrder : Long.compare(sequence, other.sequence);
    }
  }

  /** A thread of a host. */
  final class Actor {
    private final Host host;
    private final String name;
    private final Thread thread;
    private volatile boolean turn;
    private boolean ended;
    private boolean waits = true;
    /** Which wait it is in: what would end an older one is ignored. */
    private long wait;
    private boolean woken;

    private Actor(Host host, String name, Runnable work) {
      this.host = host;
      this.name = name;
      this.thread = Thread.ofVirtual().unstarted(() -> live(work));
    }

    private void live(Runnable work) {
      awaitTurn();
      try {
        if (host.isAlive()) {
          work.run();
        }
      } catch (Death killed) {
        // As it should.
      } catch (Throwable unexpected) {
        fail(new AssertionError("does not hold: threads of the product end only as they should (" + this + ")",
            unexpected));
      }
      ended = true;
      turn = false;
      current = null;
      LockSupport.unpark(loop);
    }

    private void awaitTurn() {
      while (!turn) {
        LockSupport.park(this);
      }
    }

    /** Gives the turn away until something wakes it. */
    private void park() {
      waits = true;
      turn = false;
      current = null;
      LockSupport.unpark(loop);
      awaitTurn();
    }

    private void resume(long which) {
      if (ended || !waits || which != wait) {
        return;
      }
      waits = false;
      wait++;
      current = this;
      turn = true;
      LockSupport.unpark(thread);
      while (current != null) {
        LockSupport.park(this);
      }
    }

    @Override
    public String toString() {
      return host + "/" + name;
    }
  }

  /** Something does not hold: ends the course of things. */
  void fail(Throwable why) {
    if (failure == null) {
      failure = why;
    }
  }

  /** Chooses. */
  SplittableRandom random() {
    return random;
  }

  /** True so often in a thousand. */
  boolean chance(int perMille) {
    return random.nextInt(1_000) < perMille;
  }

  /** A time from the first up to the second, in ns. */
  long between(long leastMillis, long mostMillis) {
    return (leastMillis * 1_000_000) + random.nextLong((mostMillis - leastMillis) * 1_000_000 + 1);
  }

  /** Since the beginning. */
  long nowNanos() {
    return nowNanos;
  }

  /** Since the beginning. */
  long nowMillis() {
    return nowNanos / 1_000_000;
  }

  /** Stands for the whole course of things up to now. */
  long hash() {
    return hash;
  }

  /** How much has happened. */
  long steps() {
    return steps;
  }

  /** Lets something happen in a while, as a part of a host. */
  void after(long delayNanos, Host host, Runnable what) {
    queue.add(new Due(nowNanos + Math.max(0, delayNanos), random.nextLong(), sequence++, host, what));
  }

  /** Makes a thread of a host. It begins by itself once it is started. */
  Thread thread(Host host, String name, Runnable work) {
    Actor actor = new Actor(host, name, work);
    actors.add(actor);
    host.atDeath(() -> die(actor));
    after(between(0, 1), host, () -> actor.resume(0));
    return actor.thread;
  }

  /** Makes a thread of a host, and starts it. */
  void start(Host host, String name, Runnable work) {
    thread(host, name, work).start();
  }

  private void die(Actor actor) {
    if (!actor.ended && actor.waits) {
      long wait = actor.wait;
      after(0, ETERNAL, () -> actor.resume(wait));
    }
  }

  private static final Host ETERNAL = new Host("world");

  /** The host of what is part of no process. */
  static Host world() {
    return ETERNAL;
  }

  /** The host whose thread has the turn; null if it is no thread's. */
  @Nullable
  Host host() {
    Actor actor = current;
    return actor == null ? null : actor.host;
  }

  /**
   * The thread that has the turn must be one of a host that lives.
   *
   * @throws Death if it is not
   */
  void checkAlive() {
    Actor actor = current;
    if (actor != null && !actor.host.isAlive()) {
      throw new Death(actor.toString());
    }
  }

  /** Lets time pass for the thread that has the turn; nothing where no thread has. */
  void sleep(long nanos) {
    Actor actor = current;
    if (actor == null) {
      return;
    }
    checkAlive();
    long wait = actor.wait;
    after(nanos, actor.host, () -> actor.resume(wait));
    actor.park();
    checkAlive();
  }

  /** The same. */
  void sleep(Duration time) {
    sleep(time.toNanos());
  }

  /** Lets a random time pass, from the first up to the second. */
  void pause(long leastMillis, long mostMillis) {
    sleep(between(leastMillis, mostMillis));
  }

  /** Where threads wait. */
  final class Signal {
    private final List<Actor> waiting = new ArrayList<>();

    /** Waits for {@link #wake}, but not longer than that; whether it came. */
    boolean await(long nanos) {
      Actor actor = current;
      if (actor == null) {
        throw new IllegalStateException("nobody to wait");
      }
      checkAlive();
      long wait = actor.wait;
      actor.woken = false;
      waiting.add(actor);
      after(nanos, actor.host, () -> actor.resume(wait));
      actor.park();
      waiting.remove(actor);
      checkAlive();
      return actor.woken;
    }

    /** Wakes all who wait. */
    void wake() {
      for (Actor actor : waiting) {
        if (!actor.woken) {
          actor.woken = true;
          long wait = actor.wait;
          after(between(0, 1), actor.host, () -> actor.resume(wait));
        }
      }
    }
  }

  /**
   * Lets things happen until a time.
   *
   * @throws AssertionError if something did not hold
   */
  void run(long untilNanos) {
    loop = Thread.currentThread();
    while (true) {
      Due next = queue.peek();
      if (next == null || next.atNanos > untilNanos) {
        nowNanos = Math.max(nowNanos, untilNanos);
        return;
      }
      queue.remove();
      nowNanos = Math.max(nowNanos, next.atNanos);
      happen(next);
      if (failure instanceof AssertionError unmet) {
        throw unmet;
      } else if (failure != null) {
        throw new AssertionError("the simulation itself failed", failure);
      }
    }
  }

  private void happen(Due next) {
    if (!next.host.isAlive()) {
      return;
    }
    if (next.host.isStopped(nowNanos)) {
      next.atNanos = next.host.stoppedUntilNanos();
      queue.add(next);
      return;
    }
    steps++;
    hash = hash * 31 + nowNanos;
    try {
      next.what.run();
    } catch (RuntimeException | Error unexpected) {
      fail(unexpected);
    }
  }

  /** Ends every thread. */
  void end() {
    loop = Thread.currentThread();
    for (int i = 0; i < actors.size(); i++) {
      Actor actor = actors.get(i);
      actor.host.kill();
      if (!actor.ended) {
        actor.resume(actor.wait);
      }
    }
  }

  /** Whether there is a trace: what is only for it need not be made otherwise. */
  boolean isTraced() {
    return trace != null;
  }

  /** Notes what happened. */
  void trace(Supplier<String> line) {
    if (trace != null) {
      Actor actor = current;
      trace.append(String.format("%9.3f  ", nowNanos / 1e9)).append(actor == null ? "" : actor + ": ")
          .append(line.get()).append('\n');
    }
  }

  /** What was noted. */
  String traced() {
    return trace == null ? "" : trace.toString();
  }
}
