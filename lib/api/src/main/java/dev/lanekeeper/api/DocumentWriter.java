package dev.lanekeeper.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.lanekeeper.model.Policy;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes documents; what it writes, {@link DocumentReader} reads back as equal. */
final class DocumentWriter {

  private final JsonGenerator out;

  private DocumentWriter(JsonGenerator out) {
    this.out = out;
  }

  static String write(JsonFactory factory, Document document) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = factory.createGenerator(text)) {
      new DocumentWriter(out).document(document);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return text.toString();
  }

  private void document(Document document) throws IOException {
    out.writeStartObject();
    out.writeStringField("kind", document.kind());
    if (document instanceof TenantDocument tenant) {
      tenant(tenant);
    } else if (document instanceof ServiceDocument service) {
      service(service);
    } else if (document instanceof ClusterDocument cluster) {
      cluster(cluster);
    } else if (document instanceof EnvironmentDocument environment) {
      environment(environment);
    }
    out.writeEndObject();
  }

  private void tenant(TenantDocument tenant) throws IOException {
    out.writeStringField("tenancy", tenant.tenancy().text());
    if (tenant.ttl() != null) {
      out.writeStringField("ttl", Durations.format(tenant.ttl()));
    }
    if (!tenant.overrides().isEmpty()) {
      out.writeObjectFieldStart("overrides");
      for (Map.Entry<ServiceName, Target> override : tenant.overrides().entrySet()) {
        out.writeObjectFieldStart(override.getKey().text());
        target(override.getValue());
        out.writeEndObject();
      }
      out.writeEndObject();
    }
    if (tenant.residue() != null) {
      out.writeStringField("residue", DocumentReader.written(tenant.residue()));
    }
    texts("labels", tenant.labels());
  }

  private void target(Target target) throws IOException {
    if (target instanceof Target.Redirect redirect) {
      out.writeStringField("redirect", redirect.address().toString());
    } else if (target instanceof Target.Mock mock) {
      out.writeObjectFieldStart("mock");
      if (mock.from() != null) {
        out.writeStringField("from", mock.from().text());
      }
      if (mock.stubs() != null) {
        out.writeFieldName("stubs");
        ApiJson.copy(mock.stubs(), out);
      }
      out.writeEndObject();
    } else {
      out.writeObjectFieldStart("workload");
      out.writeEndObject();
    }
  }

  private void service(ServiceDocument service) throws IOException {
    out.writeStringField("name", service.name().text());
    texts("hosts", service.hosts());
    if (service.outside()) {
      out.writeBooleanField("outside", true);
    }
    if (!service.consumes().isEmpty()) {
      out.writeArrayFieldStart("consumes");
      for (ServiceDocument.Consumption consumption : service.consumes()) {
        out.writeStartObject();
        out.writeStringField("cluster", consumption.cluster());
        texts("topics", consumption.topics());
        texts("groups", consumption.groups());
        out.writeEndObject();
      }
      out.writeEndArray();
    }
  }

  private void cluster(ClusterDocument cluster) throws IOException {
    out.writeStringField("name", cluster.name());
    out.writeStringField("bootstrap", cluster.bootstrap());
    texts("properties", cluster.properties());
  }

  private void environment(EnvironmentDocument environment) throws IOException {
    out.writeStringField("profile", environment.profile());
    texts("suffixes", environment.suffixes());
    out.writeObjectFieldStart("policy");
    Policy policy = environment.policy();
    cells(new Policy.Cells(policy.unregistered(), policy.ended()));
    cells("services", policy.services(), ServiceName::text);
    cells("tenancies", policy.tenancies(), Tenancy::text);
    out.writeEndObject();
    out.writeObjectFieldStart("names");
    texts("members", environment.names().members());
    out.writeStringField("stamp", environment.names().stampMember());
    out.writeStringField("overrides", environment.names().overridesMember());
    texts("headers", environment.names().headers());
    out.writeEndObject();
    out.writeObjectFieldStart("redirects");
    texts("allow", environment.redirects());
    out.writeEndObject();
    if (environment.mocks() != null) {
      out.writeStringField("mocks", environment.mocks().toString());
    }
  }

  private <K> void cells(String field, Map<K, Policy.Cells> byName, Function<K, String> name) throws IOException {
    if (byName.isEmpty()) {
      return;
    }
    out.writeObjectFieldStart(field);
    for (Map.Entry<K, Policy.Cells> entry : byName.entrySet()) {
      out.writeObjectFieldStart(name.apply(entry.getKey()));
      cells(entry.getValue());
      out.writeEndObject();
    }
    out.writeEndObject();
  }

  private void cells(Policy.Cells cells) throws IOException {
    cell("unregistered", cells.unregistered());
    cell("ended", cells.ended());
  }

  private void cell(String name, Policy.@Nullable Fallback fallback) throws IOException {
    if (fallback != null) {
      out.writeStringField(name, DocumentReader.written(fallback));
    }
  }

  private void texts(String field, List<String> texts) throws IOException {
    out.writeArrayFieldStart(field);
    for (String text : texts) {
      out.writeString(text);
    }
    out.writeEndArray();
  }

  private void texts(String field, Map<String, String> texts) throws IOException {
    if (texts.isEmpty()) {
      return;
    }
    out.writeObjectFieldStart(field);
    for (Map.Entry<String, String> text : texts.entrySet()) {
      out.writeStringField(text.getKey(), text.getValue());
    }
    out.writeEndObject();
  }
}
