/**
 * What the control plane knows, on disk: the log of changes, documents, the ledger of operations, what data planes
 * reported.
 *
 * <p>A {@link dev.lanekeeper.controlplane.store.Store} has one writer at a time. A revision is a counter row raised
 * inside the writing transaction, and its time is read while the lock is held; so is the time of every answer to "what is
 * current": no writer can stand between reading the clock and seeing his change.
 *
 * <p>{@link dev.lanekeeper.controlplane.store.SqliteStore} keeps all of it in one file, for one control plane.
 *
 * <p><b>Threads.</b> Any; transactions wait for each other.
 */
@NullMarked
package dev.lanekeeper.controlplane.store;

import org.jspecify.annotations.NullMarked;
