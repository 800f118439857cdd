/**
 * What happens without the control plane, with real processes: the control plane, the demo's services under the agent, and
 * a broker.
 *
 * <p><b>Threads.</b> One test at a time. Traffic, documents and the watcher run beside it on threads of their own, and tell what
 * they saw through concurrent collections.
 */
@NullMarked
package dev.lanekeeper.it.outage;

import org.jspecify.annotations.NullMarked;
