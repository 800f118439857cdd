/**
 * Measurements: each against an oracle, as a ratio.
 *
 * <p><b>Threads.</b> Each measurement says how many threads it uses.
 */
@NullMarked
package dev.lanekeeper.perf;

import org.jspecify.annotations.NullMarked;
