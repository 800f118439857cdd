package dev.lanekeeper.model;

import org.jspecify.annotations.Nullable;

/**
 * Who a process says it is.
 *
 * @param service whose workload it is
 * @param tenancy for which tenant; null for the baseline
 * @param incarnation the life of the override it was given when it announced itself, for its own life; null for the
 *     baseline
 */
public record Self(ServiceName service, @Nullable Tenancy tenancy, @Nullable Incarnation incarnation) {

  /** Environment variable: the name of the service. */
  public static final String SERVICE_VARIABLE = "LANEKEEPER_SERVICE";
  /** Environment variable: the tenancy that the process belongs to. */
  public static final String TENANCY_VARIABLE = "LANEKEEPER_TENANCY";
  /** Environment variable: the root URL of the control plane. */
  public static final String CONTROL_PLANE_VARIABLE = "LANEKEEPER_CONTROL_PLANE";

  /**
   * Checks that only a tenant's process has an incarnation.
   *
   * @throws IllegalArgumentException if the baseline is given one
   */
  public Self {
    if (tenancy == null && incarnation != null) {
      throw new IllegalArgumentException("incarnation: " + incarnation + " (expected: none without a tenancy)");
    }
  }

  /** Whether this process serves everybody whom no override takes away. */
  public boolean isBaseline() {
    return tenancy == null;
  }
}
