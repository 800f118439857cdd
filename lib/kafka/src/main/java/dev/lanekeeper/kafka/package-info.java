/**
 * Kafka consumers and producers that know whose a record is.
 *
 * <p>The three steps of every data plane: {@link dev.lanekeeper.kafka.TagReader} reads tag and stamp from a record's raw
 * headers, {@link dev.lanekeeper.model.Messages} says whose it is, {@link dev.lanekeeper.kafka.ConsumerGate} hands it over,
 * passes over it or holds it back. {@link dev.lanekeeper.kafka.LaneConsumer} and {@link dev.lanekeeper.kafka.LaneProducer}
 * put the gates before clients by hand; an agent calls the gates from the clients themselves.
 *
 * <p><b>Threads.</b> A consumer's gate belongs to the thread that uses the consumer, like the consumer itself; only what
 * says so may be called by others. A producer's gate may be shared by all threads. Tables are read without locks. Only
 * {@code poll} waits for an answer of the control plane, at most once and at most for the patience it was given.
 */
@NullMarked
package dev.lanekeeper.kafka;

import org.jspecify.annotations.NullMarked;
