/**
 * What was put aside, as people look at it.
 *
 * <p><b>Threads.</b> Whoever asks reads the broker, and waits for it.
 */
@NullMarked
package dev.lanekeeper.controlplane.quarantine;

import org.jspecify.annotations.NullMarked;
