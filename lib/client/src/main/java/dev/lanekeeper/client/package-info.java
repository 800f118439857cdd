/**
 * Follows the route stream, keeps the last route table on disk, and makes a process known to the control plane.
 *
 * <p>{@link dev.lanekeeper.client.RouteClient} is what a program starts. How it follows is decided by the state machine in
 * {@code protocol}; here are its sockets ({@code Exchange}, {@code StreamReader}), its disk ({@code TableFile}), what it says
 * of itself ({@code Presence}) and the words on the wire ({@link dev.lanekeeper.client.RouteJson}).
 *
 * <p><b>Threads.</b> The client owns its threads, all daemons, and publishes immutable views through one volatile field;
 * readers never block. One thread makes all steps of the protocol; sockets and disk are used on others, and their results
 * come back to it through a queue.
 */
@NullMarked
package dev.lanekeeper.client;

import org.jspecify.annotations.NullMarked;
