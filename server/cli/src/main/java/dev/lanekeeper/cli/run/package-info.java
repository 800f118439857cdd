/**
 * Starts processes under the OpenTelemetry Java agent with Lanekeeper's extension, and tells the control plane where they
 * listen.
 *
 * <p><b>Threads.</b> {@link dev.lanekeeper.cli.run.Launch#run} blocks until the child has ended. Announcements and temporary
 * tenants are renewed by virtual threads of {@link dev.lanekeeper.cli.run.Announced} and {@code TemporaryTenant}.
 */
@NullMarked
package dev.lanekeeper.cli.run;

import org.jspecify.annotations.NullMarked;
