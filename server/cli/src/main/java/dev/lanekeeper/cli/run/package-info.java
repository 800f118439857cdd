/**
 * Starts processes under the OpenTelemetry Java agent with Lanekeeper's extension, and tells the control plane where they
 * listen.
 *
 * <p><b>Threads.</b> {@link dev.lanekeeper.cli.run.Launch#run} blocks until the child has ended. Announcements are renewed by a
 * virtual thread of {@link dev.lanekeeper.cli.run.Announced}.
 */
@NullMarked
package dev.lanekeeper.cli.run;

import org.jspecify.annotations.NullMarked;
