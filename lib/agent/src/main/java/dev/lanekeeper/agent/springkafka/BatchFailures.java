package dev.lanekeeper.agent.springkafka;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.listener.BatchListenerFailedException;

/** What a listener throws that was handed a part of a batch, as if it had been handed the whole: it may say which record failed. */
final class BatchFailures {

  private BatchFailures() {}

  /**
   * The failure in terms of the whole batch.
   *
   * @param first which of the batch the first record of the part is
   */
  static Throwable inWholeBatch(Throwable failure, int first) {
    BatchListenerFailedException named = named(failure);
    // One that names the record itself is understood as it is.
    return named == null || named.getRecord() != null || first == 0
        ? failure
        : new BatchListenerFailedException(String.valueOf(failure.getMessage()), failure, named.getIndex() + first);
  }

  private static @Nullable BatchListenerFailedException named(Throwable failure) {
    Set<Throwable> seen = new HashSet<>();
    for (Throwable cause = failure; cause != null && seen.add(cause); cause = cause.getCause()) {
      if (cause instanceof BatchListenerFailedException named) {
        return named;
      }
    }
    return null;
  }
}
