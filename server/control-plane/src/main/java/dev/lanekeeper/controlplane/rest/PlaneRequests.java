package dev.lanekeeper.controlplane.rest;

import dev.lanekeeper.api.Announcement;
import dev.lanekeeper.api.DataPlaneReport;
import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.controlplane.planes.Announcements;
import dev.lanekeeper.controlplane.planes.DataPlanes;
import dev.lanekeeper.controlplane.store.Store;
import java.util.List;
import java.util.Map;

/** What data planes and launchers say: {@code /v1/data-planes}, {@code /v1/announcements}. */
public final class PlaneRequests {

  private final Store store;
  private final DataPlanes dataPlanes;
  private final Announcements announcements;

  /** Requests about data planes. */
  public PlaneRequests(Store store, DataPlanes dataPlanes, Announcements announcements) {
    this.store = store;
    this.dataPlanes = dataPlanes;
    this.announcements = announcements;
  }

  void dataPlanes(Exchange exchange, List<String> rest) {
    if (rest.isEmpty()) {
      RestApi.require(exchange, "GET");
      exchange.answer(dataPlanes.all());
      return;
    }
    RestApi.require(exchange, "PUT");
    dataPlanes.report(id(rest), exchange.body(DataPlaneReport.class));
    exchange.answer(Map.of("revision", store.catalog().table().revision()));
  }

  void announcements(Exchange exchange, List<String> rest) {
    if (rest.isEmpty()) {
      RestApi.require(exchange, "POST");
      Announcement wanted = exchange.body(Announcement.class);
      id(List.of(wanted.instance()));
      exchange.answer(announcements.announce(wanted));
      return;
    }
    RestApi.require(exchange, "DELETE");
    announcements.withdraw(id(rest));
    exchange.answer(Map.of("revision", store.catalog().table().revision()));
  }

  private static String id(List<String> rest) {
    if (rest.size() != 1 || !rest.get(0).matches("[A-Za-z0-9._:-]{1,64}")) {
      throw ProblemCode.MALFORMED_REQUEST.exception("id",
          "\"" + String.join("/", rest) + "\" (expected: 1 to 64 letters, digits, '.', '_', ':' or '-')",
          "use a random UUID");
    }
    return rest.get(0);
  }
}
