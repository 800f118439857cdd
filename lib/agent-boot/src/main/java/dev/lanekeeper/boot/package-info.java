/**
 * What all class loaders of a process under the agent share: one route table, one set of counters, the decisions about
 * calls. The jar is appended to the bootstrap search, so that advice in the JDK's own classes, in the application's and
 * in the extension meet the same classes. It needs java.base only, and neither logs nor parses JSON.
 *
 * <p><b>Threads.</b> Everything may be called by any thread. {@link dev.lanekeeper.boot.Lanes} publishes through
 * volatile fields. Only {@link dev.lanekeeper.boot.OutgoingCalls#decide} may block, and only where its caller says that
 * it may: never on an event loop.
 */
@NullMarked
package dev.lanekeeper.boot;

import org.jspecify.annotations.NullMarked;
