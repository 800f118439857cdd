package dev.lanekeeper.storm;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What went wrong, when, and for whom: by this a message that was processed twice is excused, or not. */
final class Incidents {

  /** How long after it something may be the consequence: a session, the takeover, and a machine that is busy. */
  private static final long AFTERMATH_MILLIS = 30_000;
  /** Everybody. */
  static final String ALL = "*";
  /** Nobody who would process anything twice for it. */
  static final String NOBODY = "";
  /** The control planes: what they hand over they may hand over twice. */
  static final String CONTROL_PLANES = "control planes";
  /** The baseline. */
  static final String BASELINE = "baseline";

  private final Queue<Incident> incidents = new ConcurrentLinkedQueue<>();

  private record Incident(long millis, String whom, String what, boolean kill) {}

  /**
   * Notes one.
   *
   * @param whom one of the constants here, or a tenancy
   * @param kill whether it is a {@code kill -9}
   */
  void note(String whom, String what, boolean kill) {
    incidents.add(new Incident(System.currentTimeMillis(), whom, what, kill));
  }

  /** How many processes were killed. */
  long kills() {
    return incidents.stream().filter(Incident::kill).count();
  }

  /** Whether something happened to somebody that may be why a message was processed at both of these times. */
  boolean excuses(String whom, long firstMillis, long secondMillis) {
    return incidents.stream().anyMatch(incident -> (incident.whom.equals(ALL) || incident.whom.equals(whom))
        && incident.millis <= secondMillis && incident.millis >= firstMillis - AFTERMATH_MILLIS);
  }

  /** Whether anything at all happened to somebody. */
  boolean anyTo(String whom) {
    return incidents.stream().anyMatch(incident -> incident.whom.equals(ALL) || incident.whom.equals(whom));
  }

  /** What happened to somebody in a time, for people. */
  List<String> of(String whom, long fromMillis, long toMillis) {
    return incidents.stream()
        .filter(incident -> (incident.whom.equals(ALL) || incident.whom.equals(whom)) && incident.millis >= fromMillis
            && incident.millis <= toMillis)
        .map(incident -> incident.millis + " " + incident.what).toList();
  }
}
