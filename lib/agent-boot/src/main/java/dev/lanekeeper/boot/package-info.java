/**
 * What all class loaders of an agent share: one place for the current route table.
 *
 * <p><b>Threads.</b> One volatile field holds the current table; any thread may read it, and nothing blocks.
 */
@NullMarked
package dev.lanekeeper.boot;

import org.jspecify.annotations.NullMarked;
