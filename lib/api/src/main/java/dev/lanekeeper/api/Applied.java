package dev.lanekeeper.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of applying documents.
 *
 * @param results one for each document, in their order
 */
public record Applied(List<Result> results) {

  /** Copies the list. */
  public Applied {
    results = List.copyOf(results);
  }

  /**
   * What came of one document.
   *
   * @param kind of the document
   * @param name its tenancy or name
   * @param revision the revision that holds it; the newest one if nothing had to change
   * @param operation the id of the operation in the ledger; null if none was needed
   * @param changed whether anything changed
   */
  public record Result(String kind, String name, long revision, @Nullable String operation, boolean changed) {}
}
