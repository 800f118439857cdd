package dev.lanekeeper.model;

/** A tenancy, combination or list of single-service overrides that does not have the form it must have. */
public final class MalformedTagException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  /** Says what was met, and what was expected. */
  public MalformedTagException(String message) {
    super(message);
  }
}
