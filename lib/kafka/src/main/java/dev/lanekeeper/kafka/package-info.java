/**
 * Kafka consumers and producers that know whose a record is.
 *
 * <p><b>Threads.</b> Runs on the thread of the host's own client; reads the current table without locks.
 */
@NullMarked
package dev.lanekeeper.kafka;

import org.jspecify.annotations.NullMarked;
