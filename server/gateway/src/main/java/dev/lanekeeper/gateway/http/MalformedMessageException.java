package dev.lanekeeper.gateway.http;

/** A message that is not as the RFCs have it, or could be read in two ways: nothing of it is passed on. */
public final class MalformedMessageException extends Exception {

  private static final long serialVersionUID = 1;

  private final int status;

  /**
   * What is wrong.
   *
   * @param status the HTTP status with which a request is refused
   * @param message where, what, and what was expected
   */
  public MalformedMessageException(int status, String message) {
    super(message, null, false, false); // peers decide how many there are
    this.status = status;
  }

  /** A request that is wrong as such: 400. */
  public static MalformedMessageException bad(String message) {
    return new MalformedMessageException(400, message);
  }

  /** The HTTP status with which a request is refused. */
  public int status() {
    return status;
  }
}
