package dev.lanekeeper.junit;

import dev.lanekeeper.api.HopInfo;
import dev.lanekeeper.api.TracePath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.opentest4j.AssertionFailedError;

/**
 * The path that a request took, as an assertion. What a request causes may take its time: each expectation is waited for, as long as the
 * lane's patience lasts, and a failure shows the path as it is then.
 *
 * <p><b>Threads.</b> One.
 */
public final class RequestPath {

  private static final long LOOK_MILLIS = 50;

  private final Supplier<List<HopInfo>> hops;
  private final String tenancy;
  private final Duration patience;
  private final Duration settle;
  private final List<TracePath.Visit> expected = new ArrayList<>();

  RequestPath(Supplier<List<HopInfo>> hops, String tenancy, Duration patience, Duration settle) {
    this.hops = hops;
    this.tenancy = tenancy;
    this.patience = patience;
    this.settle = settle;
  }

  /**
   * Expects that the tenant's own version of a service serves the request, or something that it causes.
   *
   * @return this
   * @throws AssertionFailedError if that does not happen
   */
  public RequestPath servedByTenant(String service) {
    return served(new TracePath.Visit(service, tenancy, false));
  }

  /** Expects the same of the baseline of a service. */
  public RequestPath servedByBaseline(String service) {
    return served(new TracePath.Visit(service, null, false));
  }

  /** Expects that the tenant's stubs for a service are asked. */
  public RequestPath servedByStubs(String service) {
    return served(new TracePath.Visit(service, tenancy, true));
  }

  private RequestPath served(TracePath.Visit visit) {
    expected.add(visit);
    await(visit + " to serve it", all -> TracePath.of(all).visits().stream().anyMatch(seen -> isSame(seen, visit)));
    return this;
  }

  private static boolean isSame(TracePath.Visit seen, TracePath.Visit wanted) {
    return seen.service().equalsIgnoreCase(wanted.service()) && seen.stubs() == wanted.stubs()
        && (wanted.tenancy() == null ? seen.tenancy() == null : wanted.tenancy().equals(seen.tenancy()));
  }

  /**
   * Expects that nobody else serves it than who was expected before, once nothing more is heard.
   *
   * @return this
   * @throws AssertionFailedError if somebody does
   */
  public RequestPath servedByNobodyElse() {
    List<TracePath.Visit> others = TracePath.of(settled()).visits().stream()
        .filter(seen -> expected.stream().noneMatch(wanted -> isSame(seen, wanted))).toList();
    if (!others.isEmpty()) {
      throw failed("nobody else than " + expected + " to serve it, not " + others, hops.get());
    }
    return this;
  }

  /**
   * Expects that a data plane refuses it.
   *
   * @param reason such as {@code tenancy-ended}
   * @return this
   * @throws AssertionFailedError if none does
   */
  public RequestPath refused(String reason) {
    await("it to be refused: " + reason,
        all -> all.stream().anyMatch(hop -> hop.outcome().equals("refuse") && hop.reason().equals(reason)));
    return this;
  }

  /** The path, once nothing more is heard. */
  public TracePath now() {
    return TracePath.of(settled());
  }

  private List<HopInfo> settled() {
    List<HopInfo> heard = hops.get();
    long changed = System.nanoTime();
    long end = changed + patience.toNanos();
    while (System.nanoTime() - changed < settle.toNanos() && System.nanoTime() - end < 0) {
      pause();
      List<HopInfo> now = hops.get();
      if (now.size() != heard.size()) {
        changed = System.nanoTime();
      }
      heard = now;
    }
    return heard;
  }

  private void await(String what, Predicate<List<HopInfo>> holds) {
    long end = System.nanoTime() + patience.toNanos();
    List<HopInfo> heard = hops.get();
    while (!holds.test(heard)) {
      if (System.nanoTime() > end) {
        throw failed(what, heard);
      }
      pause();
      heard = hops.get();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK_MILLIS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a request's path was looked at", interrupted);
    }
  }

  private static AssertionFailedError failed(String what, List<HopInfo> heard) {
    return new AssertionFailedError("expected " + what + "; the path is\n  "
        + (heard.isEmpty() ? "(nothing was heard of it)" : String.join("\n  ", TracePath.of(heard).drawn())));
  }

  /** The path as far as it is heard now, drawn as a tree. */
  @Override
  public String toString() {
    return String.join("\n", TracePath.of(hops.get()).drawn());
  }
}
