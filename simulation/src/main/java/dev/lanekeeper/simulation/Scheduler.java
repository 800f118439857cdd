package dev.lanekeeper.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time, and threads of which exactly one runs. A thread of the simulated world goes on until it waits for something of that
 * world; then what is due next happens, which may be another thread's turn. Nothing else decides what comes after what, so that the
 * same seed gives the same course of things.
 *
 * <p>What is due at the same time happens in random order. Everything takes a little time, chosen at random.
 *
 * <p><b>Threads.</b> The one that calls {@link #run}, and those that were started here: each has the turn, or waits for it. Who waits
 * for something lets happen what is due, on its own stack, until that is another thread's turn: only then do threads change, which is
 * what takes most time.
 */
final class Scheduler {

  private final SplittableRandom random;
  private final PriorityQueue<Due> queue = new PriorityQueue<>();
  private final List<Actor> actors = new ArrayList<>();
  private final @Nullable StringBuilder trace;
  private final Turn runner = new Turn();
  private final Tally tally = new Tally();
  private long nowNanos = 1;
  private long untilNanos;
  private long sequence;
  private long hash = 17;
  private @Nullable Actor current;
  private @Nullable Throwable failure;
  private boolean ending;

  /**
   * At the beginning of time.
   *
   * @param traced whether {@link #trace} is kept
   */
  Scheduler(long seed, boolean traced) {
    random = new SplittableRandom(seed);
    trace = traced ? new StringBuilder() : null;
  }

  /** Something that happens, or a thread that goes on from one of its waits; not, once its host is dead. */
  private static final class Due implements Comparable<Due> {
    private long atNanos;
    private final long order;
    private final long sequence;
    private final Host host;
    private final @Nullable Runnable what;
    private final @Nullable Actor actor;
    private final long wait;

    Due(long atNanos, long order, long sequence, Host host, @Nullable Runnable what, @Nullable Actor actor, long wait) {
      this.atNanos = atNanos;
      this.order = order;
      this.sequence = sequence;
      this.host = host;
      this.what = what;
      this.actor = actor;
      this.wait = wait;
    }

    @Override
    public int compareTo(Due other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      int byOrder = byTime != 0 ? byTime : Long.compare(order, other.order);
      return byOrder != 0 ? byOrder : Long.compare(sequence, other.sequence);
    }
  }

  /** Whether it is a thread's turn; what one wrote before it gave its turn away, the next one sees. */
  private static final class Turn {
    private volatile @Nullable Thread thread;
    private volatile boolean given;

    void give() {
      given = true;
      LockSupport.unpark(thread);
    }

    void await() {
      while (!given) {
        LockSupport.park(this);
      }
      given = false;
    }
  }

  /** A thread of a host. */
  final class Actor {
    private final Host host;
    private final String name;
    private final Thread thread;
    private final Turn turn = new Turn();
    private boolean ended;
    private boolean waits = true;
    /** Which wait it is in: what would end an older one is ignored. */
    private long wait;
    private boolean woken;

    private Actor(Host host, String name, Runnable work) {
      this.host = host;
      this.name = name;
      this.thread = Thread.ofVirtual().unstarted(() -> live(work));
      turn.thread = thread;
    }

    private void live(Runnable work) {
      turn.await();
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
      current = null;
      Turn next = untilTurnOf(this);
      if (next != null) {
        next.give();
      }
    }

    /** Lets things happen until something wakes it. */
    private void park() {
      waits = true;
      current = null;
      Turn next = untilTurnOf(this);
      if (next != null) {
        next.give();
        turn.await();
      }
    }

    private boolean goesOn(long from) {
      boolean now = !ended && waits && from == wait;
      if (now) {
        waits = false;
        wait++;
        current = this;
      }
      return now;
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
  Tally tally() {
    return tally;
  }

  /** Lets something happen in a while, as a part of a host. */
  void after(long delayNanos, Host host, Runnable what) {
    queue.add(new Due(nowNanos + Math.max(0, delayNanos), random.nextLong(), sequence++, host, what, null, 0));
  }

  /** Lets a thread go on in a while, if it still waits as it does now. */
  private void wake(long delayNanos, Host host, Actor actor) {
    queue
        .add(new Due(nowNanos + Math.max(0, delayNanos), random.nextLong(), sequence++, host, null, actor, actor.wait));
  }

  /** Makes a thread of a host. It begins by itself once it is started. */
  Thread thread(Host host, String name, Runnable work) {
    Actor actor = new Actor(host, name, work);
    actors.add(actor);
    host.atDeath(() -> die(actor));
    wake(between(0, 1), host, actor);
    return actor.thread;
  }

  /** Makes a thread of a host, and starts it. */
  void start(Host host, String name, Runnable work) {
    thread(host, name, work).start();
  }

  private void die(Actor actor) {
    if (!actor.ended && actor.waits) {
      wake(0, ETERNAL, actor);
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

  /** Whether a thread of this name has the turn. */
  boolean isIn(String name) {
    Actor actor = current;
    return actor != null && actor.name.equals(name);
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
    wake(nanos, actor.host, actor);
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
    private final List<Waiting> all = new ArrayList<>();

    private record Waiting(Actor actor, BooleanSupplier concerned) {}

    /** Waits for {@link #wake}, but not longer than that; whether it came. */
    boolean await(long nanos) {
      return await(nanos, () -> true);
    }

    /**
     * The same, where not every change concerns who waits: it goes on waiting where a change does not. That is looked at without its
     * thread, and changes nothing.
     */
    boolean await(long nanos, BooleanSupplier concerned) {
      Actor actor = current;
      if (actor == null) {
        throw new IllegalStateException("nobody to wait");
      }
      checkAlive();
      actor.woken = false;
      Waiting waiting = new Waiting(actor, concerned);
      all.add(waiting);
      Scheduler.this.wake(nanos, actor.host, actor);
      actor.park();
      all.remove(waiting);
      checkAlive();
      return actor.woken;
    }

    /** Wakes all whom it concerns. */
    void wake() {
      for (Waiting waiting : all) {
        Actor actor = waiting.actor;
        if (!actor.woken && waiting.concerned.getAsBoolean()) {
          actor.woken = true;
          Scheduler.this.wake(between(0, 1), actor.host, actor);
        }
      }
    }
  }

  /**
   * Lets things happen until a time.
   *
   * @throws AssertionError if something did not hold
   */
  void run(long until) {
    untilNanos = until;
    waitForRest(untilTurnOf(null));
    if (failure instanceof AssertionError unmet) {
      throw unmet;
    } else if (failure != null) {
      throw new AssertionError("the simulation itself failed", failure);
    }
    nowNanos = Math.max(nowNanos, until);
  }

  private void waitForRest(@Nullable Turn next) {
    if (next != null) {
      runner.thread = Thread.currentThread();
      next.give();
      runner.await();
    }
  }

  /**
   * Lets things happen until it is somebody's turn.
   *
   * @param self who calls; null: the one who runs all this, whose turn it is once nothing more is due
   * @return whose turn it is; null if it is that of who calls
   */
  private @Nullable Turn untilTurnOf(@Nullable Actor self) {
    while (failure == null && !ending) {
      Due next = queue.peek();
      if (next == null || next.atNanos > untilNanos) {
        break;
      }
      queue.remove();
      nowNanos = Math.max(nowNanos, next.atNanos);
      Actor woken = happen(next);
      if (woken != null) {
        return self == woken ? null : woken.turn;
      }
    }
    return self == null ? null : runner;
  }

  /** Lets something happen; the thread that goes on then, if any. */
  private @Nullable Actor happen(Due next) {
    if (!next.host.isAlive()) {
      return null;
    }
    if (next.host.isStopped(nowNanos)) {
      next.atNanos = next.host.stoppedUntilNanos();
      queue.add(next);
      return null;
    }
    tally.count(Happening.STEPS);
    hash = hash * 31 + nowNanos;
    Actor actor = next.actor;
    if (actor != null) {
      return actor.goesOn(next.wait) ? actor : null;
    }
    try {
      Objects.requireNonNull(next.what).run();
    } catch (RuntimeException | Error unexpected) {
      fail(unexpected);
    }
    return null;
  }

  /** Ends every thread. */
  void end() {
    ending = true;
    for (int i = 0; i < actors.size(); i++) {
      Actor actor = actors.get(i);
      actor.host.kill();
      if (actor.goesOn(actor.wait)) {
        waitForRest(actor.turn);
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
