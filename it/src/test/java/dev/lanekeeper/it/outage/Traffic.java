package dev.lanekeeper.it.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Orders in every lane, and the account of them: what was taken has to arrive once, through the workloads of its lane; what was
 * refused must have arrived nowhere.
 */
final class Traffic implements AutoCloseable {
  private static final int OK = 200;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(25);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  static final Duration ARRIVAL = Duration.ofSeconds(90);

  private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Stand stand;
  private final Map<String, Lane> taken = new ConcurrentHashMap<>();
  private final Map<String, Lane> refused = new ConcurrentHashMap<>();
  private final List<String> faults = new CopyOnWriteArrayList<>();
  private final AtomicInteger ids = new AtomicInteger();

  Traffic(Stand stand) {
    this.stand = stand;
  }

  /** A stream of orders in every lane, side by side; {@link #close} waits until each has got its answer. */
  final class Stream implements AutoCloseable {
    private final Map<Lane, AtomicInteger> answered = new ConcurrentHashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    private Stream(URI a) {
      for (Lane lane : Lane.values()) {
        answered.put(lane, new AtomicInteger());
        threads.add(Thread.ofVirtual().name(lane.name()).start(() -> run(a, lane)));
      }
    }

    private void run(URI a, Lane lane) {
      while (!closed) {
        order(a, lane);
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }

    private void order(URI a, Lane lane) {
      try {
        requireTaken(a, lane);
      } catch (IOException | InterruptedException | RuntimeException | AssertionError failed) {
        faults.add(lane + ": " + failed);
      } finally {
        counter(lane).incrementAndGet();
      }
    }

    private AtomicInteger counter(Lane lane) {
      return java.util.Objects.requireNonNull(answered.get(lane));
    }

    /** Waits until so many more have been answered in each lane, or one of them wrongly. */
    void awaitMore(int orders) {
      Map<Lane, Integer> enough = new TreeMap<>();
      answered.forEach((lane, count) -> enough.put(lane, count.get() + orders));
      await().atMost(ARRIVAL).until(() -> !faults.isEmpty()
          || enough.entrySet().stream().allMatch(lane -> counter(lane.getKey()).get() >= lane.getValue()));
      requireNoFault();
    }

    @Override
    public void close() {
      closed = true;
      await().atMost(ARRIVAL).until(() -> threads.stream().noneMatch(Thread::isAlive));
    }
  }

  /** Begins a stream of orders to this A. */
  Stream begin(URI a) {
    return new Stream(a);
  }

  /** So many orders in each lane. */
  void round(URI a, int orders) {
    try (Stream stream = begin(a)) {
      stream.awaitMore(orders);
    }
    requireNoFault();
  }

  /** An id that nobody has. */
  String newId() {
    return "o" + ids.incrementAndGet();
  }

  /** Sends an order that has to be taken, by the right B. */
  String requireTaken(URI a, Lane lane) throws IOException, InterruptedException {
    return requireTaken(a, lane, newId());
  }

  /** The same under this id. */
  String requireTaken(URI a, Lane lane, String id) throws IOException, InterruptedException {
    taken.put(id, lane);
    var answer = send(a, lane, id);
    assertThat(answer.statusCode() + " " + answer.body()).as(lane + " " + id).isEqualTo(OK + " " + lane.answer());
    return id;
  }

  /** Sends an order that has to be refused; answers how long that took. */
  Duration requireRefused(URI a, Lane lane) throws IOException, InterruptedException {
    String id = newId();
    refused.put(id, lane);
    long begun = System.nanoTime();
    var answer = send(a, lane, id);
    assertThat(answer.statusCode() + " " + answer.body()).as(lane + " " + id).startsWith("502 ").contains("\"error\"");
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  /** Whether the order is taken now; one that is not counts as refused. */
  boolean isTaken(URI a, Lane lane) throws IOException, InterruptedException {
    String id = newId();
    var answer = send(a, lane, id);
    boolean is = answer.statusCode() == OK;
    (is ? taken : refused).put(id, lane);
    if (is) {
      assertThat(answer.body()).as(lane + " " + id).isEqualTo(lane.answer());
    }
    return is;
  }

  private HttpResponse<String> send(URI a, Lane lane, String id) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(a.resolve("/order?id=" + id)).timeout(ANSWER);
    if (lane.tenancy() != null) {
      request.header("X-Tenancy-ID", lane.tenancy());
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private void requireNoFault() {
    assertThat(faults).as("orders that were not served by their lane").isEmpty();
  }

  /**
   * Waits until every order that was taken has arrived, but for those that are known to be held back; then each has arrived
   * once, in its lane, and nothing else has.
   */
  void settle(String... heldBack) {
    var expected = new TreeSet<>(taken.keySet());
    expected.removeAll(List.of(heldBack));
    await("every order to arrive").atMost(ARRIVAL)
        .untilAsserted(() -> assertThat(missing(expected)).isEmpty());
    var wrong = new ArrayList<String>();
    stand.handed().forEach((id, bodies) -> {
      Lane lane = expected.contains(id) ? taken.get(id) : null;
      if (lane == null || !bodies.equals(List.of(lane.handed()))) {
        wrong.add(id + " of " + lane + ", refused " + refused.get(id) + ": " + bodies);
      }
    });
    assertThat(wrong).as("orders at D that came twice, or from a workload that does not own them").isEmpty();
    var redirected =
        taken.entrySet().stream().filter(order -> order.getValue() == Lane.REDIRECTED).map(Map.Entry::getKey);
    assertThat(stand.placed()).as("orders at the redirected B")
        .containsExactlyInAnyOrderElementsOf(redirected.toList());
  }

  private List<String> missing(Set<String> expected) {
    return expected.stream().filter(id -> stand.handed(id).isEmpty()).limit(10).toList();
  }

  /** How many were taken, and how many refused. */
  String account() {
    return taken.size() + " taken, " + refused.size() + " refused";
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
