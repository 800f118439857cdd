package dev.lanekeeper.model;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Under which names tag and stamp travel. Teams that come from another product keep its names by configuring them.
 *
 * @param members baggage members that hold the tenancy, read in this order; the first is the one written
 * @param stampMember the baggage member that holds the stamp
 * @param overridesMember the baggage member that holds single-service overrides
 * @param headers plain headers, read in this order where no baggage member holds a tenancy; all of them are written
 */
public record WireNames(List<String> members, String stampMember, String overridesMember, List<String> headers) {

  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}");

  /** The names that are used unless an environment says otherwise. */
  public static final WireNames STANDARD = new WireNames(List.of("tenancy"), "tenancy-rev", "tenancy-overrides",
      List.of("X-Tenancy-ID", "request-tenancy"));
  /** The header of W3C Baggage. */
  public static final String BAGGAGE = "baggage";
  /** The baggage member by which people see what becomes of one request: the same in every environment. */
  public static final String TRACE = "lanekeeper-trace";

  /**
   * Copies the lists and checks that every name is a token (RFC 9110, section 5.6.2).
   *
   * @throws IllegalArgumentException if a name is not a token, stands twice, or no member is named
   */
  public WireNames {
    members = List.copyOf(members);
    headers = List.copyOf(headers);
    if (members.isEmpty()) {
      throw new IllegalArgumentException("names.members: [] (expected: at least one baggage member)");
    }
    Set<String> seen = new HashSet<>(Set.of(TRACE));
    for (String name : members) {
      check("names.members", name, seen);
    }
    check("names.stamp", stampMember, seen);
    check("names.overrides", overridesMember, seen);
    seen = new HashSet<>(Set.of(BAGGAGE));
    for (String name : headers) {
      check("names.headers", name.toLowerCase(Locale.ROOT), seen);
    }
  }

  private static void check(String field, String name, Set<String> seen) {
    if (!TOKEN.matcher(name).matches() || !seen.add(name)) {
      throw new IllegalArgumentException(
          field + ": " + Quoted.of(name) + " (expected: a token of RFC 9110, named once)");
    }
  }
}
