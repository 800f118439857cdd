package dev.lanekeeper.agent.advice;

import io.opentelemetry.javaagent.extension.instrumentation.TypeInstrumentation;
import java.util.List;
import java.util.function.Supplier;

/**
 * Whether what all class loaders share is in its place.
 *
 * <p>INVARIANT: no advice is applied otherwise: it would fail each call of the host, tagged or not.
 */
public final class Readiness {

  private static volatile boolean ready;

  private Readiness() {}

  /** It is. */
  public static void declare() {
    ready = true;
  }

  /** The types to instrument; none where advice could not work. */
  public static List<TypeInstrumentation> types(Supplier<List<AdvisedType>> types) {
    return ready ? List.copyOf(types.get()) : List.of();
  }
}
