package dev.lanekeeper.model;

import java.util.Locale;

/**
 * What kind of traffic a request is: by the second segment of its tenancy, {@code product/class/tags}. As many as there are here, and
 * no more, whatever requests bear: what is counted by class is bounded.
 */
public enum TrafficClass {
  /** Untagged, or a product line's own: {@code shop/production}. */
  PRODUCTION,
  /** {@code shop/canary/...}. */
  CANARY,
  /** {@code shop/testing/...}, and a tenancy that names no class, such as {@code 123}. */
  TESTING,
  /** {@code shop/replay/...}. */
  REPLAY,
  /** Of a class with another name, or with a tag that cannot be read. */
  OTHER;

  private final String code = name().toLowerCase(Locale.ROOT);

  /** Its name in metrics and logs. */
  public String code() {
    return code;
  }

  /** The class of a request with this tag. Of a combination: that of its first tenancy. */
  public static TrafficClass of(Tag tag) {
    if (tag.isNone()) {
      return PRODUCTION;
    }
    if (tag.isMalformed()) {
      return OTHER;
    }
    String text = tag.text();
    int end = text.indexOf('+') < 0 ? text.length() : text.indexOf('+');
    int from = text.indexOf('/') + 1;
    if (from == 0 || from > end) {
      return TESTING;
    }
    int slash = text.indexOf('/', from);
    int to = slash < 0 || slash > end ? end : slash;
    for (TrafficClass each : values()) {
      if (each != OTHER && each.code.length() == to - from && text.startsWith(each.code, from)) {
        return each;
      }
    }
    return OTHER;
  }
}
