/**
 * Kafka clients of any version: those of a workload under test do not consume where the gates of
 * {@link dev.lanekeeper.agent.kafkaclients} are missing. Apart from these, with nothing that could not fit.
 *
 * <p><b>Threads.</b> The application's.
 */
@NullMarked
package dev.lanekeeper.agent.kafkaguard;

import org.jspecify.annotations.NullMarked;
