/**
 * The control plane: documents become a route table that data planes follow.
 *
 * <pre>
 * rest -&gt; operations -&gt; lifecycle (pure)
 *   |          |  \
 *   |          |   +--&gt; kafka (consumer groups)
 *   v          v
 * routes &lt;-- store (log, documents, ledger) &lt;-- planes (who reports, who is announced)
 * </pre>
 *
 * <p><b>Threads.</b> Plain blocking code on virtual threads. The store's lock orders all changes; nobody asks a broker,
 * or writes to a watcher, while it is held.
 */
@NullMarked
package dev.lanekeeper.controlplane;

import org.jspecify.annotations.NullMarked;
