package dev.lanekeeper.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One accepted change of the route table. Every entry stands in it whole and replaces the one it has the key of.
 *
 * @param revision its number
 * @param seal what makes stamps of this revision known: 32 random bits
 * @param commitMillis when it was committed, by the store's clock, in ms since 1970; never less than the one before
 * @param tenants lives of tenants that began or ended; key: tenancy and {@code from}
 * @param overrides lives of overrides that began, ended, or got starts or a fence; key: incarnation
 * @param services services that are new or changed; key: name
 * @param removedServices services that are gone
 * @param instances where workloads are now; key: incarnation
 * @param environment what holds from this revision on; null if that did not change
 * @param floor the revision below which there is no history from now on: what had ended by then is forgotten, see
 *     {@link RouteTable#forgetting}; 0 if that did not change
 */
public record Change(long revision, int seal, long commitMillis, List<TenantLife> tenants, List<OverrideLife> overrides,
    List<Service> services, List<ServiceName> removedServices, List<Instances> instances,
    @Nullable Environment environment, long floor) {

  /** A change after which nothing is forgotten. */
  public Change(long revision, int seal, long commitMillis, List<TenantLife> tenants, List<OverrideLife> overrides,
      List<Service> services, List<ServiceName> removedServices, List<Instances> instances,
      @Nullable Environment environment) {
    this(revision, seal, commitMillis, tenants, overrides, services, removedServices, instances, environment, 0);
  }

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if the revision is not one, or the floor is negative or above it
   */
  public Change {
    if (revision <= 0 || revision > Stamp.LARGEST_REVISION) {
      throw new IllegalArgumentException("revision: " + revision + " (expected: 1 to " + Stamp.LARGEST_REVISION + ")");
    }
    if (floor < 0 || floor > revision) {
      throw new IllegalArgumentException("floor: " + floor + " (expected: 0 to " + revision + ", the revision)");
    }
    tenants = List.copyOf(tenants);
    overrides = List.copyOf(overrides);
    services = List.copyOf(services);
    removedServices = List.copyOf(removedServices);
    instances = List.copyOf(instances);
  }

  /** The stamp that stands for this revision. */
  public Stamp stamp() {
    return new Stamp(revision, seal);
  }
}
