/**
 * One request on its way through the gateway: from who asked to who answers, and back.
 *
 * <pre>
 *   Server connection --request--&gt; Exchange --request--&gt; Client connection
 *   (who asked)       &lt;-response-- (one each) &lt;-response-- (who answers)
 * </pre>
 *
 * <p><b>Threads.</b> Both connections of an exchange are on one event loop, and so is all that happens here: no locks. Nothing blocks.
 */
@NullMarked
package dev.lanekeeper.gateway.proxy;

import org.jspecify.annotations.NullMarked;
