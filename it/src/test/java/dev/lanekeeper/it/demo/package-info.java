/**
 * The demo: that its services know nothing of Lanekeeper, and that all of it holds.
 *
 * <p><b>Threads.</b> One test at a time.
 */
@NullMarked
package dev.lanekeeper.it.demo;

import org.jspecify.annotations.NullMarked;
