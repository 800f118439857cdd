package dev.lanekeeper.model;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What holds for the whole environment from one revision on.
 *
 * @param from the revision with which it begins to hold
 * @param profile its name, for people: {@code staging} or {@code production}
 * @param policy what happens when there is no plain answer
 * @param suffixes names under these suffixes ({@code .svc.cluster.local}) are inside the environment; lower case
 * @param names under which names tag and stamp travel
 * @param mocks where the gateway is that serves the mocks: the root of an HTTP server; null: there is none
 */
public record Environment(long from, String profile, Policy policy, List<String> suffixes, WireNames names,
    @Nullable URI mocks) {

  /** What holds before any environment document was applied. */
  public static final Environment STAGING =
      new Environment(0, "staging", Policy.STAGING, List.of(), WireNames.STANDARD);

  /** One without mocks. */
  public Environment(long from, String profile, Policy policy, List<String> suffixes, WireNames names) {
    this(from, profile, policy, suffixes, names, null);
  }

  /**
   * Copies the suffixes in lower case, each with a leading dot.
   *
   * @throws IllegalArgumentException if a suffix names nothing, {@code from} is negative, or {@code mocks} is not the root of an HTTP
   *     server
   */
  public Environment {
    if (from < 0) {
      throw new IllegalArgumentException("from: " + from + " (expected: 0 or a revision)");
    }
    if (mocks != null) {
      Target.Address.check("mocks", mocks);
    }
    suffixes = suffixes.stream().map(Environment::normal).toList();
    names = names.equals(WireNames.STANDARD) ? WireNames.STANDARD : names; // one object, which is known at a glance
  }

  private static String normal(String suffix) {
    String lower = suffix.toLowerCase(Locale.ROOT);
    if (lower.isEmpty() || lower.equals(".")) {
      throw new IllegalArgumentException(
          "suffixes: " + Quoted.of(suffix) + " (expected: a domain, .svc.cluster.local)");
    }
    return lower.startsWith(".") ? lower : "." + lower;
  }
}
