package dev.lanekeeper.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The customer: sends orders to A, and asks every D what it kept. Sends from any thread.
 */
final class Orders {
  /** The header that a customer tags a request with. */
  static final String HEADER = "X-Tenancy-ID";

  /**
   * An order that was sent.
   *
   * @param id its id
   * @param tag its tenancy; null: untagged
   * @param status of A's answer
   * @param answer of A
   */
  record Sent(String id, @Nullable String tag, int status, JsonNode answer) {
    private static final int OK = 200;

    /** Whether it was taken. */
    boolean isTaken() {
      return status == OK;
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final Duration ARRIVAL = Duration.ofSeconds(15);
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI a;
  private final List<URI> keepers = new CopyOnWriteArrayList<>();

  /**
   * Sends nothing yet.
   *
   * @param a where A is
   */
  Orders(URI a) {
    this.a = a;
  }

  /** From now on asks this D as well. */
  void alsoAsk(URI d) {
    keepers.add(d);
  }

  /**
   * Sends an order.
   *
   * @param tag its tenancy; null: untagged
   * @param headers more headers, names and values in turn
   * @throws IOException if A does not answer
   */
  Sent send(String id, @Nullable String tag, String... headers) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(a.resolve("/order?id=" + id)).timeout(ANSWER);
    if (tag != null) {
      request.header(HEADER, tag);
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    var answer = client.send(request.build(), BodyHandlers.ofString());
    return new Sent(id, tag, answer.statusCode(), JSON.readTree(answer.body()));
  }

  /** All that any D kept under an id. */
  List<JsonNode> kept(String id) throws IOException, InterruptedException {
    List<JsonNode> kept = new ArrayList<>();
    for (URI d : keepers) {
      ask(d.resolve("/received?id=" + id)).forEach(kept::add);
    }
    return kept;
  }

  /** All that any D kept, by id. */
  Map<String, List<JsonNode>> keptById() throws IOException, InterruptedException {
    Map<String, List<JsonNode>> all = new HashMap<>();
    for (URI d : keepers) {
      for (var entry : ask(d.resolve("/received")).properties()) {
        ((ArrayNode) entry.getValue())
            .forEach(one -> all.computeIfAbsent(entry.getKey(), id -> new ArrayList<>()).add(one));
      }
    }
    return all;
  }

  /** Waits until some D kept an order; answers all that was kept, nothing if that takes too long. */
  List<JsonNode> awaitKept(String id) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + ARRIVAL.toNanos();
    List<JsonNode> kept = kept(id);
    while (kept.isEmpty() && System.nanoTime() < deadline) {
      Thread.sleep(PAUSE);
      kept = kept(id);
    }
    return kept;
  }

  private JsonNode ask(URI uri) throws IOException, InterruptedException {
    return JSON
        .readTree(client.send(HttpRequest.newBuilder(uri).timeout(ANSWER).build(), BodyHandlers.ofString()).body());
  }
}
