package dev.lanekeeper.gateway.fairness;

import java.util.Arrays;

/**
 * How many requests that are not production's may be at a server at once, by what production's latency says.
 *
 * <pre>
 *   OPEN --production is slow, or nobody knows how fast it is alone--&gt; PROBE --it is faster without the others--&gt; STEER
 *    ^ the limit doubles while others wait                            | ^     the limit falls while it is slow,  |
 *    |                                                                | |     rises else                         |
 *    +--------it is as slow without them------------------------------+ +---now and then-------------------------+
 *    +--------production is not slow, and nobody waits, for a while----------------------------------------------+
 * </pre>
 *
 * <p>Production's latency is that of a round: the third quartile of 16 requests that began behind whatever was changed last. What it is
 * alone is taken from rounds without others. A probe makes such rounds: the others wait until it is over, for three seconds at most.
 *
 * <p>INVARIANT: nothing is held against the others that was not found to be better without them, where that can be found out in time; and
 * where production is not there, or too rarely to tell, they are in nobody's way.
 *
 * <p><b>Threads.</b> Its share's lock. It has no clock: times are nanoseconds of one that only goes forward.
 */
final class Steering {

  enum Mode {
    OPEN,
    PROBE,
    STEER
  }

  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;
  private static final int ROUND = 16;
  /** Where production is rare, a round has fewer: so many, when it has lasted so long. */
  private static final int SMALL_ROUND = 4;
  private static final long SMALL_ROUND_LASTS = SECOND / 2;

  /** How long production is taken to be there behind its last request. */
  private static final long PRODUCTION = 10 * SECOND;
  /** The limit of a server of which nothing is known yet. */
  private static final double FIRST = 16;
  private static final double LEAST = 0.1;
  private static final double MOST = 1_000_000;

  private static final double SLOW_OPEN = 1.5;
  private static final long SLACK_OPEN = MILLI;
  private static final double SLOW_STEERED = 1.15;
  private static final long SLACK_STEERED = MILLI / 5;
  private static final double FALL = 0.7;
  private static final double FAR = 3;
  private static final double FALL_FAR = 0.5;
  private static final double KNOWN = 0.9;

  private static final long PROBE_AFTER = 10 * SECOND;
  /** Behind one that came to nothing the next comes soon, and then each later than the one before. */
  private static final long PROBE_SOON = 2 * SECOND;
  private static final int PROBE_LATER = 5;
  private static final int CLEARED_MOST = 2;
  private static final long PROBE_LASTS = 3 * SECOND;
  private static final int PROBE_ROUNDS = 2;
  private static final long PROBE_HURRIES = 2 * SECOND / 5;
  private static final int DRAINED = 3;
  private static final long DRAINS = SECOND / 4;
  private static final long SETTLES = 60 * MILLI;
  private static final double ALONE_GROWS = 1.25;

  private Mode mode = Mode.OPEN;
  private Mode before = Mode.OPEN;
  private boolean produced;
  private double limit = FIRST;
  private long alone;
  private long learned;
  /** The limit at which production was slow last; infinite: not known. */
  private double slowAt = Double.POSITIVE_INFINITY;
  private int slowRounds;
  private long suspected;

  private final long[] round = new long[ROUND];
  private int count;
  private long roundBegan;
  private long firstAnswered;
  private int mostOthers;
  private boolean pressed;

  private long changed;
  private long probeBegan;
  private long probeNext;
  private boolean drained;
  private int probeRounds;
  private long probed;
  private int failed;
  private int cleared;
  private long uneasy;

  Steering(long now) {
    changed = now;
    learned = now;
    roundBegan = now;
    probeNext = now;
    uneasy = now;
  }

  Mode mode() {
    return mode;
  }

  /** Whether it was found that the others are in production's way; while that is looked at anew, too. */
  boolean isSteered() {
    return mode == Mode.STEER || (mode == Mode.PROBE && before == Mode.STEER);
  }

  /** What production takes alone, in ns; 0: not known. */
  long alone() {
    return alone;
  }

  /** How many others may be there; below 1: one at a time, with {@link #pause} between two. */
  double limit() {
    if (!produced) {
      return MOST;
    }
    return mode == Mode.PROBE ? 0 : limit;
  }

  /** How long nobody goes behind one that was the only one, in ns. */
  long pause() {
    return mode == Mode.STEER && limit < 1 ? (long) (alone * (1 / limit - 1)) : 0;
  }

  /** How many others are there by now, and whether some wait. */
  void others(int inFlight, boolean waiting) {
    mostOthers = Math.max(mostOthers, inFlight);
    pressed |= waiting;
  }

  /** A request of production was answered. {@code others}: how many of them are there. */
  void sampled(long began, long ended, int others) {
    produced = true;
    drain(ended, others);
    if (began - roundBegan < 0 || (mode == Mode.PROBE && !drained)) {
      return;
    }
    firstAnswered = count == 0 ? ended : firstAnswered;
    round[count] = ended - began;
    count++;
    long lasted = ended - roundBegan;
    boolean late = mode == Mode.PROBE ? ended - probeBegan >= PROBE_HURRIES : lasted >= SMALL_ROUND_LASTS;
    if (count < ROUND && (count < SMALL_ROUND || !late)) {
      return;
    }
    Arrays.sort(round, 0, count);
    long latency = round[(count * 3 + 3) / 4 - 1];
    long pace = (ended - firstAnswered) / (count - 1);
    boolean canProbe = pace * SMALL_ROUND + alone <= SECOND;
    boolean quiet = mostOthers == 0;
    boolean wanted = pressed;
    next(ended, 0, others);
    if (latency < alone) {
      alone = (alone + latency) / 2; // alone it would not take longer
    }
    switch (mode) {
      case OPEN -> open(latency, quiet, wanted, ended);
      case PROBE -> probe(latency, ended);
      case STEER -> steer(latency, canProbe, quiet, wanted, ended);
    }
  }

  /** Begins a round. */
  private void next(long now, long settles, int others) {
    count = 0;
    roundBegan = now + settles;
    mostOthers = others;
    pressed = false;
  }

  private void open(long latency, boolean quiet, boolean wanted, long now) {
    if (quiet) {
      learn(latency, now);
      slowRounds = 0;
      return;
    }
    boolean unknown = alone == 0;
    if (!unknown && latency <= alone * SLOW_OPEN + SLACK_OPEN) {
      slowRounds = 0;
      if (wanted) {
        grow(limit * 2, now);
      }
      return;
    }
    boolean due = now - probeNext >= 0;
    if (unknown && !due) {
      slowRounds = 0; // it could not be found out: nothing is held against them
      return;
    }
    slowRounds++;
    suspected = latency;
    if (due && (unknown || slowRounds >= 2)) {
      begin(now);
    }
  }

  /** What production takes now that it is alone. It may be disturbed for a while: so it is more only by and by. */
  private void learn(long latency, long now) {
    if (alone == 0) {
      alone = latency;
    } else if (latency > alone && now - learned >= SECOND) {
      alone = Math.min((alone + latency) / 2, (long) (alone * ALONE_GROWS));
      learned = now;
    }
  }

  private void grow(double to, long now) {
    limit = Math.min(MOST, to);
    changed = now;
  }

  private void begin(long now) {
    before = mode;
    mode = Mode.PROBE;
    probeBegan = now;
    drained = false;
    probeRounds = 0;
    probed = Long.MAX_VALUE;
  }

  /** A probe begins to count when the others are gone, and what they left behind is. */
  private void drain(long now, int others) {
    if (mode == Mode.PROBE && !drained && (others == 0 || (others <= DRAINED && now - probeBegan >= DRAINS))) {
      drained = true;
      next(now, SETTLES, others);
    }
  }

  private void probe(long latency, long now) {
    probed = Math.min(probed, latency);
    probeRounds++;
    if (probeRounds < PROBE_ROUNDS && now - probeBegan < PROBE_HURRIES) {
      return;
    }
    probeNext = now + PROBE_AFTER;
    failed = 0;
    if (before == Mode.STEER) {
      learn(probed, now);
      mode = Mode.STEER;
      return;
    }
    alone = probed;
    slowRounds = 0;
    if (suspected > probed * SLOW_OPEN + SLACK_OPEN) {
      steerFrom(limit / 2, now);
    } else {
      mode = Mode.OPEN;
      changed = now;
      probeNext = now + (SECOND << cleared); // it may have been a disturbance
      cleared = Math.min(cleared + 1, CLEARED_MOST);
    }
  }

  private void steerFrom(double first, long now) {
    mode = Mode.STEER;
    cleared = 0;
    slowAt = limit;
    limit = Math.max(1, first);
    changed = now;
    uneasy = now;
    probeNext = now + PROBE_SOON; // what it was found to be alone may have been disturbed
  }

  private void steer(long latency, boolean canProbe, boolean quiet, boolean wanted, long now) {
    if (quiet) {
      learn(latency, now);
    }
    if (!quiet && latency > alone * SLOW_STEERED + SLACK_STEERED) {
      slowAt = limit;
      limit = Math.max(LEAST, limit * (latency > alone * FAR ? FALL_FAR : FALL));
      changed = now;
      uneasy = now;
      next(now, alone, mostOthers); // what was sent before is still there
    } else if (wanted) {
      uneasy = now;
      rise(now);
    }
    if (wanted && canProbe && now - probeNext >= 0) {
      begin(now);
    }
  }

  /** Quickly up to where it was slow, and from there on slowly. */
  private void rise(long now) {
    double more = limit < 1 ? limit * ALONE_GROWS : limit + Math.max(1, limit / 8);
    if (more <= slowAt * KNOWN || slowAt < 1) {
      grow(more, now);
    } else if (now - changed >= SECOND) {
      grow(limit < 1 ? more : limit + Math.max(0.5, limit / 16), now);
      if (limit > slowAt * SLOW_OPEN) {
        slowAt = Double.POSITIVE_INFINITY; // that was once
      }
    }
  }

  /**
   * What time alone changes.
   *
   * @param latest when the last request of production set out that is looked at
   * @param oldest when the first of them did that is not answered; {@code now}: all are
   */
  void tick(long now, long latest, long oldest, int others, boolean waiting) {
    if (now - latest >= PRODUCTION) {
      produced = false;
      rest(FIRST);
      slowRounds = 0;
      next(now, 0, others);
      return;
    }
    produced = true;
    drain(now, others);
    switch (mode) {
      case OPEN -> {
        boolean overdue = now - oldest > alone * SLOW_OPEN + SLACK_OPEN;
        long patience = alone == 0 || overdue ? SECOND : Math.clamp(2 * alone, DRAINS, SECOND);
        if (others > limit) {
          changed = now; // they came before production did, and have yet to go
        } else if (waiting && slowRounds == 0 && now - changed >= patience) {
          grow(limit * 2, now); // no word of production: the others are not known to be in its way
        }
      }
      case PROBE -> {
        if (now - probeBegan >= PROBE_LASTS) {
          giveUp(now, others);
        }
      }
      case STEER -> {
        if (now - uneasy >= PRODUCTION) {
          rest(Math.clamp(limit, 1, FIRST));
        }
      }
    }
  }

  /** A probe has taken too long. Where production would have been fast enough to tell, it is the others who do not go: it may well be them. */
  private void giveUp(long now, int others) {
    mode = before;
    probeNext = now + (failed == 0 ? PROBE_SOON : PROBE_AFTER << Math.min(failed - 1, PROBE_LATER));
    failed++;
    slowRounds = 0;
    changed = now;
    next(now, 0, others);
    if (before == Mode.OPEN && alone > 0 && alone < PROBE_LASTS / 3) {
      steerFrom(limit / 2, now);
    } else if (before == Mode.OPEN) {
      alone = 0; // whatever it was, it is not known
    }
  }

  private void rest(double first) {
    mode = Mode.OPEN;
    limit = first;
    slowRounds = 0;
  }
}
