/**
 * Follows the route stream and keeps the last route table on disk.
 *
 * <p><b>Threads.</b> The client owns its threads and publishes immutable tables through one volatile field; readers never block.
 */
@NullMarked
package dev.lanekeeper.client;

import org.jspecify.annotations.NullMarked;
