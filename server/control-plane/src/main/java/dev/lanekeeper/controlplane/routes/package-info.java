/**
 * The route stream: one ordered log of changes, followed by any number of watchers, each at its own pace.
 *
 * <p><b>Threads.</b> The store publishes inside its lock; each watcher has a thread of its own, which alone waits for its
 * client. Nobody waits for a watcher.
 */
@NullMarked
package dev.lanekeeper.controlplane.routes;

import org.jspecify.annotations.NullMarked;
