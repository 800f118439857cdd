package dev.lanekeeper.testkit.vectors;

import static dev.lanekeeper.testkit.vectors.VectorFile.known;
import static dev.lanekeeper.testkit.vectors.VectorFile.number;
import static dev.lanekeeper.testkit.vectors.VectorFile.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Owner;
import dev.lanekeeper.model.Position;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.ServiceName;
import java.net.URI;
import java.util.List;

/**
 * A case of {@code owner.json}.
 *
 * @param name what it shows
 * @param view the table that is asked, with its age
 * @param service for which service
 * @param carried tag and stamp
 * @param position where the record stands; {@link Position#NONE} for a call
 * @param answered whether the control plane was asked, and answered
 * @param owner the answer
 */
public record OwnerCase(String name, RouteView view, ServiceName service, Carried carried, Position position,
    boolean answered, Owner owner) {

  /** Every case. */
  public static List<OwnerCase> all() {
    return VectorFile.cases("owner.json", "cases", OwnerCase::read);
  }

  private static OwnerCase read(JsonNode json) {
    known(json, "name", "table", "service", "tag", "overrides", "stamp", "malformed", "record", "asOf", "answered",
        "owner");
    return new OwnerCase(text(json, "name"), VectorTable.view(json, false), ServiceName.of(text(json, "service")),
        Carrying.of(json), position(json), json.path("answered").booleanValue(), owner(json.path("owner")));
  }

  static Position position(JsonNode json) {
    if (!json.has("record")) {
      return Position.NONE;
    }
    JsonNode at = known(json.path("record"), "topic", "partition", "offset", "timestamp");
    return new Position(text(at, "topic"), (int) number(at, "partition"), number(at, "offset"),
        number(at, "timestamp"));
  }

  private static Owner owner(JsonNode json) {
    known(json, "kind", "incarnation", "address", "closing", "from");
    return switch (text(json, "kind")) {
      case "baseline" -> Owner.BASELINE;
      case "ended" -> Owner.ENDED;
      case "unregistered" -> Owner.UNREGISTERED;
      case "in-doubt" -> json.has("closing")
          ? new Owner.InDoubt(new Incarnation(text(json, "closing")))
          : Owner.IN_DOUBT;
      case "workload" -> new Owner.Workload(new Incarnation(text(json, "incarnation")));
      case "mock" -> new Owner.Mock(new Incarnation(text(json, "incarnation")),
          json.has("from") ? ServiceName.of(text(json, "from")) : null);
      case "redirect" -> new Owner.Redirect(new Incarnation(text(json, "incarnation")),
          URI.create(text(json, "address")));
      default -> throw new IllegalStateException("vectors: owner " + json);
    };
  }

  @Override
  public String toString() {
    return name;
  }
}
