package dev.lanekeeper.agent;

import dev.lanekeeper.agent.advice.Readiness;
import dev.lanekeeper.boot.Lanes;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Starts the data plane, once, and says what it found in one line. */
final class Startup {

  private static final String PROBE = "lanekeeper-probe";

  private static boolean begun;
  private static @Nullable Running running;

  private Startup() {}

  /** Starts the data plane. Never throws: the host application has to start, whatever becomes of us. */
  static synchronized void begin() {
    if (begun) {
      return;
    }
    begun = true;
    try {
      BootJar.append();
    } catch (IOException | ReflectiveOperationException | RuntimeException | Error failure) {
      say("start: " + failure + " (expected: no failure). NOTHING IS ROUTED, AND TENANCIES ARE LOST HERE."
          + " Next: repair the cause and restart this process, or take it out of tagged traffic.");
      return;
    }
    Readiness.declare();
    try {
      running = Running.start(Settings.of(System.getProperties(), System.getenv()));
    } catch (RuntimeException | Error failure) {
      running = Running.refusing();
      say("start: " + failure + " (expected: no failure). TAGGED CALLS ARE REFUSED; untagged ones pass."
          + " Next: repair the cause and restart this process.");
    }
  }

  private static void say(String message) {
    System.err.println("[lanekeeper] " + message);
  }

  /** Our propagator, or one that does nothing if the start has failed. */
  static synchronized TextMapPropagator propagator() {
    begin();
    return running == null ? TextMapPropagator.noop() : new TagPropagator();
  }

  /** Says whether tags will come through. */
  static synchronized void check() {
    Running found = running;
    if (found == null) {
      return;
    }
    boolean inEffect = isPropagatorInEffect();
    say(found.line(inEffect));
    if (!inEffect) {
      say("propagators: " + TagPropagator.NAME
          + " is not among them (expected: it is). THE TENANCY OF INCOMING REQUESTS IS LOST HERE unless it comes as baggage."
          + " Next: with otel.config.file, add '" + TagPropagator.NAME + ":' at the end of propagator.composite.");
    }
  }

  /** Whether a tag in the context comes out as our plain header. */
  private static boolean isPropagatorInEffect() {
    String member = Lanes.names().members().get(0);
    Context context = Baggage.builder().put(member, PROBE).build().storeInContext(Context.root());
    Map<String, String> carrier = new HashMap<>();
    GlobalOpenTelemetry.getPropagators().getTextMapPropagator().inject(context, carrier, (map, key, value) -> {
      if (map != null) {
        map.put(key, value);
      }
    });
    return Lanes.names().headers().stream().anyMatch(carrier::containsKey);
  }
}
