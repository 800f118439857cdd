/**
 * The control plane: REST, store, lifecycle.
 *
 * <p><b>Threads.</b> Plain blocking code on virtual threads.
 */
@NullMarked
package dev.lanekeeper.controlplane;

import org.jspecify.annotations.NullMarked;
