package dev.lanekeeper.storm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a storm is to be.
 *
 * @param messages how many are sent, at least
 * @param tagged how many of them in a hundred bear a tag
 * @param tenants how many are born and die
 * @param alive how many of them at most at once
 * @param agents how many of them run under the agent
 * @param seed of all choices; what the machine makes of them is another thing each time
 * @param traffic how long messages are sent, and tenants born
 * @param settle how long everything has to come to rest afterwards
 * @param horizon of the control planes
 * @param faults which kinds there are; those of the agent's processes are killed in any case
 * @param calm how long nothing happens between the beginnings of two faults, on average; half of that at least
 * @param keep whether logs and journals stay when all is well
 */
public record Plan(int messages, int tagged, int tenants, int alive, int agents, long seed, Duration traffic,
    Duration settle, Duration horizon, Set<Fault> faults, Duration calm, boolean keep) {

  /** How {@code perf/run storm} is called. */
  public static final String USAGE =
      """
          perf/run storm [--messages N] [--tagged PERCENT] [--tenants N] [--alive N] [--agents N] [--seed S] [--minutes M]
                         [--faults all|none|KIND,...] [--calm SECONDS] [--keep]
          """;

  private static final int MILLIS = 60_000;
  /** Of the time that a storm may take as a whole, what is not for traffic: the start, coming to rest, the account. */
  private static final int STILL_SECONDS = 165;

  /** Copies the kinds. */
  public Plan {
    faults = Set.copyOf(faults);
  }

  /**
   * What is asked for.
   *
   * @throws IllegalArgumentException if that cannot be understood
   */
  public static Plan of(List<String> arguments) {
    int messages = 1_050_000;
    int tagged = 22;
    int tenants = 300;
    int alive = 12;
    int agents = 20;
    long seed = System.nanoTime() & 0xffffff;
    double minutes = 10;
    double calm = 14;
    boolean keep = false;
    Set<Fault> faults = Set.of(Fault.values());
    Iterator<String> each = arguments.iterator();
    while (each.hasNext()) {
      String name = each.next();
      if (name.equals("--keep")) {
        keep = true;
        continue;
      }
      if (!each.hasNext()) {
        throw new IllegalArgumentException(name + " (expected: a value behind it)");
      }
      String value = each.next();
      switch (name) {
        case "--messages" -> messages = Integer.parseInt(value);
        case "--tagged" -> tagged = Integer.parseInt(value);
        case "--tenants" -> tenants = Integer.parseInt(value);
        case "--alive" -> alive = Integer.parseInt(value);
        case "--agents" -> agents = Integer.parseInt(value);
        case "--seed" -> seed = Long.parseLong(value);
        case "--minutes" -> minutes = Double.parseDouble(value);
        case "--calm" -> calm = Double.parseDouble(value);
        case "--faults" -> faults = faults(value);
        default -> throw new IllegalArgumentException(name + " (expected: an option)");
      }
    }
    Duration whole = Duration.ofMillis((long) (minutes * MILLIS));
    Duration traffic = whole.minusSeconds(STILL_SECONDS);
    if (traffic.compareTo(Duration.ofSeconds(5)) < 0) {
      traffic = whole.dividedBy(4);
    }
    return new Plan(messages, tagged, tenants, alive, agents, seed, traffic, Duration.ofMinutes(4),
        Duration.ofSeconds(5), faults, Duration.ofMillis((long) (calm * 1000)), keep);
  }

  /** One that takes a minute, with everything in it. */
  public static Plan small(long seed) {
    return new Plan(20_000, 30, 14, 5, 2, seed, Duration.ofSeconds(20), Duration.ofMinutes(5), Duration.ofSeconds(1),
        Set.of(Fault.values()), Duration.ofMillis(1_500), false);
  }

  private static Set<Fault> faults(String text) {
    if (text.equals("all")) {
      return Set.of(Fault.values());
    }
    Set<Fault> faults = new TreeSet<>();
    for (String name : text.equals("none") ? new String[0] : text.split(",", -1)) {
      faults.add(Fault.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_')));
    }
    return faults;
  }

  /** The names of the kinds of faults. */
  static List<String> faultNames() {
    List<String> names = new ArrayList<>();
    for (Fault fault : Fault.values()) {
      names.add(fault.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
    return names;
  }
}
