package dev.lanekeeper.cli.run;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Who a child is to say it is.
 *
 * @param service whose workload it is
 * @param tenancy for which tenant; null for the baseline
 * @param controlPlane root URL of the control plane
 * @param workload the name of the workload; null to leave it to the agent, which takes the main class or jar
 * @param instance the id under which it reports, never reused
 */
public record Identity(String service, @Nullable String tenancy, URI controlPlane, @Nullable String workload,
    String instance) {}
