/**
 * Who may go to a server at once, where tests and production have the same one.
 *
 * <pre>
 *   production -----------------------------------------------&gt; server
 *       | samples of its latency                                  ^
 *       v                                                         |
 *   {@link dev.lanekeeper.gateway.fairness.Steering} --limit--&gt; {@link dev.lanekeeper.gateway.fairness.Share} --turns--+
 *                                  ^
 *   canary, testing, replay --&gt; {@link dev.lanekeeper.gateway.fairness.Lines}
 * </pre>
 *
 * <p><b>Threads.</b> A share is common to all event loops: a lock of its own guards it, which nobody holds while he does anything but
 * count. Production takes it for a sample, once in 2 ms at most.
 */
@NullMarked
package dev.lanekeeper.gateway.fairness;

import org.jspecify.annotations.NullMarked;
