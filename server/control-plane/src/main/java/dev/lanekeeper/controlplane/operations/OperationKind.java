package dev.lanekeeper.controlplane.operations;

import java.util.Locale;

/** Why the ledger has an operation. */
public enum OperationKind {
  /** Somebody applied documents. */
  APPLY,
  /** Somebody deleted a tenant. */
  DELETE,
  /** A tenant's time to live was over. */
  EXPIRE,
  /** Somebody released records that were put aside. */
  RELEASE,
  /** Somebody discarded records that were put aside. */
  DISCARD,
  /** A group of a workload under test was found of which the ledger knows nothing. */
  BURY;

  /** The name in the ledger. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
