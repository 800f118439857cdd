package dev.lanekeeper.testkit.vectors;

import static dev.lanekeeper.testkit.vectors.VectorFile.known;
import static dev.lanekeeper.testkit.vectors.VectorFile.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Messages;
import dev.lanekeeper.model.Position;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.ServiceName;
import java.util.List;
import java.util.Locale;

/**
 * What one consumer does with the record of a case of {@code messages.json}.
 *
 * @param name what it shows
 * @param view the consumer's view
 * @param self whose workload the consumer is
 * @param carried tag and stamp of the record
 * @param position where the record stands
 * @param answered whether the control plane was asked, and answered
 * @param action what the consumer does
 */
public record MessageCase(String name, RouteView view, Self self, Carried carried, Position position, boolean answered,
    Messages.Action action) {

  /** Every case, once for each consumer. */
  public static List<MessageCase> all() {
    return VectorFile.cases("messages.json", "cases", MessageCase::read).stream().flatMap(List::stream).toList();
  }

  private static List<MessageCase> read(JsonNode json) {
    known(json, "name", "table", "service", "tag", "overrides", "stamp", "malformed", "record", "asOf", "answered",
        "action");
    return json.path("action").properties().stream()
        .map(entry -> new MessageCase(text(json, "name") + ", at " + entry.getKey(), VectorTable.view(json, false),
            self(json, entry.getKey()), Carrying.of(json),
            OwnerCase.position(json), json.path("answered").booleanValue(),
            Messages.Action.valueOf(entry.getValue().textValue().toUpperCase(Locale.ROOT))))
        .toList();
  }

  private static Self self(JsonNode json, String consumer) {
    ServiceName service = ServiceName.of(text(json, "service"));
    if (consumer.equals("baseline")) {
      return new Self(service, null, null);
    }
    Incarnation incarnation = new Incarnation(consumer);
    return new Self(service, VectorTable.tenancy(json, incarnation), incarnation);
  }

  @Override
  public String toString() {
    return name;
  }
}
