package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.Applied;
import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.Deleted;
import dev.lanekeeper.api.Document;
import dev.lanekeeper.api.EnvironmentDocument;
import dev.lanekeeper.api.ServiceDocument;
import dev.lanekeeper.api.TenantDocument;
import dev.lanekeeper.controlplane.lifecycle.Stage;
import dev.lanekeeper.controlplane.store.Ledger;
import dev.lanekeeper.controlplane.store.RegisteredTenant;
import dev.lanekeeper.controlplane.store.Transaction;
import dev.lanekeeper.model.Handover;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.TenantLife;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes plans and ends into one transaction: documents, the route table, the ledger. */
final class Publication {

  private final Duration drainDeadline;

  Publication(Duration drainDeadline) {
    this.drainDeadline = drainDeadline;
  }

  /**
   * Publishes a plan whose lives are placed.
   *
   * @param operation null where the plan changes no tenant
   */
  Applied publish(Transaction transaction, List<Document> documents, ApplyPlan plan, @Nullable String operation) {
    plan.documents().forEach(document -> keep(transaction, document));
    Map<Tenancy, ApplyPlan.TenantPlan> tenants = new HashMap<>();
    plan.tenants().forEach(tenant -> tenants.put(tenant.document().tenancy(), tenant));
    if (operation != null && plan.tenants().stream().anyMatch(ApplyPlan.TenantPlan::publishes)) {
      transaction.ledger().step(operation, null, "publish", "revision " + transaction.revision());
      transaction.ledger().published(operation, transaction.revision());
    }
    plan.tenants().forEach(tenant -> publish(transaction, tenant, operation));
    if (operation != null) {
      begin(transaction, operation);
      if (!transaction.ledger().isDying(operation)) {
        transaction.ledger().done(operation);
      }
    }
    return applied(transaction, documents, plan, tenants, operation);
  }

  private static void keep(Transaction transaction, Document document) {
    transaction.put(document);
    switch (document) {
      case ServiceDocument service -> {
        Service present = transaction.catalog().table().service(service.name());
        Service wanted = service.service();
        for (Handover handover : present == null ? List.<Handover>of() : present.handovers()) {
          wanted = wanted.with(handover);
        }
        if (!wanted.equals(present)) {
          transaction.revision();
          transaction.publish(wanted);
        }
      }
      case EnvironmentDocument environment -> transaction.publish(environment.environment(transaction.revision()));
      case ClusterDocument _ -> {
        // Only the control plane needs to know.
      }
      case TenantDocument _ -> throw new IllegalArgumentException("a tenant is registered, not kept");
    }
  }

  private void publish(Transaction transaction, ApplyPlan.TenantPlan plan, @Nullable String operation) {
    TenantDocument document = plan.document();
    RegisteredTenant before = transaction.catalog().tenants().get(document.tenancy());
    long from = before == null ? transaction.revision() : before.from();
    Duration ttl = document.ttl();
    Long expiresAt = ttl == null ? null : transaction.nowMillis() + ttl.toMillis();
    if (plan.differs() || expiresAt != null) {
      transaction.put(new RegisteredTenant(document, from, expiresAt));
    }
    if (before == null) {
      transaction.publish(new TenantLife(document.tenancy(), from, OverrideLife.OPEN));
    }
    if (operation != null) {
      plan.deaths().forEach(life -> end(transaction, life, operation));
    }
  }

  /** Puts every life of an operation into the route table. */
  private static void begin(Transaction transaction, String operation) {
    for (Ledger.Entry entry : transaction.ledger().bornOf(operation)) {
      Stage stage = entry.life().stage();
      Stage.Live live = switch (stage) {
        case Stage.Placed placed -> placed.published();
        // Nothing to ask of a broker: measured and placed at once.
        case Stage.Intended intended when entry.life().reads().isEmpty() ->
          intended.measured(List.of()).placed().published();
        case Stage.Intended _,Stage.Measured _,Stage.Live _,Stage.Ending _,Stage.Taken _,Stage.Undertaking _,Stage.Closing _,Stage.Fenced _,Stage.Deleting _,Stage.Ended _ ->
          throw new IllegalStateException("not placed: " + entry.life());
      };
      if (!transaction.ledger().move(entry.life().incarnation(), stage, live)) {
        throw Births.cancelled();
      }
      transaction.publish(entry.life().entry(transaction.revision()));
    }
  }

  private void end(Transaction transaction, OverrideLife life, String operation) {
    OverrideLife ended = life.endedAt(transaction.revision());
    Ledger.Entry entry = transaction.ledger().entry(life.incarnation());
    if (entry == null || !(entry.life().stage() instanceof Stage.Live live)) {
      throw new IllegalStateException("not live in the ledger: " + life.incarnation());
    }
    long now = transaction.nowMillis();
    boolean drains = Deaths.mayHaveGroups(transaction.catalog(), entry);
    // Who consumes for this service from now on has asked for the table first, and finds the end in it.
    transaction.publish(drains ? ended : ended.fencedAt(List.of()));
    transaction.ledger().dying(life.incarnation(), operation);
    transaction.ledger().step(operation, life.incarnation(), "end",
        life.service() + " at revision " + transaction.revision() + (drains ? "" : "; it has no consumer group"));
    transaction.ledger().move(life.incarnation(), live,
        drains ? live.ended(now, now + drainDeadline.toMillis()) : live.ended());
    if (!drains) {
      transaction.forgetReadings(life.incarnation().id());
    }
  }

  /** Ends a tenant with all its overrides; {@code tenant} is null where it was never published. */
  Deleted end(Transaction transaction, Tenancy tenancy, @Nullable RegisteredTenant tenant, String operation) {
    if (tenant != null) {
      transaction.publish(new TenantLife(tenancy, tenant.from(), transaction.revision()));
      transaction.remove(tenancy);
      for (OverrideLife life : transaction.catalog().table().overrides(tenancy)) {
        if (life.to() == OverrideLife.OPEN) {
          end(transaction, life, operation);
        }
      }
      transaction.ledger().published(operation, transaction.revision());
    }
    if (!transaction.ledger().isDying(operation)) {
      transaction.ledger().done(operation);
    }
    return new Deleted(tenancy.text(), transaction.newestRevision(), operation);
  }

  /** What an operation did, as somebody else published it. */
  static Applied applied(List<Document> documents, String operation, long revision) {
    return new Applied(documents.stream().map(document -> new Applied.Result(document.kind(), name(document), revision,
        document instanceof TenantDocument ? operation : null, true)).toList());
  }

  private static String name(Document document) {
    return document instanceof ServiceDocument service ? service.name().text() : document.key();
  }

  private static Applied applied(Transaction transaction, List<Document> documents, ApplyPlan plan,
      Map<Tenancy, ApplyPlan.TenantPlan> tenants, @Nullable String operation) {
    List<Applied.Result> results = new ArrayList<>();
    for (Document document : documents) {
      ApplyPlan.TenantPlan tenant = document instanceof TenantDocument wanted ? tenants.get(wanted.tenancy()) : null;
      boolean changed = tenant == null ? plan.documents().contains(document) : tenant.publishes() || tenant.differs();
      results.add(new Applied.Result(document.kind(), name(document), transaction.newestRevision(),
          tenant != null && changed ? operation : null, changed));
    }
    return new Applied(results);
  }
}
