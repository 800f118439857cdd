/**
 * What the modules may know of each other, read from their class files.
 *
 * <p><b>Threads.</b> The rules are immutable; JUnit checks them one at a time.
 */
@NullMarked
package dev.lanekeeper.it.architecture;

import org.jspecify.annotations.NullMarked;
