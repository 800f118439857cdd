/**
 * The life of an override as a state machine, apart from its I/O: which {@link dev.lanekeeper.controlplane.lifecycle.Stage}
 * it is in, what must be done there, and what may come next.
 *
 * <pre>
 * intended --offsets read--&gt; measured --offsets set--&gt; placed --birth published--&gt; LIVE --end published--&gt; ending
 *     |                          |                       |                                                   |
 * cancelled                      +------- cancelled -----+--------------------&gt; deleting &lt;------- drained ---+
 *     |                                                                             |
 *     |                                                                       groups deleted
 *     |                                                                             |
 *     +-----------------------------------------------------------------------------+--&gt; ended
 * </pre>
 *
 * <p>Each stage stands in the ledger before what is done in it is tried, so that whoever finds it there after a crash
 * does the same again.
 *
 * <p><b>Threads.</b> Everything is immutable.
 */
@NullMarked
package dev.lanekeeper.controlplane.lifecycle;

import org.jspecify.annotations.NullMarked;
