/**
 * HTTP/1.1 (RFC 9112), read strictly: what a lenient reader might take for something else is refused, and a head is written anew from what
 * was understood.
 *
 * <p><b>Threads.</b> Everything here belongs to the event loop of its connection.
 */
@NullMarked
package dev.lanekeeper.gateway.http1;

import org.jspecify.annotations.NullMarked;
