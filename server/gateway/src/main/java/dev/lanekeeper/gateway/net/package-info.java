/**
 * Sockets: listeners, event loops, and the connections to servers that each loop keeps.
 *
 * <p><b>Threads.</b> What belongs to a loop is used by that loop alone.
 */
@NullMarked
package dev.lanekeeper.gateway.net;

import org.jspecify.annotations.NullMarked;
