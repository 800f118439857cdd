/**
 * What Lanekeeper costs, as ratios: both sides run in one process, in rounds that alternate. {@code perf/run NAME} prints a
 * table and, as its last line, one JSON object.
 *
 * <p><b>Threads.</b> One thread measures. A benchmark says in its Javadoc which others it starts.
 */
@NullMarked
package dev.lanekeeper.perf;

import org.jspecify.annotations.NullMarked;
