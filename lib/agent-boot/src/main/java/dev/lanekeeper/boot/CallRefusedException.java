package dev.lanekeeper.boot;

import dev.lanekeeper.model.Calls;
import java.net.ConnectException;

/**
 * A tagged call that must not be sent. To the application it is what its client throws when a server cannot be reached.
 */
public final class CallRefusedException extends ConnectException {

  private final transient Calls.Reason reason;
  private final boolean answerable;

  CallRefusedException(Calls.Reason reason, String message, boolean answerable) {
    super(message);
    this.reason = reason;
    this.answerable = answerable;
  }

  /** Why it was refused. */
  public Calls.Reason reason() {
    return reason;
  }

  /** Whether the control plane has not been asked yet, since the caller must not wait: asking may help. */
  public boolean isAnswerable() {
    return answerable;
  }
}
