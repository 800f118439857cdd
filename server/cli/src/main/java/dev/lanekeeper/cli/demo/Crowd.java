package dev.lanekeeper.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Requests of every lane at once, interleaved: each must stay in its own, and none may be lost or handled twice. */
final class Crowd {
  private static final int AT_ONCE = 24;
  private static final Duration QUIET = Duration.ofSeconds(40);
  private static final Duration PAUSE = Duration.ofMillis(250);

  private final Orders orders;
  private final BrokerView broker;

  /** Sends nothing yet. */
  Crowd(Orders orders, BrokerView broker) {
    this.orders = orders;
    this.broker = broker;
  }

  /**
   * What became of the requests.
   *
   * @param lanes how many took each lane, by tag
   * @param lost ids that no D kept
   * @param twice ids that were kept more than once, by one D or by two
   * @param strayed ids that took another lane than their own, with the lane that they took
   * @param refused ids that A did not take
   */
  record Outcome(Map<String, Integer> lanes, List<String> lost, List<String> twice, List<String> strayed,
      List<String> refused) {}

  /** Sends them, waits until every consumer group has read everything, and looks what became of them. */
  Outcome send(int requests, Map<String, Lane> lanes) throws Exception {
    List<Orders.Sent> sent = sendAll(requests, List.copyOf(lanes.keySet()));
    awaitQuiet();
    var kept = orders.keptById();
    var outcome = new Outcome(new LinkedHashMap<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(),
        new ArrayList<>());
    for (Orders.Sent order : sent) {
      String tag = order.tag() == null ? Tenants.UNTAGGED : order.tag();
      judge(order, tag, kept.getOrDefault(order.id(), List.of()), lanes.getOrDefault(tag, Lane.BASELINE), outcome);
    }
    return outcome;
  }

  private static void judge(Orders.Sent order, String tag, List<JsonNode> kept, Lane expected, Outcome outcome) {
    if (!order.isTaken()) {
      outcome.refused().add(order.id() + " (" + tag + "): " + order.answer());
      return;
    }
    if (kept.isEmpty()) {
      outcome.lost().add(order.id() + " (" + tag + ")");
      return;
    }
    if (kept.size() > 1) {
      outcome.twice().add(order.id() + " (" + tag + "): " + kept);
    }
    for (JsonNode one : kept) {
      Lane taken = Lane.of(order.answer(), one);
      if (!taken.equals(expected)) {
        outcome.strayed().add(order.id() + " (" + tag + "): " + taken.drawn());
      }
    }
    outcome.lanes().merge(tag, 1, Integer::sum);
  }

  private List<Orders.Sent> sendAll(int requests, List<String> tags) throws Exception {
    List<Callable<Orders.Sent>> tasks = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      String tag = tags.get(i % tags.size());
      String id = "crowd-" + i;
      tasks.add(() -> orders.send(id, tag.equals(Tenants.UNTAGGED) ? null : tag));
    }
    List<Orders.Sent> sent = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
      for (Future<Orders.Sent> one : threads.invokeAll(tasks)) {
        sent.add(one.get());
      }
    }
    return sent;
  }

  /** Until no group is behind, nothing more can arrive at D. A message is handed to D before its position is committed. */
  private void awaitQuiet() throws Exception {
    long deadline = System.nanoTime() + QUIET.toNanos();
    while (!broker.behind(broker.groups(Town.GROUP).keySet(), Town.TOPIC).isEmpty() && System.nanoTime() < deadline) {
      Thread.sleep(PAUSE);
    }
  }
}
