package dev.lanekeeper.simulation;

import dev.lanekeeper.model.RouteTable;
import org.jspecify.annotations.Nullable;

/** Where a data plane keeps its last table, over the deaths of its processes. */
final class Disk {

  @Nullable RouteTable table;
}
