package dev.lanekeeper.storm;

import java.util.List;
import java.util.Locale;

/** {@code perf/run storm}: a storm on real parts, and the account of it; the last line is JSON. */
public final class Storm {

  private Storm() {}

  /** Runs it; ends with 1 where the account does not hold, with 2 where the arguments are wrong. */
  @SuppressWarnings("SystemOut") // It is the output.
  public static void main(String[] arguments) throws Exception {
    Plan plan;
    try {
      plan = Plan.of(List.of(arguments));
    } catch (IllegalArgumentException wrong) {
      System.err.println(
          "storm: " + wrong.getMessage() + "\n" + Plan.USAGE + "kinds: " + String.join(", ", Plan.faultNames()));
      System.exit(2);
      return;
    }
    Outcome outcome = new Engine(plan).run();
    outcome.told().forEach(System.out::println);
    outcome.figures().forEach((name, value) -> System.out.printf(Locale.ROOT, "%-28s %9d%n", name, value));
    System.out.println(outcome.json());
    System.exit(outcome.holds() ? 0 : 1);
  }
}
