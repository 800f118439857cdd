package dev.lanekeeper.cli;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.DataPlaneInfo;
import dev.lanekeeper.api.EnvironmentDocument;
import dev.lanekeeper.api.OperationInfo;
import dev.lanekeeper.api.PlainText;
import dev.lanekeeper.api.ServiceInfo;
import dev.lanekeeper.api.TenantInfo;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What {@code get} shows: a table for people, JSON for scripts.
 *
 * @param table a row for each
 * @param details lines under the table where only one is shown
 * @param all all of it as JSON
 * @param one the first of it as JSON; used where one was asked for by name
 */
record Listing(Table table, List<String> details, Supplier<String> all, Supplier<String> one) {

  /** As JSON: an array, or the one that was asked for. */
  String json(boolean single) {
    return single ? one.get() : all.get();
  }

  private static Listing of(Table table, List<?> items, List<String> details) {
    return new Listing(table, details, () -> Json.of((Object) items), () -> Json.of(items.getFirst()));
  }

  static Listing tenants(List<TenantInfo> tenants) {
    var table = new Table(List.of("TENANCY", "OVERRIDES", "READY", "FROM", "EXPIRES", "LABELS"));
    for (TenantInfo tenant : tenants) {
      table.add(List.of(tenant.tenancy(),
          tenant.overrides().stream().map(TenantInfo.LiveOverride::service).collect(Collectors.joining(", ")),
          tenant.overrides().stream().allMatch(TenantInfo.LiveOverride::ready) ? "yes" : "no", "" + tenant.from(),
          time(tenant.expiresAtMillis()), labels(tenant)));
    }
    return of(table, tenants, tenants.isEmpty() ? List.of() : details(tenants.getFirst()));
  }

  private static String labels(TenantInfo tenant) {
    return tenant.labels().entrySet().stream().map(label -> label.getKey() + "=" + label.getValue()).sorted()
        .collect(Collectors.joining(", "));
  }

  private static List<String> details(TenantInfo tenant) {
    return tenant.overrides().isEmpty() ? List.of() : routes(List.of(tenant)).withGap();
  }

  private List<String> withGap() {
    return java.util.stream.Stream.concat(java.util.stream.Stream.of(""), table.lines().stream()).toList();
  }

  static Listing routes(List<TenantInfo> tenants) {
    var table = new Table(List.of("SERVICE", "TENANCY", "OWNER", "INCARNATION", "ADDRESSES", "GROUPS", "READY"));
    for (TenantInfo tenant : tenants) {
      for (TenantInfo.LiveOverride override : tenant.overrides()) {
        table.add(List.of(override.service(), tenant.tenancy(), override.kind(), override.incarnation(),
            String.join(", ", override.addresses()), String.join(", ", override.groups()),
            override.ready() ? "yes" : "no"));
      }
    }
    return of(table, tenants, List.of());
  }

  static Listing services(List<ServiceInfo> services) {
    var table = new Table(List.of("SERVICE", "HOSTS", "CONSUMES", "FROM"));
    for (ServiceInfo service : services) {
      table.add(List.of(service.name(), String.join(", ", service.hosts()) + (service.outside() ? " (outside)" : ""),
          service.consumes().stream()
              .map(one -> String.join(", ", one.topics()) + " as " + one.group() + " on " + one.cluster())
              .collect(Collectors.joining("; ")),
          service.documented() ? "document" : "data planes"));
    }
    return of(table, services, List.of());
  }

  static Listing clusters(List<ClusterDocument> clusters) {
    var table = new Table(List.of("CLUSTER", "BOOTSTRAP", "PROPERTIES"));
    for (ClusterDocument cluster : clusters) {
      table.add(List.of(cluster.name(), cluster.bootstrap(), String.join(", ", cluster.properties().keySet())));
    }
    return new Listing(table, List.of(), () -> Json.of(clusters), () -> Json.of(clusters.getFirst()));
  }

  static Listing environment(EnvironmentDocument environment) {
    var table = new Table(List.of("PROFILE", "UNREGISTERED", "ENDED", "SUFFIXES", "HEADERS"));
    table.add(
        List.of(environment.profile(), lower(environment.policy().unregistered()), lower(environment.policy().ended()),
            String.join(", ", environment.suffixes()), String.join(", ", environment.names().headers())));
    return new Listing(table, List.of(), () -> Json.of(environment), () -> Json.of(environment));
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(java.util.Locale.ROOT);
  }

  static Listing operations(List<OperationInfo> operations) {
    var table = new Table(List.of("OPERATION", "KIND", "STATE", "TENANCIES", "REVISION", "SINCE", "WAITS FOR"));
    for (OperationInfo operation : operations) {
      table.add(List.of(operation.id(), operation.kind(), operation.state(), String.join(", ", operation.tenancies()),
          operation.revision() == null ? "" : "" + operation.revision(), time(operation.createdAtMillis()),
          waitsFor(operation)));
    }
    return of(table, operations, operations.isEmpty() ? List.of() : steps(operations.getFirst()));
  }

  /** What its last step says that it waits for; empty where it does not. */
  private static String waitsFor(OperationInfo operation) {
    OperationInfo.Step last = operation.steps().isEmpty() ? null : operation.steps().getLast();
    return last != null && last.step().equals("waiting") ? last.detail() : "";
  }

  private static List<String> steps(OperationInfo operation) {
    return operation.steps().stream().map(step -> "  " + time(step.atMillis()) + "  " + step.step()
        + (step.incarnation() == null ? "" : " " + step.incarnation()) + "  "
        + PlainText.shown(step.detail())).toList();
  }

  static Listing dataPlanes(List<DataPlaneInfo> dataPlanes) {
    return of(dataPlaneTable(dataPlanes), dataPlanes,
        dataPlanes.isEmpty() ? List.of() : counters(dataPlanes.getFirst()));
  }

  static Table dataPlaneTable(List<DataPlaneInfo> dataPlanes) {
    var table =
        new Table(List.of("SERVICE", "TENANCY", "REVISION", "BEHIND", "TABLE AGE", "HEARD", "VERSION", "PROCESS",
            "GROUPS", "ID"));
    for (DataPlaneInfo plane : dataPlanes) {
      var report = plane.report();
      String tenancy = report.tenancy();
      table.add(List.of(report.service(), tenancy == null ? "-" : tenancy, "" + report.revision(), "" + plane.behind(),
          age(plane.tableAgeMillis()), plane.ageMillis() + " ms ago", report.version(),
          report.pid() + "@" + report.host(),
          report.consumers().stream().map(consumer -> consumer.group() == null ? "none" : consumer.group()).distinct()
              .collect(Collectors.joining(", ")),
          plane.id()));
    }
    return table;
  }

  /** How old a table is; unknown where nobody has confirmed it. */
  private static String age(@Nullable Long millis) {
    return millis == null ? "unknown" : millis < 10_000 ? millis + " ms" : millis / 1_000 + " s";
  }

  private static List<String> counters(DataPlaneInfo plane) {
    return plane.report().counters().entrySet().stream().sorted(java.util.Map.Entry.comparingByKey())
        .map(counter -> "  " + PlainText.shown(counter.getKey()) + " " + counter.getValue()).toList();
  }

  private static String time(@Nullable Long millis) {
    return millis == null ? "never" : Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
