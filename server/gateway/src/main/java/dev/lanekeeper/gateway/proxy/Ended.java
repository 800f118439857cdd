package dev.lanekeeper.gateway.proxy;

import dev.lanekeeper.gateway.http.RequestHead;
import dev.lanekeeper.gateway.routing.Peer;
import dev.lanekeeper.model.Tag;

/**
 * A request that is over.
 *
 * @param peer who sent it
 * @param head what it asked for; belongs to the event loop, and is another's when the observer has returned
 * @param tag with which it went on, or was refused; {@link Tag#NONE}: untagged
 * @param status of the response; 0: none was begun, since its sender was gone or what should have answered broke off
 * @param whole whether the response was sent to its end, as far as the gateway can tell
 * @param reason what was decided about it, by the name of a counter's reason
 * @param to where it went; empty: nowhere, or it was answered here
 * @param beganMillis when its head was read, in ms since 1970
 * @param tookNanos from then to its end; of what became a tunnel, to the tunnel's end
 */
public record Ended(Peer peer, RequestHead head, Tag tag, int status, boolean whole, String reason, String to,
    long beganMillis, long tookNanos) {}
