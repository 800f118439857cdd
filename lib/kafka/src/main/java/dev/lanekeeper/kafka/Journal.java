package dev.lanekeeper.kafka;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts, and says each thing once. */
final class Journal {

  static final String TRACE_FAILED = "error.trace";
  static final String SKIP_FOREIGN = "skip.foreign";
  static final String DELIVER_OWN = "deliver.own";
  static final String DELIVER_BASELINE = "deliver.baseline";
  static final String DELIVER_AGAIN = "deliver.redelivered";
  static final String DISCARD_POLICY = "discard.policy";
  static final String QUARANTINE_POLICY = "quarantine.policy";
  static final String QUARANTINE_IN_DOUBT = "quarantine.in-doubt";
  static final String QUARANTINE_FAILED = "quarantine.failed";
  static final String QUARANTINE_BY_REFERENCE = "quarantine.by-reference";
  static final String HOLD_IN_DOUBT = "hold.in-doubt";
  static final String RELEASE_DECIDED = "release.decided";
  static final String START_BEGINNING = "start.beginning";
  static final String START_OUT_OF_RANGE = "start.out-of-range";
  static final String CLAIM_FAILED = "claim.failed";
  static final String COMMIT_PROGRESS = "commit.progress";
  static final String ERROR_DECISION = "error.decision";
  static final String LEAVE_ENDED = "leave.ended";
  static final String HANDOVER_FAILED = "handover.failed";
  static final String CARRY_TAGGED = "carry.tagged";

  private static final Logger LOG = LoggerFactory.getLogger("dev.lanekeeper.kafka");

  private final Counters counters;
  private final Set<String> said = new HashSet<>();

  Journal(Counters counters) {
    this.counters = counters;
  }

  void count(String reason) {
    counters.increment(reason, 1);
  }

  void count(String reason, long by) {
    if (by > 0) {
      counters.increment(reason, by);
    }
  }

  /** Says a cause the first time it is met. */
  void warnOnce(String cause, String message, @Nullable Throwable thrown) {
    boolean first;
    synchronized (said) {
      first = said.add(cause);
    }
    if (first) {
      LOG.warn("lanekeeper: {}", message, thrown);
    }
  }

  void info(String message) {
    LOG.info("lanekeeper: {}", message);
  }
}
