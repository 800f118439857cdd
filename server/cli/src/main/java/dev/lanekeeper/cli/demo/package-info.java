/**
 * {@code lanekeeper demo}: a small environment on this machine, all of it real, and what Lanekeeper does in it.
 *
 * <p>{@link dev.lanekeeper.cli.demo.Demo} starts the {@link dev.lanekeeper.cli.demo.Town} (broker, control plane, services) and
 * takes the {@link dev.lanekeeper.cli.demo.Steps}; what it sees is read from the outside: from the services' answers and the
 * broker. {@link dev.lanekeeper.cli.demo.Checks} keeps the score.
 *
 * <p><b>Threads.</b> One thread walks through the steps; virtual threads send requests side by side. A shutdown hook ends
 * the children, so that Ctrl-C leaves nothing behind.
 */
@NullMarked
package dev.lanekeeper.cli.demo;

import org.jspecify.annotations.NullMarked;
