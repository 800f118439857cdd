/**
 * kafka-clients 3.0 to 4.3, on the application's side of class loading: advice on the outermost classes, which calls the gates of
 * the Kafka library. These are injected into the application's loader with everything they need but the shared classes.
 *
 * <p><b>Threads.</b> As the gates: a consumer's belongs to the thread that uses the consumer; only {@code poll} waits.
 */
@NullMarked
package dev.lanekeeper.agent.kafkaclients;

import org.jspecify.annotations.NullMarked;
