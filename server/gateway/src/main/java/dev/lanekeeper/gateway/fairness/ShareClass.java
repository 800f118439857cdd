package dev.lanekeeper.gateway.fairness;

import dev.lanekeeper.model.Tag;
import java.util.Locale;

/** What kind of traffic a request is: of a tenancy {@code product/class/tags} the second segment. */
public enum ShareClass {
  /** Untagged, or {@code product/production} and nothing else: it never waits. */
  PRODUCTION(0),
  /** A canary. */
  CANARY(4),
  /** A test, and whatever does not say what it is. */
  TESTING(2),
  /** A replay. */
  REPLAY(1);

  private static final String OF_PRODUCTION = "/production";

  private final int weight;

  ShareClass(int weight) {
    this.weight = weight;
  }

  /** How many of it go while one of weight 1 goes, where both wait; production does not. */
  int weight() {
    return weight;
  }

  /** Its name in counters, and for people. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Of a request; in a combination the first tenancy says it, and none is production's. */
  public static ShareClass of(Tag tag) {
    if (tag.isNone()) {
      return PRODUCTION;
    }
    String text = tag.text();
    int slash = text.indexOf('/');
    if (slash == text.length() - OF_PRODUCTION.length() && text.endsWith(OF_PRODUCTION)
        && text.indexOf('+') < 0 && tag.overridesText().isEmpty()) {
      return PRODUCTION;
    }
    if (hasClass(text, slash, "canary")) {
      return CANARY;
    }
    return hasClass(text, slash, "replay") ? REPLAY : TESTING;
  }

  private static boolean hasClass(String text, int slash, String name) {
    int first = text.indexOf('+');
    int end = slash + 1 + name.length();
    return slash > 0 && (first < 0 || slash < first) && text.startsWith(name, slash + 1)
        && (end == text.length() || text.charAt(end) == '/' || text.charAt(end) == '+');
  }
}
