/**
 * The gateway: at the edge of the environment, and beside services in other languages. A request is read, its owner is asked for, and it
 * is passed on, or refused.
 *
 * <p><b>Threads.</b> Event loops, one connection on one of them for its life; nothing on them blocks.
 */
@NullMarked
package dev.lanekeeper.gateway;

import org.jspecify.annotations.NullMarked;
