/**
 * {@code java.net.http}, on the JDK's side of class loading: advice that calls the shared classes, and no helpers.
 *
 * <p>A request of an overridden service gets the address of its owner as its URI, so that no connection is ever shared
 * between the baseline and a tenant. What the application sees (its URI, cookies, credentials) and what the server is told
 * (the host) is mapped back.
 *
 * <p><b>Threads.</b> The first decision is made on the thread that calls {@code send}, which may wait, or {@code sendAsync},
 * which never does. Those about redirections are made on the client's own threads and never wait.
 */
@NullMarked
package dev.lanekeeper.agent.javahttp;

import org.jspecify.annotations.NullMarked;
