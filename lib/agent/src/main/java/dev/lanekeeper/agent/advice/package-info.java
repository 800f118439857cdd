/**
 * What the modules of all client libraries share.
 *
 * <p><b>Threads.</b> Used while the process starts, by one thread.
 */
@NullMarked
package dev.lanekeeper.agent.advice;

import org.jspecify.annotations.NullMarked;
