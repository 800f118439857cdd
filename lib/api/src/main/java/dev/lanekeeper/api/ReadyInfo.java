package dev.lanekeeper.api;

import java.util.List;

/**
 * Whether somebody is there to serve each override of a tenant.
 *
 * @param tenancy the tenant
 * @param ready whether all are ready
 * @param waiting the services whose workload has no instance yet
 */
public record ReadyInfo(String tenancy, boolean ready, List<String> waiting) {

  /** Copies the list. */
  public ReadyInfo {
    waiting = List.copyOf(waiting);
  }
}
