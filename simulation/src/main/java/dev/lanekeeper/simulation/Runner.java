package dev.lanekeeper.simulation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs many schedules, as many at a time as there are processors.
 *
 * <p><b>Threads.</b> Virtual ones, of which each runs a world of its own; the caller waits for them.
 */
public final class Runner {

  /** What the product says of what goes wrong: here nearly everything does. Held, or its level would be forgotten. */
  private static final Logger PRODUCT = Logger.getLogger("dev.lanekeeper");

  private final int workers;

  /** With so many at a time. */
  public Runner(int workers) {
    this.workers = workers;
    PRODUCT.setLevel(Level.OFF);
  }

  /**
   * Something that did not hold.
   *
   * @param seed of the schedule
   * @param what for people
   */
  public record Violation(long seed, String what) {}

  /**
   * What came of schedules.
   *
   * @param schedules how many there were
   * @param violations in the order of their seeds
   * @param gaps how many messages were lost in the one way that is documented
   * @param zombies how many late messages were processed by a workload that was out of its group, and had not heard of it
   * @param forgotten how many late messages of a combination, of which one tenant was forgotten, were not dealt with as if it were not
   * @param happened how often what happened in all of them
   */
  public record Outcome(int schedules, List<Violation> violations, long gaps, long zombies,
      long forgotten, Map<Happening, Long> happened) {

    /** Copies the list and the map. */
    public Outcome {
      violations = List.copyOf(violations);
      happened = Map.copyOf(happened);
    }

    /** How often something happened. */
    public long count(Happening what) {
      return happened.getOrDefault(what, 0L);
    }
  }

  /**
   * A fault that was looked for.
   *
   * @param fault which
   * @param schedules how many were run
   * @param found what the last one showed; null: none did
   */
  public record Sought(Fault fault, int schedules, @Nullable Violation found) {}

  /** Runs the schedules of these seeds, without any fault. */
  public Outcome run(long firstSeed, int schedules) {
    ConcurrentLinkedQueue<Violation> violations = new ConcurrentLinkedQueue<>();
    AtomicLong gaps = new AtomicLong();
    AtomicLong zombies = new AtomicLong();
    AtomicLong forgotten = new AtomicLong();
    Tally happened = new Tally();
    each(schedules, number -> {
      Schedule schedule = new Schedule(firstSeed + number, false, new Faults(null));
      Violation violation = violation(schedule, firstSeed + number);
      if (violation != null) {
        violations.add(violation);
      }
      gaps.addAndGet(schedule.gaps());
      zombies.addAndGet(schedule.zombies());
      forgotten.addAndGet(schedule.forgotten());
      happened.add(schedule.world().scheduler().tally());
      return null;
    });
    List<Violation> sorted = new ArrayList<>(violations);
    sorted.sort((a, b) -> Long.compare(a.seed(), b.seed()));
    return new Outcome(schedules, sorted, gaps.get(), zombies.get(), forgotten.get(), happened.all());
  }

  /**
   * Looks for faults, each by itself, with one schedule after the other.
   *
   * @param most how many schedules are run for each at most
   */
  public List<Sought> seek(List<Fault> faults, long firstSeed, int most) {
    Map<Fault, Sought> sought = Collections.synchronizedMap(new EnumMap<>(Fault.class));
    each(faults.size(), number -> {
      Fault fault = faults.get(number);
      Violation found = null;
      int schedules = 0;
      while (found == null && schedules < most) {
        long seed = firstSeed + schedules++;
        found = violation(new Schedule(seed, false, new Faults(fault)), seed);
      }
      sought.put(fault, new Sought(fault, schedules, found));
      return null;
    });
    return List.copyOf(sought.values());
  }

  private static @Nullable Violation violation(Schedule schedule, long seed) {
    try {
      schedule.run();
      return null;
    } catch (AssertionError unmet) {
      return new Violation(seed, String.valueOf(unmet.getMessage()));
    }
  }

  /**
   * What happens in one schedule, line by line, and how it ends.
   *
   * @param fault that is seeded; null: none
   */
  public String trace(long seed, @Nullable Fault fault) {
    StringBuilder trace = new StringBuilder();
    each(1, number -> {
      Schedule schedule = new Schedule(seed, true, new Faults(fault));
      Violation violation = violation(schedule, seed);
      trace.append(schedule.world().scheduler().traced())
          .append(violation == null ? "everything holds" : violation.what()).append('\n');
      return null;
    });
    return trace.toString();
  }

  /** Does something for each number. */
  private void each(int count, IntFunction<@Nullable Void> work) {
    AtomicInteger next = new AtomicInteger();
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < Math.min(workers, count); i++) {
      threads.add(Thread.ofVirtual().start(() -> {
        try {
          for (int number = next.getAndIncrement(); number < count && failures.isEmpty(); number =
              next.getAndIncrement()) {
            work.apply(number);
          }
        } catch (RuntimeException | Error failure) {
          failures.add(failure);
        }
      }));
    }
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
    if (!failures.isEmpty()) {
      throw new IllegalStateException("the simulation itself failed", failures.peek());
    }
  }
}
