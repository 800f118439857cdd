package dev.lanekeeper.gateway.routing;

import dev.lanekeeper.gateway.http.FieldName;
import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Incarnation;
import org.jspecify.annotations.Nullable;

/** What becomes of a request. */
public sealed interface Verdict {

  /**
   * It goes to a server.
   *
   * @param to which one
   * @param carried what it goes on with; {@link Carried#NOTHING}: untagged, or nothing may go along
   * @param tagged whether it came with a tag, or with one of our names: these are written anew, or taken out
   * @param reason for counters and people
   * @param told what whoever is there is told of stubs; null: nothing
   */
  record Forward(Destination to, Carried carried, boolean tagged, Calls.Reason reason, @Nullable Told told)
      implements
        Verdict {

    /** A request that stubs have nothing to do with. */
    public Forward(Destination to, Carried carried, boolean tagged, Calls.Reason reason) {
      this(to, carried, tagged, reason, null);
    }

    /** Whether stubs are asked there. */
    public boolean isToStubs() {
      return told != null && told.field() == FieldName.LANEKEEPER_STUBS;
    }
  }

  /**
   * A field that goes along.
   *
   * @param field its name
   * @param value what stands there
   */
  record Told(FieldName field, String value) {}

  /**
   * It is answered here.
   *
   * @param problem with what
   */
  record Refuse(Refusal problem) implements Verdict {}

  /**
   * It is answered here, if the responder has an answer: else it goes on beneath.
   *
   * @param responder who may answer
   * @param mock whose stubs they are; null: what is not answered is refused
   */
  record Ours(Responder responder, @Nullable Incarnation mock) implements Verdict {}

  /** The control plane has to be asked first. */
  record Ask() implements Verdict {}
}
