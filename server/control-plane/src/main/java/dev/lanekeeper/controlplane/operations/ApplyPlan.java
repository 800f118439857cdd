package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.Document;
import dev.lanekeeper.api.TenantDocument;
import dev.lanekeeper.controlplane.lifecycle.GroupReads;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.Residue;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import java.util.List;

/**
 * What applying documents comes to: only differences. Two plans that are equal do the same.
 *
 * @param documents those that are not tenants and differ from what is kept
 * @param tenants one for each Tenant document
 */
record ApplyPlan(List<Document> documents, List<TenantPlan> tenants) {

  ApplyPlan {
    documents = List.copyOf(documents);
    tenants = List.copyOf(tenants);
  }

  /**
   * What becomes of one tenant.
   *
   * @param document as it is to be
   * @param isNew whether it is not registered
   * @param differs whether it is not what is kept
   * @param births overrides that begin
   * @param deaths overrides that end
   */
  record TenantPlan(TenantDocument document, boolean isNew, boolean differs, List<Birth> births,
      List<OverrideLife> deaths) {

    TenantPlan {
      births = List.copyOf(births);
      deaths = List.copyOf(deaths);
    }

    /** Whether the route table changes. */
    boolean publishes() {
      return isNew || !births.isEmpty() || !deaths.isEmpty();
    }
  }

  /** An override that begins. */
  record Birth(Tenancy tenancy, ServiceName service, Target target, Residue residue, List<GroupReads> reads) {

    Birth {
      reads = List.copyOf(reads);
    }
  }

  /** Every override that begins. */
  List<Birth> births() {
    return tenants.stream().flatMap(tenant -> tenant.births().stream()).toList();
  }

  /** Whether a ledger entry is needed. */
  boolean changesTenants() {
    return tenants.stream().anyMatch(tenant -> tenant.publishes() || tenant.differs());
  }

  /** Whether the broker must be asked before anything can be published. */
  boolean asksBroker() {
    return births().stream().anyMatch(birth -> !birth.reads().isEmpty());
  }
}
