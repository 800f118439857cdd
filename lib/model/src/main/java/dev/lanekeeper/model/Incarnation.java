package dev.lanekeeper.model;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One life of one override; its id is never reused. The consumer groups of the workload under test are named after it.
 *
 * @param id 1 to 40 lower-case letters and digits
 */
public record Incarnation(String id) {

  private static final Pattern FORM = Pattern.compile("[a-z0-9]{1,40}");
  /** Stands between the baseline's group and the incarnation in the name of a group of a workload under test. */
  public static final String GROUP_INFIX = ".lk.";

  /**
   * Checks the form.
   *
   * @throws IllegalArgumentException if {@code id} is not an id
   */
  public Incarnation {
    if (!FORM.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "incarnation: " + Quoted.of(id) + " (expected: 1 to 40 lower-case letters and digits)");
    }
  }

  /** The consumer group of this incarnation's workload, where the baseline's is {@code baselineGroup}. */
  public String groupFor(String baselineGroup) {
    return baselineGroup + GROUP_INFIX + id;
  }

  /**
   * Whose consumer group that is: the reverse of {@link #groupFor}.
   *
   * @param group any
   * @return null if it is none of a workload under test
   */
  public static @Nullable Incarnation ofGroup(String group) {
    int infix = group.lastIndexOf(GROUP_INFIX);
    if (infix < 0) {
      return null;
    }
    String id = group.substring(infix + GROUP_INFIX.length());
    return FORM.matcher(id).matches() ? new Incarnation(id) : null;
  }

  /**
   * The group of the baseline beside which a group of a workload under test stands.
   *
   * @param group one of which {@link #ofGroup} knows whose it is
   * @throws IllegalArgumentException if {@code group} is none of a workload under test
   */
  public static String baselineGroup(String group) {
    Incarnation incarnation = ofGroup(group);
    if (incarnation == null) {
      throw new IllegalArgumentException(
          "group: " + Quoted.of(group) + " (expected: the baseline's" + GROUP_INFIX + "an incarnation)");
    }
    return group.substring(0, group.length() - GROUP_INFIX.length() - incarnation.id.length());
  }

  @Override
  public String toString() {
    return id;
  }
}
