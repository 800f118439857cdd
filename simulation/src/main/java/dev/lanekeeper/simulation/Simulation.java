package dev.lanekeeper.simulation;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code perf/run simulation}: runs schedules, looks for seeded faults, and prints what came of it; the last line is JSON. */
public final class Simulation {

  private static final String USAGE =
      """
          perf/run simulation [--schedules N] [--seed S] [--within M]   N schedules (20000) from seed S (1), then each fault, in M (2000) at most
          perf/run simulation --seed S --trace [--fault NAME]           what happens in one schedule
          """;

  private int schedules = 20_000;
  private long seed = 1;
  private int within = 2_000;
  private boolean trace;
  private @Nullable Fault fault;

  private Simulation() {}

  /** Runs it; ends with 1 where something does not hold or a fault is not found, with 2 where the arguments are wrong. */
  @SuppressWarnings("SystemOut") // It is the output.
  public static void main(String[] arguments) {
    Simulation simulation = new Simulation();
    try {
      simulation.read(Arrays.asList(arguments).iterator());
    } catch (IllegalArgumentException wrong) {
      System.err.println("simulation: " + wrong.getMessage() + "\n" + USAGE);
      System.exit(2);
    }
    if (!simulation.run()) {
      System.exit(1);
    }
  }

  private void read(Iterator<String> arguments) {
    while (arguments.hasNext()) {
      String name = arguments.next();
      switch (name) {
        case "--trace" -> trace = true;
        case "--schedules" -> schedules = Integer.parseInt(value(name, arguments));
        case "--seed" -> seed = Long.parseLong(value(name, arguments));
        case "--within" -> within = Integer.parseInt(value(name, arguments));
        case "--fault" -> fault = Fault.valueOf(value(name, arguments).toUpperCase(Locale.ROOT).replace('-', '_'));
        default -> throw new IllegalArgumentException(name + " (expected: an option)");
      }
    }
  }

  private static String value(String name, Iterator<String> arguments) {
    if (!arguments.hasNext()) {
      throw new IllegalArgumentException(name + " (expected: a value behind it)");
    }
    return arguments.next();
  }

  @SuppressWarnings("SystemOut") // It is the output.
  private boolean run() {
    Runner runner = new Runner(Runtime.getRuntime().availableProcessors());
    if (trace) {
      System.out.print(runner.trace(seed, fault));
      return true;
    }
    long begun = System.nanoTime();
    Runner.Outcome outcome = runner.run(seed, schedules);
    for (Runner.Violation violation : outcome.violations()) {
      System.out.println("seed " + violation.seed() + ": " + violation.what());
      System.out.println("    perf/run simulation --seed " + violation.seed() + " --trace");
    }
    long ran = System.nanoTime();
    List<Fault> faults = fault == null ? List.of(Fault.values()) : List.of(fault);
    List<Runner.Sought> sought = runner.seek(faults, seed, within);
    System.out.printf(Locale.ROOT, "%-24s %9s  %-20s %s%n", "fault", "schedules", "found", "what is wrong");
    for (Runner.Sought one : sought) {
      System.out.printf(Locale.ROOT, "%-24s %9d  %-20s %s%n", name(one.fault()), one.schedules(), found(one),
          one.fault().what());
    }
    long found = sought.stream().filter(one -> one.found() != null).count();
    System.out.printf(Locale.ROOT,
        "%n%d schedules in %.0f s, %d violations; %d of %d faults found in %.0f s%n", outcome.schedules(),
        (ran - begun) / 1e9, outcome.violations().size(), found, sought.size(), (System.nanoTime() - ran) / 1e9);
    System.out.println("In each of them, on average: " + averages(outcome));
    System.out
        .println(outcome.gaps() + " late messages were passed over by a baseline that had joined its group while it was"
            + " cut off: see docs/guarantee.md, \"Where it ends today\"");
    System.out.println(
        outcome.zombies() + " late messages were processed by a workload that was out of its group and had not heard"
            + " of it: likewise");
    System.out.println(outcome.forgotten()
        + " late messages of a combination of which one tenant was forgotten were not dealt with as if it were not: likewise");
    System.out.println(json(outcome, sought.size(), found, (ran - begun) / 1e9, (System.nanoTime() - ran) / 1e9));
    return outcome.violations().isEmpty() && found == sought.size();
  }

  private static String averages(Runner.Outcome outcome) {
    StringBuilder all = new StringBuilder();
    for (Happening what : Happening.values()) {
      all.append(all.isEmpty() ? "" : ", ").append(String.format(Locale.ROOT, "%.1f %s",
          outcome.count(what) / (double) Math.max(1, outcome.schedules()), name(what).replace('-', ' ')));
    }
    return all.toString();
  }

  private static String json(Runner.Outcome outcome, int seeded, long found, double seconds, double faultSeconds) {
    StringBuilder json = new StringBuilder(String.format(Locale.ROOT,
        "{\"schedules\":%d,\"violations\":%d,\"faults_seeded\":%d,\"faults_found\":%d,\"seconds\":%.1f,\"faults_seconds\":%.1f",
        outcome.schedules(), outcome.violations().size(), seeded, found, seconds, faultSeconds));
    for (Happening what : Happening.values()) {
      json.append(",\"").append(what.name().toLowerCase(Locale.ROOT)).append("\":").append(outcome.count(what));
    }
    return json.append('}').toString();
  }

  private static String name(Enum<?> fault) {
    return fault.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String found(Runner.Sought sought) {
    Runner.Violation found = sought.found();
    return found == null ? "no" : "by seed " + found.seed();
  }
}
