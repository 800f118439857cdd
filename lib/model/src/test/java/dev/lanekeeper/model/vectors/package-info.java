/**
 * The routing vectors, read into the words of the model. In the module's test-jar, so that the tests of every data plane
 * can run the same cases: {@code lanekeeper-model}, type {@code test-jar}, scope {@code test}, beside
 * {@code lanekeeper-vectors} and {@code jackson-databind}.
 *
 * <p>What a case says and this reader does not know is an error, so that no data plane passes by not looking.
 *
 * <p><b>Threads.</b> Everything here is immutable once read.
 */
@NullMarked
package dev.lanekeeper.model.vectors;

import org.jspecify.annotations.NullMarked;
