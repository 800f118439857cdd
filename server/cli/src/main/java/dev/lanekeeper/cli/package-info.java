/**
 * The command {@code lanekeeper}: one class for each subcommand. A command asks the control plane, then prints what it was
 * told, as a table for people or as JSON for scripts.
 *
 * <p>{@code docs/reference/cli.md} has every option and exit code.
 *
 * <p><b>Threads.</b> The main thread runs the command, blocking. What must happen at Ctrl-C or SIGTERM runs in a shutdown
 * hook.
 */
@NullMarked
package dev.lanekeeper.cli;

import org.jspecify.annotations.NullMarked;
