/**
 * Fakes that users can use in their tests, and the conformance kits of every way in.
 *
 * <p><b>Threads.</b> Each fake says in its own Javadoc who may call it; none starts a thread unasked.
 */
@NullMarked
package dev.lanekeeper.testkit;

import org.jspecify.annotations.NullMarked;
