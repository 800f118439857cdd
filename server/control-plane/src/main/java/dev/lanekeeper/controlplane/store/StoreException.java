package dev.lanekeeper.controlplane.store;

import org.jspecify.annotations.Nullable;

/** The store cannot be opened, read or written. */
public final class StoreException extends RuntimeException {

  /** Says what failed. */
  public StoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
