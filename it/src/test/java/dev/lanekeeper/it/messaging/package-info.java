/**
 * What messages cause, in frameworks of messaging: with real processes under the agent, a control plane and a broker.
 *
 * <p><b>Threads.</b> One test at a time. What the service says is taken by threads beside it, and kept in concurrent collections.
 */
@NullMarked
package dev.lanekeeper.it.messaging;

import org.jspecify.annotations.NullMarked;
