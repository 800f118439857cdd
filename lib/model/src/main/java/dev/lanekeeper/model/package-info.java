/**
 * The words and the one rule of Lanekeeper: tenancies, the route table with its history, and whose a request or message is.
 *
 * <p>Every data plane is three steps: <em>extract</em> ({@link dev.lanekeeper.model.WireTag}, carrier to tag and stamp),
 * <em>owner</em> ({@link dev.lanekeeper.model.RouteTable}), <em>act</em> ({@link dev.lanekeeper.model.Calls},
 * {@link dev.lanekeeper.model.Messages}). All three are here, so that all data planes agree; what brings them together
 * with a client library or a socket is elsewhere.
 *
 * <p><b>Threads.</b> Everything here is immutable and may be shared, but for the reusable cursors
 * {@link dev.lanekeeper.model.WireTag} and {@code TenancyKey}, which belong to one thread. Nothing blocks but
 * {@link dev.lanekeeper.model.RouteSource#ask}.
 */
@NullMarked
package dev.lanekeeper.model;

import org.jspecify.annotations.NullMarked;
