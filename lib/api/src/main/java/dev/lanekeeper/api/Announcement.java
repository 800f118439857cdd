package dev.lanekeeper.api;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A process says that it is an instance of a workload under test.
 *
 * @param service whose workload it is
 * @param tenancy for which tenant
 * @param workload the name of the workload; instances of one workload share it
 * @param instance the id of the process
 * @param address where it serves, {@code http://host:port}; null: nowhere yet, or it only consumes
 */
public record Announcement(String service, String tenancy, String workload, String instance, @Nullable String address) {

  /** Checks that all but the address is there. */
  public Announcement {
    Objects.requireNonNull(service, "service");
    Objects.requireNonNull(tenancy, "tenancy");
    Objects.requireNonNull(workload, "workload");
    Objects.requireNonNull(instance, "instance");
  }

  /**
   * The answer.
   *
   * @param incarnation the override that the process belongs to from now on
   * @param revision the newest one
   */
  public record Accepted(String incarnation, long revision) {}
}
