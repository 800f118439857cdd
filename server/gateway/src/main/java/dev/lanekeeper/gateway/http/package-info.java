/**
 * HTTP messages as the gateway holds them, whatever the version of the protocol that brought them: heads as bytes, with marks where
 * each field stands.
 *
 * <p><b>Threads.</b> Everything here belongs to the event loop of the connection that it came by.
 */
@NullMarked
package dev.lanekeeper.gateway.http;

import org.jspecify.annotations.NullMarked;
