package dev.lanekeeper.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An operation of the ledger.
 *
 * @param id its id
 * @param kind {@code apply}, {@code delete}, {@code expire}, {@code release}, {@code discard} or {@code bury}
 * @param state {@code running}, {@code done} or {@code failed}
 * @param tenancies the tenants that it is about
 * @param revision the revision that it published; null: none yet
 * @param problem why it failed; null: it did not
 * @param createdAtMillis ms since 1970
 * @param steps what was done, oldest first; each stands here before it was tried
 */
public record OperationInfo(String id, String kind, String state, List<String> tenancies, @Nullable Long revision,
    @Nullable Problem problem, long createdAtMillis, List<Step> steps) {

  /** State: not finished. */
  public static final String RUNNING = "running";
  /** State: finished, all of it. */
  public static final String DONE = "done";
  /** State: given up; nothing was changed. */
  public static final String FAILED = "failed";

  /** Copies the lists. */
  public OperationInfo {
    tenancies = List.copyOf(tenancies);
    steps = List.copyOf(steps);
  }

  /**
   * One step.
   *
   * @param atMillis ms since 1970
   * @param incarnation of which override; null: of the operation as a whole
   * @param step its name
   * @param detail for people
   */
  public record Step(long atMillis, @Nullable String incarnation, String step, String detail) {}
}
