package dev.lanekeeper.gateway.routing;

import dev.lanekeeper.gateway.http.FieldName;
import dev.lanekeeper.gateway.http.Fields;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.ServiceName;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What a data plane tells the gateway that serves the mocks: which stubs are to be asked. As a field of a request, {@code B/ID}, or
 * {@code B/ID http://host:port}.
 *
 * @param service whose stubs
 * @param mock their incarnation
 * @param baseline where the call goes if neither they nor anybody beneath takes it; null: to the host that it names
 */
public record StubsField(ServiceName service, Incarnation mock, @Nullable URI baseline) {

  /**
   * Reads the field.
   *
   * @return null if there is none
   * @throws IllegalArgumentException if it does not have its form
   */
  static @Nullable StubsField of(Fields fields) {
    int at = fields.find(FieldName.LANEKEEPER_STUBS);
    if (at < 0) {
      return null;
    }
    String text = fields.valueText(at);
    int slash = text.indexOf('/');
    int space = text.indexOf(' ');
    if (slash < 0 || (space >= 0 && space < slash)) {
      throw new IllegalArgumentException(
          FieldName.LANEKEEPER_STUBS.text() + ": " + text + " (expected: SERVICE/INCARNATION)");
    }
    return new StubsField(ServiceName.of(text.substring(0, slash)),
        new Incarnation(text.substring(slash + 1, space < 0 ? text.length() : space)),
        space < 0 ? null : URI.create(text.substring(space + 1)));
  }

  /** Which stubs have not taken a call; null if none were asked, or nobody can tell. */
  static @Nullable Incarnation passed(Fields fields) {
    int at = fields.find(FieldName.LANEKEEPER_PASSED);
    try {
      return at < 0 ? null : new Incarnation(fields.valueText(at));
    } catch (IllegalArgumentException malformed) {
      return null;
    }
  }

  /** As it goes along. */
  Verdict.Told told() {
    return new Verdict.Told(FieldName.LANEKEEPER_STUBS,
        service.text() + "/" + mock.id() + (baseline == null ? "" : " " + baseline));
  }

  /** What goes along with a call that these stubs have not taken. */
  static Verdict.Told passed(Incarnation mock) {
    return new Verdict.Told(FieldName.LANEKEEPER_PASSED, mock.id());
  }
}
