package dev.lanekeeper.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lanekeeper.model.Owner;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the client reads from the stream, and from what it wrote itself, gives the owners of the routing vectors. */
class VectorsTest {

  private static final String FOLDER = "/dev/lanekeeper/vectors/";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static JsonNode file(String name) {
    try (InputStream in = Objects.requireNonNull(VectorsTest.class.getResourceAsStream(FOLDER + name), name)) {
      return MAPPER.readTree(in);
    } catch (IOException e) {
      throw new IllegalStateException(name, e);
    }
  }

  static List<Map.Entry<String, JsonNode>> tables() {
    return List.copyOf(file("tables.json").path("tables").properties());
  }

  static List<JsonNode> owners() {
    return file("owner.json").path("cases").valueStream().toList();
  }

  private static byte[] bytes(JsonNode json) {
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @MethodSource("tables")
  void table_readAndWritten_isTheSame(Map.Entry<String, JsonNode> vector) throws Exception {
    RouteJson.Snapshot snapshot = RouteJson.readTable(bytes(vector.getValue()));
    assertThat(snapshot.asOfMillis()).isEqualTo(vector.getValue().path("asOf").longValue());
    byte[] written = RouteJson.writeTable(snapshot.table(), snapshot.asOfMillis());
    RouteJson.Snapshot again = RouteJson.readTable(written);
    assertThat(RouteJson.writeTable(again.table(), again.asOfMillis())).isEqualTo(written);
    for (String field : List.of("revision", "asOf", "floor", "revisions")) {
      assertThat(MAPPER.readTree(written).path(field)).as(field).isEqualTo(vector.getValue().path(field));
    }
    for (String field : List.of("environments", "tenants", "overrides", "services", "instances")) {
      assertThat(MAPPER.readTree(written).path(field)).as(field).hasSameSizeAs(vector.getValue().path(field));
    }
  }

  @ParameterizedTest
  @MethodSource("owners")
  void owner_ofATableThatWasReadAndWritten_isAsTheVectorsSay(JsonNode vector) throws Exception {
    RouteJson.Snapshot read =
        RouteJson.readTable(bytes(file("tables.json").path("tables").path(vector.path("table").textValue())));
    RouteTable table = RouteJson.readTable(RouteJson.writeTable(read.table(), 0)).table();
    Tag tag = vector.path("malformed").booleanValue()
        ? Tag.MALFORMED
        : Tag.of(vector.path("tag").textValue(), vector.path("overrides").textValue());
    Stamp stamp = Stamp.parse(vector.path("stamp").textValue());
    JsonNode at = vector.path("record");
    long snapshot = table.snapshot(stamp.revision(), stamp.seal(), vector.path("answered").booleanValue());
    if (snapshot == RouteTable.UNSTAMPED) {
      long asOf = vector.path("asOf").asLong(read.asOfMillis());
      snapshot = at.isMissingNode() ? table.revision() : table.snapshotAt(at.path("timestamp").longValue(), asOf);
    }
    Owner owner = table.ownerAt(ServiceName.of(vector.path("service").textValue()), tag, snapshot,
        at.path("topic").asText(""), at.path("partition").asInt(-1), at.path("offset").asLong(-1));
    assertThat(describe(owner)).isEqualTo(vector.path("owner").properties().stream()
        .map(field -> field.getValue().textValue()).toList());
  }

  private static List<String> describe(Owner owner) {
    if (owner instanceof Owner.Workload workload) {
      return List.of("workload", workload.incarnation().id());
    }
    if (owner instanceof Owner.Redirect redirect) {
      return List.of("redirect", redirect.incarnation().id(), redirect.address().toString());
    }
    if (owner instanceof Owner.Mock mock) {
      return List.of("mock", mock.incarnation().id());
    }
    if (owner instanceof Owner.InDoubt doubt) {
      return doubt.closing() == null ? List.of("in-doubt") : List.of("in-doubt", doubt.closing().id());
    }
    return List
        .of(owner instanceof Owner.Ended ? "ended" : owner instanceof Owner.Unregistered ? "unregistered" : "baseline");
  }
}
