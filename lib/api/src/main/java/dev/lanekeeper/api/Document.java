package dev.lanekeeper.api;

/**
 * Something that is applied: what an environment is made of, and what tenants want of it.
 *
 * <p>Read by {@link Documents#read}, strictly: an unknown key is an error.
 */
public sealed interface Document permits TenantDocument, ServiceDocument, ClusterDocument, EnvironmentDocument {

  /** {@code Tenant}, {@code Service}, {@code Cluster} or {@code Environment}. */
  String kind();

  /** What it is found by among those of its kind: the tenancy, or a name. */
  String key();
}
