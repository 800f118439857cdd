package dev.lanekeeper.gateway.routing;

import dev.lanekeeper.gateway.http.FieldName;
import dev.lanekeeper.gateway.http.Fields;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Target;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What a data plane tells the gateway that serves the mocks: which stubs are to be asked. As a field of a request, words with a space
 * between: {@code B/ID}, {@code caller=A}, {@code back=http://host:port}.
 *
 * @param service whose stubs
 * @param mock their incarnation
 * @param caller whose call it is; null: nobody knows
 * @param back where the call goes if neither they nor anybody beneath takes it; null: to the host that it names
 */
public record StubsField(ServiceName service, Incarnation mock, @Nullable ServiceName caller, @Nullable URI back) {

  private static final String CALLER = "caller=";
  private static final String BACK = "back=";

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
    String[] words = text.split(" ", -1);
    int slash = words[0].indexOf('/');
    if (slash < 0) {
      throw malformed(text);
    }
    ServiceName caller = null;
    URI back = null;
    for (int i = 1; i < words.length; i++) {
      if (words[i].startsWith(CALLER)) {
        caller = ServiceName.of(words[i].substring(CALLER.length()));
      } else if (words[i].startsWith(BACK)) {
        back = Target.Address.check(BACK, URI.create(words[i].substring(BACK.length())));
      } else {
        throw malformed(text);
      }
    }
    return new StubsField(ServiceName.of(words[0].substring(0, slash)), new Incarnation(words[0].substring(slash + 1)),
        caller, back);
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(FieldName.LANEKEEPER_STUBS.text() + ": " + text
        + " (expected: SERVICE/INCARNATION, caller=SERVICE, back=http://host:port)");
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
        service.text() + "/" + mock.id() + (caller == null ? "" : " " + CALLER + caller)
            + (back == null ? "" : " " + BACK + back));
  }

  /** What goes along with a call that these stubs have not taken. */
  static Verdict.Told passed(Incarnation mock) {
    return new Verdict.Told(FieldName.LANEKEEPER_PASSED, mock.id());
  }
}
