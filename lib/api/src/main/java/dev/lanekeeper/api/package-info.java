/**
 * The documents that users write and the REST client that sends them.
 *
 * <p><b>Threads.</b> Documents are immutable. The REST client blocks its caller.
 */
@NullMarked
package dev.lanekeeper.api;

import org.jspecify.annotations.NullMarked;
