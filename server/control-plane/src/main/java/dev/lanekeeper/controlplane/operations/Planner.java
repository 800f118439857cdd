package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.AllowList;
import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.Document;
import dev.lanekeeper.api.EnvironmentDocument;
import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.api.ServiceDocument;
import dev.lanekeeper.api.TenantDocument;
import dev.lanekeeper.controlplane.lifecycle.GroupReads;
import dev.lanekeeper.controlplane.store.Catalog;
import dev.lanekeeper.controlplane.store.RegisteredTenant;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.Residue;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Makes a plan of documents, or says what is wrong with them. Pure. */
final class Planner {

  private final Catalog kept;
  private final Catalog wanted;
  private final AllowList allowList;

  private Planner(Catalog kept, Catalog wanted) {
    this.kept = kept;
    this.wanted = wanted;
    this.allowList = AllowList.of(wanted.environment().redirects());
  }

  /**
   * Makes a plan.
   *
   * @throws ProblemException if the documents do not fit each other, or what is kept
   */
  static ApplyPlan plan(Catalog kept, List<Document> documents) {
    refuseTwice(documents);
    Map<ServiceName, ServiceDocument> services = new HashMap<>(kept.services());
    Map<String, ClusterDocument> clusters = new HashMap<>(kept.clusters());
    EnvironmentDocument environment = kept.environment();
    List<Document> differing = new ArrayList<>();
    List<TenantDocument> tenants = new ArrayList<>();
    for (Document document : documents) {
      boolean same = switch (document) {
        case ServiceDocument service -> service.equals(services.put(service.name(), service));
        case ClusterDocument cluster -> cluster.equals(clusters.put(cluster.name(), cluster));
        case EnvironmentDocument only -> {
          // One like what holds without any says something, too: that this held, whatever is applied later.
          boolean equal = only.equals(environment) && kept.table().hasEnvironment();
          environment = only;
          yield equal;
        }
        case TenantDocument tenant -> tenants.add(tenant);
      };
      if (!same) {
        differing.add(document);
      }
    }
    Catalog wanted =
        new Catalog(kept.table(), services, clusters, environment, kept.tenants(), kept.inventory(),
            kept.announcements());
    Planner planner = new Planner(kept, wanted);
    planner.checkServices(differing);
    return new ApplyPlan(differing, tenants.stream().map(planner::tenant).toList());
  }

  private static void refuseTwice(List<Document> documents) {
    Set<String> seen = new HashSet<>();
    for (Document document : documents) {
      if (!seen.add(document.kind() + " " + document.key())) {
        throw ProblemCode.DOCUMENT_INVALID.exception(document.kind() + " " + document.key(),
            document.kind() + " " + document.key() + " stands twice in one request (expected: once)",
            "leave one of them out; nothing was changed");
      }
    }
  }

  private void checkServices(List<Document> differing) {
    Map<String, ServiceName> hosts = new TreeMap<>();
    for (ServiceDocument service : wanted.services().values()) {
      for (String host : service.hosts()) {
        ServiceName other = hosts.putIfAbsent(host, service.name());
        if (other != null && !other.equals(service.name())) {
          throw ProblemCode.HOST_TAKEN.exception("hosts",
              host + ": named by service " + other + " and by service " + service.name() + " (expected: one of them)",
              "give each service hosts of its own, with ports where they share a name");
        }
      }
    }
    for (Document document : differing) {
      if (document instanceof ServiceDocument service && !service.consumes().isEmpty()) {
        refuseWhereRedirected(service);
      }
    }
  }

  private void refuseWhereRedirected(ServiceDocument service) {
    for (Tenancy tenancy : kept.tenants().keySet()) {
      OverrideLife life = kept.table().override(service.name(), tenancy);
      if (life != null && !(life.target() instanceof Target.Workload)) {
        throw cannotConsume("consumes", service.name(), tenancy, life.target());
      }
    }
  }

  private ProblemException cannotConsume(String field, ServiceName service, Tenancy tenancy, Target target) {
    String kind = target instanceof Target.Mock ? "mock" : "redirect";
    return ProblemCode.OVERRIDE_CANNOT_CONSUME.exception(field,
        service + " consumes messages, and a " + kind + " of tenant " + tenancy
            + " cannot take them (expected: a workload override): " + Consumption.sources(wanted, service),
        "override " + service + " with {workload: {}} and start a workload for it; or, if it does not consume, take "
            + "consumes out of its document, or forget what was reported: lanekeeper delete --service " + service);
  }

  private ApplyPlan.TenantPlan tenant(TenantDocument document) {
    RegisteredTenant registered = kept.tenants().get(document.tenancy());
    List<ApplyPlan.Birth> births = new ArrayList<>();
    List<OverrideLife> deaths = new ArrayList<>();
    document.overrides().forEach((service, target) -> {
      OverrideLife life = registered == null ? null : kept.table().override(service, document.tenancy());
      if (life != null && life.target().equals(target)) {
        return;
      }
      if (life != null) {
        deaths.add(life);
      }
      births.add(birth(document, service, target));
    });
    if (registered != null) {
      kept.table().overrides(document.tenancy()).stream()
          .filter(life -> life.to() == OverrideLife.OPEN && !document.overrides().containsKey(life.service()))
          .forEach(deaths::add);
    }
    boolean differs = registered == null || !registered.document().equals(document);
    return new ApplyPlan.TenantPlan(document, registered == null, differs, births, deaths);
  }

  private ApplyPlan.Birth birth(TenantDocument document, ServiceName service, Target target) {
    Tenancy tenancy = document.tenancy();
    Residue residue = document.residue() == null ? wanted.environment().usualResidue() : document.residue();
    String field = "overrides." + service;
    if (!wanted.knows(service)) {
      throw ProblemCode.SERVICE_UNKNOWN.exception(field,
          service + ": no such service (expected: one of " + wanted.serviceNames() + ")",
          "correct the name, apply a Service document, or start the service under Lanekeeper once");
    }
    Consumption consumption = Consumption.of(wanted, service);
    if (!(target instanceof Target.Workload)) {
      if (consumption.isAny()) {
        throw cannotConsume(field, service, tenancy, target);
      }
      if (target instanceof Target.Mock && wanted.environment().mocks() == null) {
        throw ProblemCode.MOCKS_UNAVAILABLE.exception(field + ".mock",
            "no gateway serves mocks (expected: one, named by mocks of the Environment document)",
            "start one, lanekeeper gateway --mocks 127.0.0.1:7480, and apply an Environment document with "
                + "mocks: http://127.0.0.1:7480");
      }
      if (target instanceof Target.Redirect redirect && !allowList.allows(redirect.address())) {
        throw ProblemCode.REDIRECT_NOT_ALLOWED.exception(field + ".redirect",
            redirect.address() + ": outside the allow-list (expected: one of " + wanted.environment().redirects() + ")",
            "add its host, with the port, to redirects.allow of the Environment document");
      }
      return new ApplyPlan.Birth(tenancy, service, target, residue, List.of());
    }
    if (!consumption.unknown().isEmpty()) {
      GroupReads unknown = consumption.unknown().get(0);
      throw ProblemCode.CLUSTER_UNKNOWN.exception(field,
          service + " consumes " + unknown.topics() + " in group " + unknown.group() + " on " + unknown.cluster()
              + ", of which no Cluster document tells (expected: one with these bootstrap servers)",
          "apply a Cluster document: {kind: Cluster, name: default, bootstrap: \"" + unknown.cluster() + "\"}");
    }
    consumption.reads().forEach(reads -> requireName(field, service, reads.group()));
    if (residue == Residue.REDELIVER) {
      consumption.reads().forEach(reads -> requireHandovers(service, reads));
    }
    return new ApplyPlan.Birth(tenancy, service, target, residue, consumption.reads());
  }

  /** By its name a group is known to be of an override, or of what is handed over. */
  private static void requireName(String field, ServiceName service, String group) {
    if (RedeliveredRecord.isGroup(group) || Incarnation.ofGroup(group) != null) {
      throw ProblemCode.GROUP_UNFIT.exception(field,
          service + " consumes in group " + group
              + ", a name that Lanekeeper gives (expected: one that does not end with "
              + RedeliveredRecord.groupFor("") + " or " + Incarnation.GROUP_INFIX + "NAME)",
          "name the group otherwise, and forget the one that was reported: lanekeeper delete --service " + service);
    }
  }

  private void requireHandovers(ServiceName service, GroupReads reads) {
    for (String topic : reads.topics()) {
      if (!Consumption.takesHandovers(wanted, service, "", reads.group(), topic)) {
        throw ProblemCode.RESIDUE_UNFIT.exception("residue",
            "redeliver: a process of the baseline of "
                + service + " in group " + reads.group() + " reads " + topic + ", but nothing that is handed over"
                + " (expected: consumers that subscribe, are none of Kafka Streams, and may read in group "
                + reads.group() + ".redelivered)",
            "apply the tenant with residue: quarantine, or discard; if no process is such any more, forget what was reported,"
                + " lanekeeper delete --service " + service);
      }
    }
  }
}
