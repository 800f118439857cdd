package dev.lanekeeper.junit;

import dev.lanekeeper.api.HopInfo;
import dev.lanekeeper.api.TracePath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.opentest4j.AssertionFailedError;

/**
 * Looks at what became of a test's requests: none may have ended at the baseline of a service that the test had overridden, and of each
 * something must have been heard, or nobody could tell.
 */
final class LeakCheck {

  private static final long LOOK_MILLIS = 50;
  /** What causes more and more is judged by what was heard after so many times. */
  private static final int MOST_SETTLES = 20;
  /** Of the requests that were begun last: while something is heard of them it is too early. */
  private static final int WATCHED = 20;

  private final Duration settle;

  LeakCheck(Duration settle) {
    this.settle = settle;
  }

  /**
   * Waits until nothing more is heard, and looks.
   *
   * @throws AssertionFailedError if a request leaked, or nothing was heard of one
   */
  void check(List<Requests.Sent> requests, Function<String, List<HopInfo>> hops) throws InterruptedException {
    List<Requests.Sent> looked = requests.stream().filter(sent -> !sent.overridden().isEmpty()).toList();
    if (looked.isEmpty()) {
      return;
    }
    Map<String, List<HopInfo>> heard = settled(looked.stream().map(Requests.Sent::name).toList(), hops);
    List<String> leaks = new ArrayList<>();
    List<String> unheard = new ArrayList<>();
    for (Requests.Sent sent : looked) {
      List<HopInfo> of = heard.getOrDefault(sent.name(), List.of());
      if (of.isEmpty()) {
        unheard.add("trace " + sent.name());
      } else if (of.stream().anyMatch(hop -> isLeak(hop, sent, of))) {
        leaks.add("trace " + sent.name() + ", which overrides " + sent.overridden() + ":\n  "
            + String.join("\n  ", TracePath.of(of).drawn()));
      }
    }
    if (!leaks.isEmpty()) {
      throw new AssertionFailedError(
          "leak: a request of the test ended at a baseline that it had overridden\n" + String.join("\n", leaks));
    }
    if (!unheard.isEmpty()) {
      throw new AssertionFailedError(
          "unheard: nothing was heard of a request of the test, so nobody can tell whether it leaked"
              + " (expected: that it meets an agent or a gateway of this environment; or say withoutLeakCheck())\n"
              + String.join("\n", unheard));
    }
  }

  private Map<String, List<HopInfo>> settled(List<String> names, Function<String, List<HopInfo>> hops)
      throws InterruptedException {
    Map<String, List<HopInfo>> heard = new HashMap<>();
    List<String> last = names.subList(Math.max(0, names.size() - WATCHED), names.size());
    long changed = System.nanoTime();
    long begun = changed;
    while (System.nanoTime() - changed < settle.toNanos()
        && System.nanoTime() - begun < settle.toNanos() * MOST_SETTLES) {
      for (String name : last) {
        List<HopInfo> now = hops.apply(name);
        List<HopInfo> before = heard.put(name, now);
        if (now.size() > (before == null ? 0 : before.size())) {
          changed = System.nanoTime();
        }
      }
      Thread.sleep(LOOK_MILLIS);
    }
    names.forEach(name -> heard.put(name, hops.apply(name)));
    return heard;
  }

  /** {@code all}: hops of the same request. */
  private static boolean isLeak(HopInfo hop, Requests.Sent sent, List<HopInfo> all) {
    if (!hop.outcome().equals("pass")) {
      return false;
    }
    String reached = switch (hop.kind()) {
      case "enter", "call" -> hop.reason().equals("own") ? null : hop.to();
      case "arrive", "consume" -> hop.incarnation() == null ? hop.service() : null;
      default -> null;
    };
    // Stubs leave calls to the owner, and nothing else: such a call comes from them.
    boolean left = hop.kind().equals("arrive") && reached != null && isAmong(sent.stubbed(), reached)
        && isLeftToOwner(reached, all);
    return reached != null && isAmong(sent.overridden(), reached) && !left;
  }

  private static boolean isAmong(Set<String> services, String service) {
    return services.stream().anyMatch(service::equalsIgnoreCase);
  }

  /** Whether stubs were asked for this service, and did not take it. */
  private static boolean isLeftToOwner(String service, List<HopInfo> all) {
    return all.stream().anyMatch(hop -> hop.kind().equals("stub") && hop.to().equalsIgnoreCase(service)
        && hop.outcome().equals("pass") && !hop.reason().equals("stubs"));
  }
}
