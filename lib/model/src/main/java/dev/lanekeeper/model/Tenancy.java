package dev.lanekeeper.model;

import java.util.ArrayList;
import java.util.List;

/**
 * What a tenant is registered under: 1 to 8 segments of {@code [A-Za-z0-9._~-]} joined by {@code /}, at most 128
 * characters. With two segments or more it reads {@code product/class/tags...}.
 *
 * @param text the tenancy, in normal form (not percent-encoded)
 */
public record Tenancy(String text) implements Comparable<Tenancy> {

  /** Most characters of one tenancy. */
  public static final int MOST_CHARACTERS = 128;
  /** Most segments of one tenancy. */
  public static final int MOST_SEGMENTS = 8;
  /** What a well-formed tenancy is, for error messages. */
  public static final String EXPECTED =
      "1 to 8 segments of letters, digits, '.', '_', '~' or '-' joined by '/', at most 128 characters";

  /** The class of production traffic: {@code <product>/production}. */
  private static final String PRODUCTION = "/production";

  /**
   * Checks the form.
   *
   * @throws MalformedTagException if {@code text} is not one tenancy
   */
  public Tenancy {
    if (!isWellFormed(text)) {
      throw new MalformedTagException("tenancy: " + Quoted.of(text) + " (expected: " + EXPECTED + ")");
    }
  }

  private static boolean isWellFormed(String text) {
    if (text.isEmpty() || text.length() > MOST_CHARACTERS) {
      return false;
    }
    int segments = 1;
    boolean empty = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '/') {
        if (empty) {
          return false;
        }
        segments++;
        empty = true;
      } else if (TenancyKey.isSegmentCharacter(c)) {
        empty = false;
      } else {
        return false;
      }
    }
    return !empty && segments <= MOST_SEGMENTS;
  }

  /** The segments, at least one. */
  public List<String> segments() {
    return List.of(text.split("/"));
  }

  /**
   * Under which tenancies the owner is looked up: this one, then its prefixes by whole segments down to two, longest
   * first.
   */
  public List<Tenancy> lookups() {
    List<Tenancy> lookups = new ArrayList<>(List.of(this));
    int end = text.lastIndexOf('/');
    while (end > 0 && text.lastIndexOf('/', end - 1) > 0) {
      lookups.add(new Tenancy(text.substring(0, end)));
      end = text.lastIndexOf('/', end - 1);
    }
    return List.copyOf(lookups);
  }

  /** Whether this is {@code <product>/production}, which is production traffic as long as nobody registered it. */
  public boolean isProduction() {
    int slash = text.indexOf('/');
    return slash > 0 && slash == text.length() - PRODUCTION.length() && text.endsWith(PRODUCTION);
  }

  @Override
  public int compareTo(Tenancy other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
