package dev.lanekeeper.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Writes the {@code baggage} header: our members first, then what was there, within the limits of W3C Baggage (64
 * members, 8192 bytes). What does not fit is dropped, first come first served, and never ours.
 */
public final class BaggageText {

  /** Most members (W3C Baggage, Limits). */
  public static final int MOST_MEMBERS = 64;
  /** Most bytes (W3C Baggage, Limits). */
  public static final int MOST_BYTES = 8192;

  private static final int USUAL_CHARACTERS = 80;

  private BaggageText() {}

  /**
   * Our members, as they stand on the wire; empty for untagged traffic that nobody traces.
   *
   * @param names under which names
   */
  public static String members(WireNames names, Carried carried) {
    StringBuilder out = new StringBuilder(USUAL_CHARACTERS);
    Tag tag = carried.tag();
    if (!tag.text().isEmpty()) {
      out.append(names.members().get(0)).append('=').append(tag.text().replace("+", "%2B"));
    }
    if (!tag.overridesText().isEmpty()) {
      out.append(out.isEmpty() ? "" : ",").append(names.overridesMember()).append('=')
          .append(tag.overridesText().replace("+", "%2B"));
    }
    if (!out.isEmpty() && !carried.stamp().isNone()) {
      carried.stamp().appendTo(out.append(',').append(names.stampMember()).append('='));
    }
    if (carried.trace() != null) {
      out.append(out.isEmpty() ? "" : ",").append(WireNames.TRACE).append('=').append(carried.trace());
    }
    return out.toString();
  }

  /**
   * The header that carries tag and stamp beside what others put there.
   *
   * @param names under which names
   * @param existing the header as it would be sent otherwise; empty if there is none. Its members of our names are
   *     replaced
   */
  public static String merge(WireNames names, Carried carried, String existing) {
    String ours = members(names, carried);
    if (existing.isEmpty()) {
      return ours;
    }
    StringBuilder out = new StringBuilder(ours);
    int count = ours.isEmpty() ? 0 : ours.split(",", -1).length;
    for (String member : others(names, existing)) {
      int length = out.length() + (out.isEmpty() ? 0 : 1) + member.length();
      if (count < MOST_MEMBERS && length <= MOST_BYTES) {
        out.append(out.isEmpty() ? "" : ",").append(member);
        count++;
      }
    }
    return out.toString();
  }

  /** The members that are not ours, trimmed, in their order. */
  private static List<String> others(WireNames names, String existing) {
    List<String> others = new ArrayList<>();
    for (String member : existing.split(",", -1)) {
      String trimmed = member.trim();
      int equals = trimmed.indexOf('=');
      String key = equals < 0 ? "" : trimmed.substring(0, equals).trim();
      boolean ours =
          names.members().contains(key) || key.equals(names.stampMember()) || key.equals(names.overridesMember())
              || key.equals(WireNames.TRACE);
      if (!key.isEmpty() && !ours) {
        others.add(trimmed);
      }
    }
    return others;
  }

  /** The header without our members: what may leave the environment. */
  public static String without(WireNames names, String existing) {
    return existing.isEmpty() ? existing : String.join(",", others(names, existing));
  }
}
