package dev.lanekeeper.cli.demo;

import dev.lanekeeper.cli.Screen;
import java.util.ArrayList;
import java.util.List;

/** What was checked, and whether it held. Used by one thread. */
public final class Checks {
  /**
   * One check.
   *
   * @param what holds, if it does
   * @param holds whether it does
   * @param seen what was seen instead; empty if it holds
   */
  public record Check(String what, boolean holds, String seen) {}

  private final Screen screen;
  private final List<Check> checks = new ArrayList<>();

  /** Nothing is checked yet. */
  Checks(Screen screen) {
    this.screen = screen;
  }

  /** Notes whether something holds. */
  boolean that(boolean holds, String what, String seen) {
    var check = new Check(what, holds, holds ? "" : seen);
    checks.add(check);
    screen.line("   " + line(check));
    return holds;
  }

  /** Notes whether two things are equal. */
  boolean equal(Object expected, Object seen, String what) {
    return that(expected.equals(seen), what, seen + " (expected: " + expected + ")");
  }

  private String line(Check check) {
    return check.holds()
        ? screen.good("✓ ") + check.what()
        : screen.bad("✗ " + check.what()) + " -- seen: " + check.seen();
  }

  /** Prints all of them. */
  void print() {
    screen.line("");
    screen.line(screen.bold("What was checked"));
    checks.forEach(check -> screen.line("   " + line(check)));
    long failed = checks.stream().filter(check -> !check.holds()).count();
    screen.line("");
    screen.line(failed == 0
        ? screen.good(checks.size() + " checks, all of them hold")
        : screen.bad(failed + " of " + checks.size() + " checks did not hold"));
  }

  /** Whether everything held, and something was checked. */
  boolean hold() {
    return !checks.isEmpty() && checks.stream().allMatch(Check::holds);
  }

  /** All of them, in order. */
  List<Check> all() {
    return List.copyOf(checks);
  }
}
