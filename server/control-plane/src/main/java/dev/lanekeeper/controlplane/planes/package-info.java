/**
 * Who is there: the data planes that report, and the instances of workloads under test that are announced.
 *
 * <p><b>Threads.</b> Any. Announcements change inside the store's transactions; reports are kept in memory.
 */
@NullMarked
package dev.lanekeeper.controlplane.planes;

import org.jspecify.annotations.NullMarked;
