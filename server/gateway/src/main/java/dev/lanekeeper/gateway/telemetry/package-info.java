/**
 * What operators see of the gateway's traffic: metrics by class of traffic, and a log of requests.
 *
 * <p><b>Threads.</b> Event loops report, and never wait; who reads and writes has threads of its own.
 */
@NullMarked
package dev.lanekeeper.gateway.telemetry;

import org.jspecify.annotations.NullMarked;
