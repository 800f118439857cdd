/**
 * The REST interface and the route stream under {@code /v1}. Every error is {@code application/problem+json} with a stable
 * code, the field and a next step.
 *
 * <p><b>Threads.</b> One virtual thread for each request; handlers block.
 */
@NullMarked
package dev.lanekeeper.controlplane.rest;

import org.jspecify.annotations.NullMarked;
