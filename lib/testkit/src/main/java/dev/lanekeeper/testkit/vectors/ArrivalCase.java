package dev.lanekeeper.testkit.vectors;

import static dev.lanekeeper.testkit.vectors.VectorFile.known;
import static dev.lanekeeper.testkit.vectors.VectorFile.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tenancy;
import java.util.List;

/**
 * A case of {@code arrivals.json}.
 *
 * @param name what it shows
 * @param view the view of what stands in front of the workload
 * @param sender whose call it is
 * @param carried tag and stamp of the call
 * @param self whose workload it has arrived at
 * @param answered whether the control plane was asked, and answered
 * @param action what becomes of the call; the message of a refusal is empty here
 */
public record ArrivalCase(String name, RouteView view, Calls.Sender sender, Carried carried, Self self,
    boolean answered,
    Calls.Action action) {

  /** Every case. */
  public static List<ArrivalCase> all() {
    return VectorFile.cases("arrivals.json", "cases", ArrivalCase::read);
  }

  private static ArrivalCase read(JsonNode json) {
    known(json, "name", "table", "tag", "overrides", "stamp", "malformed", "arrives", "asOf", "cutOff", "answered",
        "caller", "passed", "action");
    return new ArrivalCase(text(json, "name"), VectorTable.view(json, json.path("cutOff").booleanValue()),
        CallCase.sender(json), Carrying.of(json), self(json.path("arrives")), json.path("answered").booleanValue(),
        CallCase.action(json.path("action")));
  }

  private static Self self(JsonNode json) {
    known(json, "service", "tenancy", "incarnation");
    return new Self(ServiceName.of(text(json, "service")),
        json.has("tenancy") ? new Tenancy(text(json, "tenancy")) : null,
        json.has("incarnation") ? new Incarnation(text(json, "incarnation")) : null);
  }

  @Override
  public String toString() {
    return name;
  }
}
