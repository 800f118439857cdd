package dev.lanekeeper.boot;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The message consumers of this process, whatever class loaders they live in, for the control plane to know. */
public final class Consumers {

  private static final Map<Object, Supplier<Seen>> OPEN = new ConcurrentHashMap<>();

  private static volatile Runnable listener = () -> {};

  private Consumers() {}

  /**
   * What a consumer is to its broker.
   *
   * @param bootstrap addresses of the broker, as configured
   * @param group its consumer group as the broker knows it; empty if it has none
   * @param topics what it reads
   * @param memberId its member id in the group; empty before it has joined
   * @param clientId its client id as the broker knows it; empty if none was configured
   * @param handovers whether it reads what is handed over to its group
   */
  public record Seen(String bootstrap, String group, List<String> topics, String memberId, String clientId,
      boolean handovers) {

    /** Copies the topics. */
    public Seen {
      topics = List.copyOf(topics);
    }
  }

  /**
   * A consumer was made.
   *
   * @param consumer compared by {@code equals}
   * @param description asked at any time, by any thread
   */
  public static void opened(Object consumer, Supplier<Seen> description) {
    OPEN.put(consumer, description);
    listener.run();
  }

  /** It was closed. */
  public static void closed(Object consumer) {
    OPEN.remove(consumer);
    listener.run();
  }

  /** Who is told when one was opened or closed; must not block. */
  public static void listen(Runnable newListener) {
    listener = newListener;
  }

  /** All that are open now. */
  public static List<Seen> seen() {
    List<Seen> seen = new ArrayList<>();
    OPEN.values().forEach(description -> seen.add(description.get()));
    return seen;
  }
}
