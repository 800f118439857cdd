package dev.lanekeeper.simulation;

import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.Environment;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.TenantLife;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All that was ever published, also what is forgotten by now. */
final class History {

  private final Map<String, TenantLife> tenants = new LinkedHashMap<>();
  private final Map<String, OverrideLife> overrides = new LinkedHashMap<>();
  private final List<Environment> environments = new ArrayList<>();
  private final List<Long> floors = new ArrayList<>();

  History(List<Change> log) {
    for (Change change : log) {
      change.tenants().forEach(life -> tenants.put(life.tenancy() + " " + life.from(), life));
      change.overrides().forEach(life -> overrides.put(life.incarnation().id(), life));
      Environment environment = change.environment();
      if (environment != null) {
        environments.add(environment);
      }
      if (change.floor() > 0) {
        floors.add(change.floor());
      }
    }
  }

  List<TenantLife> tenants() {
    return List.copyOf(tenants.values());
  }

  List<OverrideLife> overrides() {
    return List.copyOf(overrides.values());
  }

  List<Environment> environments() {
    return environments;
  }

  /** Below which there was no history in tables, one after the other. */
  List<Long> floors() {
    return floors;
  }

  /** The last of these. */
  long floor() {
    return floors.isEmpty() ? 0 : floors.getLast();
  }
}
