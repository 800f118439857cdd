package dev.lanekeeper.model;

import java.util.regex.Pattern;

/**
 * A topic through which messages are handed over to a service again. There is one for each group of its baseline and each topic that
 * they came from: who reads one knows how to read the other.
 *
 * @param group of the baseline; its counterparts of workloads under test read the topic as well
 * @param origin the topic that the messages came from
 * @param topic through which they come again: of ours, it begins with {@code lanekeeper.}
 */
public record Handover(String group, String origin, String topic) {

  private static final Pattern OURS = Pattern.compile("lanekeeper\\.[a-zA-Z0-9._-]{1,238}");

  /**
   * Checks the names.
   *
   * @throws IllegalArgumentException if one is empty, or the topic is not one of ours
   */
  public Handover {
    if (group.isEmpty()) {
      throw new IllegalArgumentException("handovers: group: empty (expected: a group of the baseline)");
    }
    if (origin.isEmpty()) {
      throw new IllegalArgumentException("handovers: origin: empty (expected: a topic)");
    }
    if (!OURS.matcher(topic).matches()) {
      throw new IllegalArgumentException(
          "handovers: topic: " + Quoted.of(topic) + " (expected: a topic whose name begins with lanekeeper.)");
    }
  }
}
