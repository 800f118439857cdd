package dev.lanekeeper.model;

import java.util.regex.Pattern;

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

  @Override
  public String toString() {
    return id;
  }
}
