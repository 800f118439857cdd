package dev.lanekeeper.api;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
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
  private static final class Growing {
    private final HopInfo hop;
    private final List<Growing> then = new ArrayList<>();
    private @Nullable Step grown;

    Growing(HopInfo hop) {
      this.hop = hop;
    }

    /** Once what follows has grown. */
    void grow() {
      grown = new Step(hop, grown(then));
    }

    static List<Step> grown(List<Growing> steps) {
      return steps.stream().map(step -> Objects.requireNonNull(step.grown)).toList();
    }
  }

  /** A step that is still to be drawn. */
  private record Line(Step step, String first, String rest) {}

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
    // A step comes later than its cause: so what follows is there first, and no path is too long for the stack.
    for (int i = before.size() - 1; i >= 0; i--) {
      before.get(i).grow();
    }
    return new TracePath(Growing.grown(roots));
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

  /**
   * Who served the request, or what it caused, each once, in the order in which that began. Of a tenant that is known no longer: under the
   * life of its override.
   */
  public Set<Visit> visits() {
    List<HopInfo> all = lines().stream().map(line -> line.step.hop()).toList();
    Set<Visit> visits = new LinkedHashSet<>();
    for (HopInfo hop : all) {
      if (serves(hop) && hop.service() != null) {
        visits.add(new Visit(hop.service(), known(hop.tenancy(), hop.incarnation()), false));
      } else if (isOfStubs(hop)) {
        visits.add(new Visit(hop.to(), known(hop.ownerTenancy(), hop.owner()), true));
      } else if (isLeg(hop) && !hop.reason().equals("outside")
          && all.stream().noneMatch(next -> hasArrived(hop, next))) {
        visits.add(new Visit(hop.to(), known(hop.ownerTenancy(), hop.owner()), false));
      }
    }
    return visits;
  }

  private static @Nullable String known(@Nullable String tenancy, @Nullable String incarnation) {
    return tenancy != null ? tenancy : incarnation;
  }

  /** Whether stubs are asked by it. */
  private static boolean isOfStubs(HopInfo hop) {
    return hop.kind().equals("stub") && hop.reason().equals("stubs");
  }

  /** Whether a call is known to have come to whom it was sent: wherever that stands, since clocks differ. */
  private static boolean hasArrived(HopInfo leg, HopInfo hop) {
    boolean arrival = hop.kind().equals("arrive") && Objects.equals(hop.incarnation(), leg.owner());
    boolean asked = isOfStubs(hop) && Objects.equals(hop.owner(), leg.owner());
    return (arrival || asked) && isSame(hop.to(), leg.to());
  }

  /** The tree as lines for people; empty if nothing was heard. */
  public List<String> drawn() {
    return lines().stream().map(line -> line.first + line(line.step.hop())).toList();
  }

  /** Every step before what follows it. */
  private List<Line> lines() {
    Deque<Line> open = new ArrayDeque<>();
    begins.forEach(step -> open.addLast(new Line(step, "", "")));
    List<Line> lines = new ArrayList<>();
    while (!open.isEmpty()) {
      Line line = open.removeFirst();
      lines.add(line);
      List<Step> then = line.step.then();
      for (int i = then.size() - 1; i >= 0; i--) {
        boolean last = i == then.size() - 1;
        open.addFirst(new Line(then.get(i), line.rest + (last ? "`- " : "|- "), line.rest + (last ? "   " : "|  ")));
      }
    }
    return lines;
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
