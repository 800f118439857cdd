package dev.lanekeeper.client;

/** The control plane refused an announcement, and said why. */
public final class AnnounceRefusedException extends Exception {

  private final String code;

  /**
   * A refusal.
   *
   * @param code the stable code: {@code override-unknown}, {@code workload-conflict}; empty if it named none
   * @param message for people
   */
  public AnnounceRefusedException(String code, String message) {
    super(message);
    this.code = code;
  }

  /** The stable code; empty if there was none. */
  public String code() {
    return code;
  }
}
