package dev.lanekeeper.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.lanekeeper.model.RevisionLog;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.Stamp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a data plane tells the control plane of itself, every two seconds.
 *
 * @param self who it is
 * @param process what stays the same for its life
 * @param view the table that it acts by
 * @param consumers its Kafka consumers
 * @param modules which libraries it acts in
 * @param counters what it did, by reason
 */
public record DataPlaneReport(Self self, HostProcess process, RouteView view, List<Consumer> consumers,
    List<Module> modules,
    Map<String, Long> counters) {

  private static final JsonFactory FACTORY = new JsonFactory();

  /** Copies the collections. */
  public DataPlaneReport {
    consumers = List.copyOf(consumers);
    modules = List.copyOf(modules);
    counters = Map.copyOf(counters);
  }

  /**
   * What stays the same for the life of a process.
   *
   * @param version of Lanekeeper
   * @param pid its number
   * @param host its machine; empty if that is not known
   * @param startedMillis when it began, in ms since 1970
   */
  public record HostProcess(String version, long pid, String host, long startedMillis) {}

  /**
   * A Kafka consumer.
   *
   * @param bootstrap as it was configured
   * @param group its consumer group; empty if it has none
   * @param topics that it subscribes to, or was assigned
   * @param memberId that the broker gave it; empty as long as it has not joined
   * @param clientId its client id; empty if it has none
   * @param handovers whether it reads what is handed over to its group
   */
  public record Consumer(String bootstrap, String group, List<String> topics, String memberId, String clientId,
      boolean handovers) {

    /** Copies the list. */
    public Consumer {
      topics = List.copyOf(topics);
    }
  }

  /**
   * A library that the data plane acts in.
   *
   * @param name of the library
   * @param matched whether it was found in a form that is supported
   * @param detail for people; may be empty
   */
  public record Module(String name, boolean matched, String detail) {}

  /** As it travels: the body of {@code PUT /v1/data-planes/{id}}. */
  public byte[] json() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
      write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  private void write(JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("service", self.service().text());
    // writeStringField writes null for null.
    out.writeStringField("tenancy", self.tenancy() == null ? null : self.tenancy().text());
    out.writeStringField("incarnation", self.incarnation() == null ? null : self.incarnation().id());
    out.writeStringField("version", process.version());
    out.writeNumberField("revision", view.table().revision());
    RevisionLog log = view.table().log();
    if (!log.isEmpty()) {
      out.writeStringField("stamp", view.table().stamp().text());
      out.writeStringField("origin", new Stamp(log.revision(0), log.seal(0)).text());
    }
    out.writeNumberField("asOf", view.asOfMillis());
    out.writeNumberField("pid", process.pid());
    out.writeStringField("host", process.host());
    out.writeNumberField("started", process.startedMillis());
    out.writeArrayFieldStart("consumers");
    for (Consumer consumer : consumers) {
      write(out, consumer);
    }
    out.writeEndArray();
    out.writeArrayFieldStart("modules");
    for (Module module : modules) {
      out.writeStartObject();
      out.writeStringField("name", module.name());
      out.writeBooleanField("matched", module.matched());
      out.writeStringField("detail", module.detail());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeObjectFieldStart("counters");
    for (Map.Entry<String, Long> counter : new TreeMap<>(counters).entrySet()) {
      out.writeNumberField(counter.getKey(), counter.getValue());
    }
    out.writeEndObject();
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, Consumer consumer) throws IOException {
    out.writeStartObject();
    out.writeStringField("bootstrap", consumer.bootstrap());
    out.writeStringField("group", consumer.group());
    out.writeArrayFieldStart("topics");
    for (String topic : consumer.topics()) {
      out.writeString(topic);
    }
    out.writeEndArray();
    out.writeStringField("memberId", consumer.memberId());
    out.writeStringField("clientId", consumer.clientId());
    out.writeBooleanField("handovers", consumer.handovers());
    out.writeEndObject();
  }
}
