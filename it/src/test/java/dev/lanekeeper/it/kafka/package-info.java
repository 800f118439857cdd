/**
 * The Kafka library on a real broker, with the newest and the oldest client.
 *
 * <p><b>Threads.</b> One thread runs a scenario; the broker has its own.
 */
@NullMarked
package dev.lanekeeper.it.kafka;

import org.jspecify.annotations.NullMarked;
