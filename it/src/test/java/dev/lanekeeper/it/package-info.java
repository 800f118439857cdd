/**
 * Tests over the whole house: architecture rules, and runs with real parts.
 *
 * <p><b>Threads.</b> JUnit runs one test at a time.
 */
@NullMarked
package dev.lanekeeper.it;

import org.jspecify.annotations.NullMarked;
