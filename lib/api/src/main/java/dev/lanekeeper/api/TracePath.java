package dev.lanekeeper.api;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The path of a request as a tree: who was called because of which decision, and what he did then. Made of what was heard: where a
 * service has no data plane before it, the decision of its caller says where the call went.
 *
 * <p>Immutable.
 *
 * @param begins with what it begins; more than one where not all was heard
 */
public record TracePath(List<Step> begins) {

  /** Copies the list. */
  public TracePath {
    begins = List.copyOf(begins);
  }

  /**
   * One hop, and what it led to.
   *
   * @param hop what a data plane did
   * @param then in the order of time
   */
  public record Step(HopInfo hop, List<Step> then) {

    /** Copies the list. */
    public Step {
      then = List.copyOf(then);
    }
  }

  /**
   * That somebody served the request, or a message that it caused.
   *
   * @param service whose workload
   * @param tenancy for which tenant; null: the baseline
   * @param stubs whether stubs of that tenant were asked instead of a workload
   */
  public record Visit(String service, @Nullable String tenancy, boolean stubs) {

    @Override
    public String toString() {
      return service + "=" + (tenancy == null ? "baseline" : tenancy) + (stubs ? " (stubs)" : "");
    }
  }

  /** A step that can still grow. */
  private record Growing(HopInfo hop, List<Growing> then) {
    Growing(HopInfo hop) {
      this(hop, new ArrayList<>());
    }

    Step grown() {
      return new Step(hop, then.stream().map(Growing::grown).toList());
    }
  }

  /** The path that hops tell of, in any order. */
  public static TracePath of(List<HopInfo> hops) {
    List<Growing> roots = new ArrayList<>();
    List<Growing> before = new ArrayList<>();
    for (HopInfo hop : hops.stream().sorted(Comparator.comparingLong(HopInfo::at)).toList()) {
      Growing step = new Growing(hop);
      Growing cause = cause(before, hop);
      (cause == null ? roots : cause.then).add(step);
      before.add(step);
    }
    return new TracePath(roots.stream().map(Growing::grown).toList());
  }

  private static @Nullable Growing cause(List<Growing> before, HopInfo hop) {
    return switch (hop.kind()) {
      case "call", "send" -> caller(before, hop);
      case "arrive", "stub" -> leg(before, hop);
      case "consume" -> last(before, step -> step.hop.kind().equals("send") && topic(hop).equals(step.hop.to()));
      default -> null;
    };
  }

  /** Who makes this call: the workload that was last served by the request, or, where nobody said so, was last called by it. */
  private static @Nullable Growing caller(List<Growing> before, HopInfo hop) {
    Growing served = last(before, step -> serves(step.hop) && isSame(step.hop.service(), hop.service())
        && Objects.equals(step.hop.incarnation(), hop.incarnation()));
    return served != null
        ? served
        : last(before, step -> isLeg(step.hop) && isSame(step.hop.to(), hop.service())
            && Objects.equals(step.hop.owner(), hop.incarnation()));
  }

  /** The call that has arrived: the last one to this owner that has not arrived anywhere yet. */
  private static @Nullable Growing leg(List<Growing> before, HopInfo hop) {
    String at = hop.kind().equals("stub") ? hop.owner() : hop.incarnation();
    Growing own = last(before, step -> isLeg(step.hop) && isSame(step.hop.to(), hop.to()) && step.then.isEmpty()
        && Objects.equals(step.hop.owner(), at));
    return own != null ? own : last(before, step -> isLeg(step.hop) && isSame(step.hop.to(), hop.to()));
  }

  private static @Nullable Growing last(List<Growing> before, Predicate<Growing> wanted) {
    for (int i = before.size() - 1; i >= 0; i--) {
      if (wanted.test(before.get(i))) {
        return before.get(i);
      }
    }
    return null;
  }

  private static boolean isSame(@Nullable String service, @Nullable String other) {
    return service != null && service.equalsIgnoreCase(other);
  }

  /** Whether a request went on to somebody by it. */
  private static boolean isLeg(HopInfo hop) {
    boolean sends = !hop.kind().equals("consume") && !hop.kind().equals("send");
    return sends && !hop.outcome().equals("refuse") && (!serves(hop) || hop.kind().equals("stub"));
  }

  /** Whether a workload, or stubs, were given the request by it. */
  private static boolean serves(HopInfo hop) {
    return hop.outcome().equals("pass") && (hop.kind().equals("arrive") || hop.kind().equals("consume"));
  }

  private static String topic(HopInfo hop) {
    int bracket = hop.to().lastIndexOf('[');
    return bracket < 0 ? hop.to() : hop.to().substring(0, bracket);
  }

  /** Who served the request, or what it caused, each once, in the order in which that began. */
  public Set<Visit> visits() {
    Set<Visit> visits = new LinkedHashSet<>();
    begins.forEach(step -> collect(step, visits));
    return visits;
  }

  private static void collect(Step step, Set<Visit> visits) {
    HopInfo hop = step.hop();
    if (serves(hop) && hop.service() != null) {
      visits.add(new Visit(hop.service(), hop.tenancy(), false));
    } else if (hop.kind().equals("stub") && hop.reason().equals("stubs")) {
      visits.add(new Visit(hop.to(), hop.ownerTenancy(), true));
    } else if (isLeg(hop) && step.then().stream().noneMatch(next -> isArrival(next.hop()))) {
      visits.add(new Visit(hop.to(), hop.ownerTenancy(), false));
    }
    step.then().forEach(next -> collect(next, visits));
  }

  private static boolean isArrival(HopInfo hop) {
    return hop.kind().equals("arrive") || hop.kind().equals("stub");
  }

  /** The tree as lines for people; empty if nothing was heard. */
  public List<String> drawn() {
    List<String> lines = new ArrayList<>();
    begins.forEach(step -> draw(step, "", "", lines));
    return lines;
  }

  private static void draw(Step step, String first, String rest, List<String> lines) {
    lines.add(first + line(step.hop()));
    for (int i = 0; i < step.then().size(); i++) {
      boolean last = i == step.then().size() - 1;
      draw(step.then().get(i), rest + (last ? "`- " : "|- "), rest + (last ? "   " : "|  "), lines);
    }
  }

  private static String line(HopInfo hop) {
    String where = workload(hop.service(), hop.incarnation(), hop.tenancy());
    String line = switch (hop.kind()) {
      case "enter" -> "enters for " + hop.to();
      case "call" -> where + " calls " + hop.to();
      case "arrive" -> hop.outcome().equals("pass") ? where + " serves" : "arrives before " + where;
      case "stub" -> "stubs for " + hop.to();
      case "send" -> where + " sends " + hop.to();
      case "consume" -> where + (hop.outcome().equals("pass") ? " consumes " : " passes over ") + hop.to();
      default -> where + " " + hop.kind() + " " + hop.to();
    };
    return line + went(hop) + "  (" + hop.reason() + ")";
  }

  private static String went(HopInfo hop) {
    return switch (hop.outcome()) {
      case "redirect" -> " -> " + owner(hop) + at(hop);
      case "refuse" -> " REFUSED";
      case "pass" -> switch (hop.kind()) {
        case "enter", "call" -> " -> baseline" + at(hop);
        case "stub" -> hop.reason().equals("stubs") ? " of " + owner(hop) + " are asked" : " -> baseline" + at(hop);
        default -> "";
      };
      default -> "";
    };
  }

  private static String at(HopInfo hop) {
    return hop.address() == null ? "" : " at " + hop.address();
  }

  private static String owner(HopInfo hop) {
    return hop.ownerTenancy() != null ? hop.ownerTenancy() : hop.owner() != null ? hop.owner() : "another";
  }

  private static String workload(@Nullable String service, @Nullable String incarnation, @Nullable String tenancy) {
    if (service == null) {
      return "somebody";
    }
    return service + " of " + (tenancy != null ? tenancy : incarnation != null ? incarnation : "the baseline");
  }
}
