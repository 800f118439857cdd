package dev.lanekeeper.agent.kafkaclients;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the agent from starting a span for each record that the gate looks at: only what the application gets is processed.
 * By reflection, since this is the agent's own affair; where it is not to be found, nothing is suppressed.
 */
final class ProcessSpans {

  private static final String TRACING = "io.opentelemetry.javaagent.bootstrap.kafka.KafkaClientsConsumerProcessTracing";

  private static final @Nullable MethodHandle ACQUIRE;
  private static final @Nullable MethodHandle RELEASE;

  static {
    MethodHandle acquire = null;
    MethodHandle release = null;
    try {
      Class<?> tracing = Class.forName(TRACING, true, null);
      Object suppression = tracing.getMethod("processSpanSuppression").invoke(null);
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      acquire = lookup.findVirtual(suppression.getClass(), "tryAcquire", MethodType.methodType(boolean.class))
          .bindTo(suppression);
      release =
          lookup.findVirtual(suppression.getClass(), "release", MethodType.methodType(void.class)).bindTo(suppression);
    } catch (ReflectiveOperationException | LinkageError absent) {
      acquire = null;
    }
    ACQUIRE = acquire;
    RELEASE = release;
  }

  private ProcessSpans() {}

  /** Suppresses them on this thread. Returns what {@link #resume} needs. */
  static boolean suppress() {
    try {
      return ACQUIRE != null && RELEASE != null && (boolean) ACQUIRE.invokeExact();
    } catch (Throwable failure) {
      return false;
    }
  }

  /** Ends {@link #suppress}. */
  static void resume(boolean suppressed) {
    try {
      if (suppressed && RELEASE != null) {
        RELEASE.invokeExact();
      }
    } catch (Throwable failure) {
      throw new IllegalStateException("release: " + failure, failure);
    }
  }
}
