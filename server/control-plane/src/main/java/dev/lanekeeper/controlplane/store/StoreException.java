package dev.lanekeeper.controlplane.store;

import org.jspecify.annotations.Nullable;

/** The store cannot be opened, read or written. */
public final class StoreException extends RuntimeException {

  private static final String FREE_SPACE =
      "free space on the disk of the data directory; the control plane goes on by itself";

  private final String next;

  /** Says what failed, of a store that is a file. */
  public StoreException(String message, @Nullable Throwable cause) {
    this(message, FREE_SPACE, cause);
  }

  /**
   * Says what failed.
   *
   * @param next what to do
   */
  public StoreException(String message, String next, @Nullable Throwable cause) {
    super(message, cause);
    this.next = next;
  }

  /** What to do. */
  public String next() {
    return next;
  }
}
