/**
 * What people and programs say to the control plane: the documents ({@link dev.lanekeeper.api.Document}) with a strict
 * reader and a writer, the answers of its REST interface, its problems, and a client.
 *
 * <p><b>Threads.</b> Everything is immutable and may be shared. {@link dev.lanekeeper.api.ControlPlaneClient} blocks the
 * calling thread until it has an answer.
 */
@NullMarked
package dev.lanekeeper.api;

import org.jspecify.annotations.NullMarked;
