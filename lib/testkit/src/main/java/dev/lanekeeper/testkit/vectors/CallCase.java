package dev.lanekeeper.testkit.vectors;

import static dev.lanekeeper.testkit.vectors.VectorFile.known;
import static dev.lanekeeper.testkit.vectors.VectorFile.number;
import static dev.lanekeeper.testkit.vectors.VectorFile.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.ServiceName;
import java.net.URI;
import java.util.Arrays;
import java.util.List;

/**
 * A case of {@code calls.json}.
 *
 * @param name what it shows
 * @param view the caller's view
 * @param sender whose call it is
 * @param carried tag and stamp of the request that is being served
 * @param host where the call goes
 * @param port the port
 * @param answered whether the control plane was asked, and answered
 * @param spread spreads calls over the instances
 * @param action what becomes of the call; the message of a refusal is empty here
 */
public record CallCase(String name, RouteView view, Calls.Sender sender, Carried carried, String host, int port,
    boolean answered,
    int spread, Calls.Action action) {

  /** Every case. */
  public static List<CallCase> all() {
    return VectorFile.cases("calls.json", "cases", CallCase::read);
  }

  private static CallCase read(JsonNode json) {
    known(json, "name", "table", "tag", "overrides", "stamp", "malformed", "host", "port", "asOf", "cutOff", "answered",
        "spread", "caller", "passed", "action");
    return new CallCase(text(json, "name"), VectorTable.view(json, json.path("cutOff").booleanValue()), sender(json),
        Carrying.of(json), text(json, "host"), (int) number(json, "port"), json.path("answered").booleanValue(),
        json.path("spread").intValue(), action(json.path("action")));
  }

  static Calls.Sender sender(JsonNode json) {
    return new Calls.Sender(json.has("caller") ? ServiceName.of(text(json, "caller")) : null,
        json.has("passed") ? new Incarnation(text(json, "passed")) : null);
  }

  static Calls.Action action(JsonNode json) {
    known(json, "kind", "reason", "carry", "stamp", "address", "incarnation", "mocked");
    return switch (text(json, "kind")) {
      case "ask" -> new Calls.Ask();
      case "pass" -> new Calls.Pass(json.path("carry").booleanValue(), Carrying.stamp(json), reason(json));
      case "refuse" -> new Calls.Refuse(reason(json), "");
      case "redirect" -> new Calls.Redirect(URI.create(text(json, "address")), Carrying.stamp(json),
          new Incarnation(text(json, "incarnation")),
          json.has("mocked") ? ServiceName.of(text(json, "mocked")) : null);
      default -> throw new IllegalStateException("vectors: action " + json);
    };
  }

  private static Calls.Reason reason(JsonNode json) {
    String code = text(json, "reason");
    return Arrays.stream(Calls.Reason.values()).filter(reason -> reason.code().equals(code)).findFirst()
        .orElseThrow(() -> new IllegalStateException("vectors: reason " + code));
  }

  @Override
  public String toString() {
    return name;
  }
}
