/**
 * How a data plane follows the route stream, as a state machine apart from its I/O.
 *
 * <p>{@link dev.lanekeeper.client.protocol.Protocol#step} takes a state, an event and the time, and gives the next state
 * and the effects to carry out. It is drawn there.
 *
 * <p><b>Threads.</b> None, and no clock, socket or randomness of its own: everything is a value. Whoever runs it feeds it
 * one event at a time, and carries the effects of a step out in their order before the next one.
 */
@NullMarked
package dev.lanekeeper.client.protocol;

import org.jspecify.annotations.NullMarked;
