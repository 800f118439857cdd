/**
 * A service that reads with what services read with: Spring's listeners, a plain poll loop with pools, Kafka Streams. It says what it
 * does with each message, and knows nothing of what it is used for.
 *
 * <p><b>Threads.</b> Those of the frameworks.
 */
@NullMarked
package mill;

import org.jspecify.annotations.NullMarked;
