/**
 * The OpenTelemetry Java agent extension: glue between instrumentation and the libraries.
 *
 * <p>What every class loader shares lives in {@code dev.lanekeeper.boot}, a jar inside this one that is appended to the
 * bootstrap search before anything else is loaded ({@link dev.lanekeeper.agent.BootJar}). This package starts the data
 * plane and keeps the tag in the tracing context; the packages below hold the advice, one for each client library.
 *
 * <p><b>Threads.</b> Start-up runs on the thread that starts the process, before {@code main}. Advice runs on the threads of
 * the host, and waits only where the host's own client would.
 */
@NullMarked
package dev.lanekeeper.agent;

import org.jspecify.annotations.NullMarked;
