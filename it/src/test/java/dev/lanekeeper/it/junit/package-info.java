/**
 * Tests with {@code lib/junit} in a JVM of their own: they fail, crash and run side by side, under JUnit 5 and 6.
 *
 * <p><b>Threads.</b> JUnit runs one test at a time.
 */
@NullMarked
package dev.lanekeeper.it.junit;

import org.jspecify.annotations.NullMarked;
