package dev.lanekeeper.controlplane.operations;

import java.time.Duration;

/**
 * How often something is looked at that many do: together they ask no more of broker and store than a few of them would, as long as none has to
 * wait for more than ten seconds for that.
 */
final class Pace {

  /** So many at once look as often as they like. */
  private static final int FEW = 8;
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private Pace() {}

  /**
   * How long one of a crowd waits until it looks again.
   *
   * @param pause how long it would wait among a few
   * @return that, or longer; longer than ten seconds only where that is
   */
  static Duration among(int crowd, Duration pause) {
    Duration stretched = pause.multipliedBy(1 + crowd / FEW);
    Duration most = longer(pause, LONGEST);
    return stretched.compareTo(most) > 0 ? most : stretched;
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }
}
