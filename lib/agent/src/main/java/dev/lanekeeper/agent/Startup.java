package dev.lanekeeper.agent;

import dev.lanekeeper.agent.advice.Readiness;
import dev.lanekeeper.agent.javahttp.JavaHttpModule;
import dev.lanekeeper.agent.kafkaclients.KafkaModule;
import dev.lanekeeper.agent.okhttp.OkHttpModule;
import dev.lanekeeper.boot.Lanes;
import dev.lanekeeper.boot.Modules;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
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
      running = Running.refusing(Settings.asFarAsReadable(System.getProperties(), System.getenv()));
      say("start: " + failure + " (expected: no failure). TAGGED CALLS ARE REFUSED; untagged ones pass."
          + " Next: repair the cause and restart this process.");
    }
  }

  private static void say(String message) {
    System.err.println("[lanekeeper] " + message);
  }

  /** Whether there is anything of ours to ask: where the start has failed, not even its classes can be loaded. */
  static synchronized boolean isRunning() {
    return running != null;
  }

  /** Our propagator, or one that does nothing if the start has failed. */
  static synchronized TextMapPropagator propagator() {
    begin();
    return running == null ? TextMapPropagator.noop() : new TagPropagator();
  }

  /** Says whether tags will come through. */
  static synchronized void check(ConfigProperties config) {
    Running found = running;
    if (found == null) {
      return;
    }
    checkModules(config);
    measure(found);
    boolean inEffect = isPropagatorInEffect();
    say(found.line(inEffect));
    if (!inEffect) {
      say("propagators: " + TagPropagator.NAME
          + " is not among them, or not the last (expected: it is). THE TENANCY OF INCOMING REQUESTS IS LOST HERE unless it comes as baggage."
          + " Next: with otel.config.file, add '" + TagPropagator.NAME + ":' at the end of propagator.composite.");
    }
  }

  /** Without metrics a process does all the rest. */
  private static void measure(Running found) {
    try {
      found.measure(GlobalOpenTelemetry.getMeter(LaneMetrics.SCOPE));
    } catch (RuntimeException | LinkageError failure) {
      say("metrics: " + failure + " (expected: no failure). There are no metrics of Lanekeeper's here.");
    }
  }

  /** Which modules the user has switched off, and whether that of the JDK's client, which is always there, fits. */
  private static void checkModules(ConfigProperties config) {
    Map<String, String> modules = Map.of("java.net.http", JavaHttpModule.NAME, "okhttp", OkHttpModule.NAME,
        "kafka-clients", KafkaModule.NAME);
    modules.forEach((library, name) -> {
      for (String switched : List.of(name, "lanekeeper")) {
        if (!config.getBoolean("otel.instrumentation." + switched + ".enabled", true)) {
          Modules.missed(library, "otel.instrumentation." + switched
              + ".enabled is false. WHAT A TENANT OVERRIDES IS NOT REACHED THROUGH IT.");
        }
      }
    });
    List<String> missing = JavaHttpModule.missing();
    if (!missing.isEmpty()) {
      Modules.missed("java.net.http", missing.toString());
    } else if (!Modules.missed().containsKey("java.net.http")) {
      Modules.found("java.net.http", "JDK " + System.getProperty("java.version", ""));
    }
  }

  private static boolean isPropagatorInEffect() {
    return isWritten() && isRead();
  }

  /** Whether our plain header is read, and what another propagator makes of the baggage does not undo it. */
  private static boolean isRead() {
    if (Lanes.names().headers().isEmpty()) {
      return true;
    }
    Map<String, String> carrier = Map.of(Lanes.names().headers().get(0), PROBE, "baggage", "other=1");
    Context context = GlobalOpenTelemetry.getPropagators().getTextMapPropagator().extract(Context.root(), carrier,
        new TextMapGetter<>() {
          @Override
          @SuppressWarnings("deprecation") // still to be implemented
          public Iterable<String> keys(Map<String, String> from) {
            return from.keySet();
          }

          @Override
          public @Nullable String get(@Nullable Map<String, String> from, String key) {
            return carrier.get(key);
          }
        });
    return TagContext.of(context).isTagged();
  }

  /** Whether a tag in the context comes out as our plain header. */
  private static boolean isWritten() {
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
