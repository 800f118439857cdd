/**
 * The command lanekeeper.
 *
 * <p><b>Threads.</b> Plain blocking code; the main thread runs the command.
 */
@NullMarked
package dev.lanekeeper.cli;

import org.jspecify.annotations.NullMarked;
