/**
 * HTTP/2 (RFC 9113), by TLS and in clear ("prior knowledge"). Frames, flow control and the compression of heads are Netty's; each stream
 * is a channel of its own.
 *
 * <p><b>Threads.</b> Everything here belongs to the event loop of its connection.
 */
@NullMarked
package dev.lanekeeper.gateway.http2;

import org.jspecify.annotations.NullMarked;
