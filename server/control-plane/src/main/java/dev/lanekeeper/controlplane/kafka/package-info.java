/**
 * What the control plane asks of Kafka clusters: who is in a group, where it stands, and the life and death of groups.
 *
 * <p><b>Threads.</b> Any; every call blocks until it is answered or its patience is over.
 */
@NullMarked
package dev.lanekeeper.controlplane.kafka;

import org.jspecify.annotations.NullMarked;
