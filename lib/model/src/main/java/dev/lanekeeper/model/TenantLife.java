package dev.lanekeeper.model;

/**
 * One life of a tenant: between these revisions its tenancy is registered.
 *
 * @param tenancy under which it is registered
 * @param from the revision with which it begins
 * @param to the revision with which it ends; {@link OverrideLife#OPEN} while it lives
 */
public record TenantLife(Tenancy tenancy, long from, long to) {

  /**
   * Checks the order of the revisions.
   *
   * @throws IllegalArgumentException unless {@code 0 < from < to}
   */
  public TenantLife {
    Span.check(from, to);
  }

  /** Whether it lives at a revision. */
  public boolean livesAt(long revision) {
    return from <= revision && revision < to;
  }

  /** This life, ended with a revision. */
  public TenantLife endedAt(long revision) {
    return new TenantLife(tenancy, from, revision);
  }
}
