/**
 * The OpenTelemetry Java agent extension: glue between instrumentation and the libraries.
 *
 * <p><b>Threads.</b> Advice runs on the threads of the host and never blocks them on event loops.
 */
@NullMarked
package dev.lanekeeper.agent;

import org.jspecify.annotations.NullMarked;
