/**
 * The routing vectors, read into the words of the model, so that the tests of every data plane run the same cases.
 *
 * <p>What a case says and this reader does not know is an error, so that no data plane passes by not looking.
 *
 * <p><b>Threads.</b> Everything here is immutable once read.
 */
@NullMarked
package dev.lanekeeper.testkit.vectors;

import org.jspecify.annotations.NullMarked;
