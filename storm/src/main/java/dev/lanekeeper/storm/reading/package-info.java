/**
 * What a consumer of the storm does: it keeps a journal of what it was given, and commits. Nothing of Lanekeeper: the same code runs
 * behind the library and, as a plain program, under the agent.
 *
 * <p><b>Threads.</b> Each reading has a thread of its own, and a journal of its own.
 */
@NullMarked
package dev.lanekeeper.storm.reading;

import org.jspecify.annotations.NullMarked;
