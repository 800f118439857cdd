/**
 * An application that tests start with the agent.
 *
 * <p><b>Threads.</b> Each incoming request is served by a thread of its own.
 */
@NullMarked
package dev.lanekeeper.agent.app;

import org.jspecify.annotations.NullMarked;
