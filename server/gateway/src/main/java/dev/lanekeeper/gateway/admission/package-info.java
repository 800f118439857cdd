/**
 * Who may bring a tenancy into the environment: by the network that he comes from, by a token that the operator gave him, or by one that is
 * signed, for certain tenancies and a short time.
 *
 * <p><b>Threads.</b> Called by any event loop; files are read on a thread of their own.
 */
@NullMarked
package dev.lanekeeper.gateway.admission;

import org.jspecify.annotations.NullMarked;
