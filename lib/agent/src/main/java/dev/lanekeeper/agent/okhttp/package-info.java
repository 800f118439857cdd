/**
 * OkHttp 3 to 5, on the application's side of class loading: advice with helpers in the application's own loader, which call
 * the shared classes.
 *
 * <p>A call of an overridden service keeps its URL; only the address of its connection changes: its sockets go to the
 * owner. So the host, cookies, credentials, server name and certificate check stay those of the application's URL. Connections are
 * pooled by address, and that of a routed call equals no other's but those of the same owner.
 *
 * <p><b>Threads.</b> Decisions are made on the thread that executes the call: the caller's, or one of OkHttp's dispatcher.
 * Both may wait.
 */
@NullMarked
package dev.lanekeeper.agent.okhttp;

import org.jspecify.annotations.NullMarked;
