/**
 * spring-kafka 3.0 to 4.1, on the application's side of class loading: a listener of batches is handed one tenancy at a time. Listeners
 * of records are the tracing agent's own affair.
 *
 * <p><b>Threads.</b> The container's.
 */
@NullMarked
package dev.lanekeeper.agent.springkafka;

import org.jspecify.annotations.NullMarked;
