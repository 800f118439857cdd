package dev.lanekeeper.agent;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.trace.ReadableSpan;
import java.util.List;
import java.util.Locale;

/**
 * Tells what a client of a queue takes from what comes inside of a request. A message that is taken is never a part of what its
 * thread is busy with, or was and left behind, and says itself whose it is. What comes to a server inside of a server (an RPC over
 * HTTP, a channel of messages behind a consumer) is a part of the request that the outer one is serving, and need not say so again.
 *
 * <p>By the names of the agent's own classes, which know the carriers.
 */
final class Takers {

  private static final String KAFKA = "kafka";
  private static final List<String> NAMES = List.of(KAFKA, "pulsar", "jms", "rabbit", "sqs", "rocketmq", "nats");

  private enum Kind {
    /** Of a server, or of what is unknown. */
    SERVER,
    /** Of a client that takes messages. */
    TAKER,
    /** The same; headers come in our form, since a gate has written them. */
    GATED
  }

  private static final ClassValue<Kind> KINDS = new ClassValue<>() {
    @Override
    protected Kind computeValue(Class<?> getter) {
      String name = getter.getName().toLowerCase(Locale.ROOT);
      if (NAMES.stream().noneMatch(name::contains)) {
        return Kind.SERVER;
      }
      return name.contains(KAFKA) ? Kind.GATED : Kind.TAKER;
    }
  };

  private Takers() {}

  /** Whether the names of headers have to be compared without case by us: as queues give them, nobody else does. */
  static boolean regardCase(TextMapGetter<?> getter) {
    return KINDS.get(getter.getClass()) == Kind.TAKER;
  }

  /** Whether what comes is a request to a server, as far as can be told. */
  static boolean isServer(TextMapGetter<?> getter) {
    return KINDS.get(getter.getClass()) == Kind.SERVER;
  }

  /**
   * Whether what comes with this carrier is a part of the request of a context.
   *
   * @param context with what other propagators found: the remote span, where the carrier names one
   */
  static boolean isWithin(Context context, TextMapGetter<?> getter) {
    if (KINDS.get(getter.getClass()) != Kind.SERVER) {
      return false;
    }
    Span span = Span.fromContext(context);
    boolean isOfThisProcess = span.getSpanContext().isValid() && !span.getSpanContext().isRemote();
    return isOfThisProcess && !(span instanceof ReadableSpan readable && readable.hasEnded());
  }
}
