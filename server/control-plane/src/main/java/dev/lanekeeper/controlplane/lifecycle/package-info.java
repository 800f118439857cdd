/**
 * The life of an override as a state machine, apart from its I/O: which {@link dev.lanekeeper.controlplane.lifecycle.Stage}
 * it is in, what must be done there, and what may come next.
 *
 * <pre>
 * intended --offsets read--&gt; measured --offsets set--&gt; placed --birth published--&gt; LIVE
 *     |                          |                       |                         |
 *     |                          +------ cancelled ------+                  end published
 *     |                                     |                                      |
 * cancelled                                 |                                   ending
 *     |                                     |                      groups empty, or deadline over
 *     |                                     |                                      |
 *     |                                     |                                    taken
 *     |                                     |                        undertaker in the groups
 *     |                                     |                                      |
 *     |                                     |                                 undertaking
 *     |                                     |                   horizon passed, closing published
 *     |                                     |                                      |
 *     |                                     |                                   closing
 *     |                                     |                   baseline knows, fence published
 *     |                                     |                                      |
 *     |                                     v                                   fenced
 *     +---&gt; ended &lt;-- groups deleted -- deleting &lt;-- undertaker at the fence --+
 * </pre>
 *
 * <p>A life of a service that nobody consumes for ends at once, with an empty fence.
 *
 * <p>Each stage stands in the ledger before what is done in it is tried, so that whoever finds it there after a crash
 * does the same again.
 *
 * <p><b>Threads.</b> Everything is immutable.
 */
@NullMarked
package dev.lanekeeper.controlplane.lifecycle;

import org.jspecify.annotations.NullMarked;
