/**
 * A small storm in each build.
 *
 * <p><b>Threads.</b> Those of the storm; JUnit's waits for its end.
 */
@NullMarked
package dev.lanekeeper.it.storm;

import org.jspecify.annotations.NullMarked;
