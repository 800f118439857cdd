/**
 * What the gateway does with a request: extract (fields to tag and stamp), owner (the route table), act.
 *
 * <p><b>Threads.</b> Called by any event loop; nothing here is changed after it was made, but for the view of the table, which is one
 * volatile read.
 */
@NullMarked
package dev.lanekeeper.gateway.routing;

import org.jspecify.annotations.NullMarked;
