package dev.lanekeeper.controlplane.lifecycle;

import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.PartitionOffset;
import dev.lanekeeper.model.Residue;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One life of one override as the ledger knows it.
 *
 * @param incarnation its id
 * @param service which service it overrides
 * @param tenancy for which tenant
 * @param target what serves the tenant
 * @param residue what becomes of the records that it owned and did not process
 * @param reads the baseline's groups when it was wanted; each has a counterpart of its own
 * @param starts where the counterparts begin; empty until they are known
 * @param stage how far it is
 */
public record Life(Incarnation incarnation, ServiceName service, Tenancy tenancy, Target target, Residue residue,
    List<GroupReads> reads, List<Start> starts, Stage stage) {

  /** Copies the lists. */
  public Life {
    reads = List.copyOf(reads);
    starts = List.copyOf(starts);
  }

  /** Its entry in the route table, beginning with a revision. */
  public OverrideLife entry(long from) {
    return OverrideLife.served(incarnation, service, tenancy, from, OverrideLife.OPEN, target, places())
        .leaving(residue);
  }

  /** One place for each partition: where several groups read it, the first of theirs. */
  private List<PartitionOffset> places() {
    Map<List<Object>, PartitionOffset> places = new LinkedHashMap<>();
    for (Start start : starts) {
      places.merge(List.of(start.cluster(), start.topic(), start.partition()), start.place(),
          (a, b) -> a.offset() <= b.offset() ? a : b);
    }
    Collection<PartitionOffset> values = places.values();
    return List.copyOf(values);
  }
}
