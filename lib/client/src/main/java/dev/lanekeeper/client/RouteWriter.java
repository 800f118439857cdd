package dev.lanekeeper.client;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.Environment;
import dev.lanekeeper.model.Handover;
import dev.lanekeeper.model.Instances;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.PartitionOffset;
import dev.lanekeeper.model.Policy;
import dev.lanekeeper.model.RevisionLog;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.TenantLife;
import dev.lanekeeper.model.WireNames;
import java.io.IOException;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes tables, their entries in the order of their keys, and changes. */
final class RouteWriter {

  private final JsonGenerator out;

  RouteWriter(JsonGenerator out) {
    this.out = out;
  }

  /** Writes one entry. */
  @FunctionalInterface
  private interface Entry<T> {
    void write(T entry) throws IOException;
  }

  void table(RouteTable table, long asOfMillis) throws IOException {
    RouteTable.Content content = table.content();
    out.writeStartObject();
    out.writeNumberField("revision", table.revision());
    out.writeNumberField("asOf", asOfMillis);
    out.writeNumberField("floor", content.floor());
    revisions(content.log());
    array("environments", content.environments(), this::environment);
    entries(sorted(content.services(), Comparator.comparing(Service::name)),
        sorted(content.tenants(), Comparator.comparing(TenantLife::tenancy).thenComparingLong(TenantLife::from)),
        sorted(content.overrides(), Comparator.comparing(OverrideLife::tenancy).thenComparingLong(OverrideLife::from)
            .thenComparing(life -> life.incarnation().id())),
        sorted(content.instances(), Comparator.comparing(entry -> entry.incarnation().id())));
    out.writeEndObject();
  }

  void change(Change change) throws IOException {
    out.writeStartObject();
    out.writeNumberField("revision", change.revision());
    out.writeStringField("seal", Stamp.sealText(change.seal()));
    out.writeNumberField("time", change.commitMillis());
    Environment environment = change.environment();
    if (environment != null) {
      out.writeFieldName("environment");
      environment(environment);
    }
    if (change.floor() > 0) {
      out.writeNumberField("floor", change.floor());
    }
    array("removedServices", change.removedServices(), this::name);
    entries(change.services(), change.tenants(), change.overrides(), change.instances());
    out.writeEndObject();
  }

  private void entries(List<Service> services, List<TenantLife> tenants, List<OverrideLife> overrides,
      List<Instances> instances) throws IOException {
    array("services", services, this::service);
    array("tenants", tenants, this::tenant);
    array("overrides", overrides, this::override);
    array("instances", instances, this::instances);
  }

  private static <T> List<T> sorted(List<T> list, Comparator<T> order) {
    return list.stream().sorted(order).toList();
  }

  private <T> void array(String field, List<T> list, Entry<T> entry) throws IOException {
    out.writeArrayFieldStart(field);
    for (T element : list) {
      entry.write(element);
    }
    out.writeEndArray();
  }

  private void texts(String field, List<String> list) throws IOException {
    array(field, list, out::writeString);
  }

  private void revisions(RevisionLog log) throws IOException {
    out.writeArrayFieldStart("revisions");
    for (int first = 0; first < log.size();) {
      int end = first + 1;
      while (end < log.size() && log.revision(end) == log.revision(end - 1) + 1) {
        end++;
      }
      out.writeStartObject();
      out.writeNumberField("first", log.revision(first));
      out.writeArrayFieldStart("seals");
      for (int row = first; row < end; row++) {
        out.writeString(Stamp.sealText(log.seal(row)));
      }
      out.writeEndArray();
      out.writeArrayFieldStart("times");
      for (int row = first; row < end; row++) {
        out.writeNumber(log.commitMillis(row));
      }
      out.writeEndArray();
      out.writeEndObject();
      first = end;
    }
    out.writeEndArray();
  }

  private void environment(Environment environment) throws IOException {
    out.writeStartObject();
    out.writeNumberField("from", environment.from());
    out.writeStringField("profile", environment.profile());
    out.writeObjectFieldStart("policy");
    policy(environment.policy());
    out.writeEndObject();
    texts("suffixes", environment.suffixes());
    WireNames names = environment.names();
    out.writeObjectFieldStart("names");
    texts("members", names.members());
    out.writeStringField("stamp", names.stampMember());
    out.writeStringField("overrides", names.overridesMember());
    texts("headers", names.headers());
    out.writeEndObject();
    if (environment.mocks() != null) {
      out.writeStringField("mocks", environment.mocks().toString());
    }
    out.writeEndObject();
  }

  private void policy(Policy policy) throws IOException {
    out.writeStringField("unregistered", text(policy.unregistered()));
    out.writeStringField("ended", text(policy.ended()));
    if (!policy.services().isEmpty()) {
      out.writeArrayFieldStart("services");
      for (Map.Entry<ServiceName, Policy.Cells> entry : policy.services().entrySet()) {
        cells("service", entry.getKey().text(), entry.getValue());
      }
      out.writeEndArray();
    }
    if (!policy.tenancies().isEmpty()) {
      out.writeArrayFieldStart("tenancies");
      for (Map.Entry<Tenancy, Policy.Cells> entry : policy.tenancies().entrySet()) {
        cells("tenancy", entry.getKey().text(), entry.getValue());
      }
      out.writeEndArray();
    }
  }

  private void cells(String kind, String name, Policy.Cells cells) throws IOException {
    out.writeStartObject();
    out.writeStringField(kind, name);
    cell("unregistered", cells.unregistered());
    cell("ended", cells.ended());
    out.writeEndObject();
  }

  private void cell(String name, Policy.@Nullable Fallback fallback) throws IOException {
    if (fallback != null) {
      out.writeStringField(name, text(fallback));
    }
  }

  private static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private void name(ServiceName name) throws IOException {
    out.writeString(name.text());
  }

  private void service(Service service) throws IOException {
    out.writeStartObject();
    out.writeStringField("name", service.name().text());
    texts("hosts", service.hosts());
    out.writeBooleanField("outside", service.outside());
    if (!service.handovers().isEmpty()) {
      array("handovers", service.handovers(), this::handover);
    }
    out.writeEndObject();
  }

  private void handover(Handover handover) throws IOException {
    out.writeStartObject();
    out.writeStringField("group", handover.group());
    out.writeStringField("origin", handover.origin());
    out.writeStringField("topic", handover.topic());
    out.writeEndObject();
  }

  private void tenant(TenantLife life) throws IOException {
    out.writeStartObject();
    out.writeStringField("tenancy", life.tenancy().text());
    span(life.from(), life.to());
    out.writeEndObject();
  }

  private void override(OverrideLife life) throws IOException {
    out.writeStartObject();
    out.writeStringField("incarnation", life.incarnation().id());
    out.writeStringField("service", life.service().text());
    out.writeStringField("tenancy", life.tenancy().text());
    span(life.from(), life.to());
    target(life.target());
    out.writeStringField("residue", text(life.residue()));
    offsets("starts", life.starts());
    out.writeStringField("phase", text(life.phase()));
    offsets("fence", life.fence());
    out.writeEndObject();
  }

  private void span(long from, long to) throws IOException {
    out.writeNumberField("from", from);
    if (to == OverrideLife.OPEN) {
      out.writeNullField("to");
    } else {
      out.writeNumberField("to", to);
    }
  }

  private void target(Target target) throws IOException {
    out.writeObjectFieldStart("target");
    if (target instanceof Target.Redirect redirect) {
      out.writeStringField("kind", "redirect");
      out.writeStringField("address", redirect.address().toString());
    } else if (target instanceof Target.Mock mock) {
      out.writeStringField("kind", "mock");
      if (mock.from() != null) {
        out.writeStringField("from", mock.from().text());
      }
      out.writeStringField("digest", mock.digest());
    } else {
      out.writeStringField("kind", "workload");
    }
    out.writeEndObject();
  }

  private void offsets(String field, @Nullable List<PartitionOffset> offsets) throws IOException {
    if (offsets == null) {
      out.writeNullField(field);
    } else {
      array(field, offsets, this::offset);
    }
  }

  private void offset(PartitionOffset place) throws IOException {
    out.writeStartObject();
    out.writeStringField("cluster", place.cluster());
    out.writeStringField("topic", place.topic());
    out.writeStringField("topicId", place.topicId());
    out.writeNumberField("partition", place.partition());
    out.writeNumberField("offset", place.offset());
    out.writeEndObject();
  }

  private void instances(Instances entry) throws IOException {
    out.writeStartObject();
    out.writeStringField("incarnation", entry.incarnation().id());
    array("addresses", entry.addresses(), this::address);
    out.writeEndObject();
  }

  private void address(URI address) throws IOException {
    out.writeString(address.toString());
  }
}
