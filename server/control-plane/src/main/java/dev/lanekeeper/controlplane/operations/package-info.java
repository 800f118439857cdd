/**
 * What the control plane does when somebody wants something: documents become a plan, a plan becomes births and deaths,
 * each step in the ledger before it is tried.
 *
 * <p><b>Threads.</b> Blocking code on virtual threads. Operations on one tenancy run one after the other; births ask the
 * broker outside the store's lock.
 */
@NullMarked
package dev.lanekeeper.controlplane.operations;

import org.jspecify.annotations.NullMarked;
