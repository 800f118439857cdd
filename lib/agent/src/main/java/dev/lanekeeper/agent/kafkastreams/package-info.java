/**
 * kafka-streams 3.4 to 4.3, on the application's side of class loading: an application under test has an id of its own, and what follows
 * from it; its clients know which application they belong to.
 *
 * <p><b>Threads.</b> Those that make and close an application.
 */
@NullMarked
package dev.lanekeeper.agent.kafkastreams;

import org.jspecify.annotations.NullMarked;
