package dev.lanekeeper.controlplane.kafka;

/** A Kafka cluster did not answer in time, or refused. */
public final class BrokerException extends RuntimeException {

  private final boolean unreachable;

  /** The cluster answered, with a refusal. */
  public static BrokerException refused(String cluster, String what, Throwable cause) {
    return new BrokerException(cluster + ": " + what + ": " + said(cause), false, cause);
  }

  /** The cluster did not answer. */
  public static BrokerException unreachable(String cluster, String what, Throwable cause) {
    return new BrokerException(cluster + ": " + what + ": no answer (" + said(cause) + ")", true, cause);
  }

  private BrokerException(String message, boolean unreachable, Throwable cause) {
    super(message, cause);
    this.unreachable = unreachable;
  }

  private static String said(Throwable cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  /** Whether there was no answer. */
  public boolean isUnreachable() {
    return unreachable;
  }
}
