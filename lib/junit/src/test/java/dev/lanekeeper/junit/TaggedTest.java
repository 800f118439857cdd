package dev.lanekeeper.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.lanekeeper.model.WireNames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is sent bears the lane's headers, each time under a name of its own. */
class TaggedTest {

  private final Requests requests = new Requests(WireNames.STANDARD, "shop/testing/x");
  private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
  @SuppressWarnings("NullAway.Init") private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> {
      seen.add(exchange.getRequestMethod() + " " + exchange.getRequestHeaders().get("baggage") + " "
          + exchange.getRequestHeaders().get("X-Tenancy-ID") + " " + exchange.getRequestHeaders().get("X-Other") + " "
          + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      exchange.sendResponseHeaders(204, -1);
      exchange.close();
    });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private Map<String, String> headers() {
    return requests.headers(requests.begin(Set.of(), Set.of()));
  }

  private static @Nullable String name(HttpRequest request) {
    String baggage = request.headers().firstValue("baggage").orElse("");
    return baggage.isEmpty() ? null : baggage.substring(baggage.lastIndexOf('=') + 1);
  }

  private HttpClient client() {
    return new TaggedHttpClient(HttpClient.newHttpClient(), to -> headers(), request -> requests.unsent(name(request)));
  }

  private URI at(int port) {
    return URI.create("http://127.0.0.1:" + port + "/");
  }

  @Test
  void requests_bearTheTenancy_andAllElseThatTheyBore() throws Exception {
    HttpRequest request = HttpRequest.newBuilder(at(server.getAddress().getPort())).header("X-Other", "1")
        .header("X-Other", "2").header("x-tenancy-id", "another").POST(HttpRequest.BodyPublishers.ofString("body"))
        .build();

    client().send(request, HttpResponse.BodyHandlers.discarding());
    client().sendAsync(request, HttpResponse.BodyHandlers.discarding()).join();
    client().sendAsync(request, HttpResponse.BodyHandlers.discarding(), null).join();

    assertThat(seen).hasSize(3).doesNotHaveDuplicates().allMatch(line -> line.matches("POST \\[tenancy=shop/testing/x,"
        + "lanekeeper-trace=[0-9a-f]{32}\\] \\[shop/testing/x\\] \\[1, 2\\] body"));
    assertThat(requests.takeUnchecked()).hasSize(3);
    assertThat(requests.takeUnchecked()).isEmpty();
  }

  @Test
  void requests_thatNeverWent_areNotWaitedFor() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    HttpRequest request = HttpRequest.newBuilder(at(port)).build();
    assertThatThrownBy(() -> client().send(request, HttpResponse.BodyHandlers.discarding()))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> client().sendAsync(request, HttpResponse.BodyHandlers.discarding()).join())
        .isInstanceOf(CompletionException.class);
    assertThat(requests.takeUnchecked()).isEmpty();
  }

  @Test
  void records_bearTheTenancy_andAllElseThatTheyBore() {
    MockProducer<String, String> mock = new MockProducer<>(true, null, new StringSerializer(), new StringSerializer());
    Producer<String, String> producer = TaggedProducer.of(mock, this::headers);
    ProducerRecord<String, String> record = new ProducerRecord<>("orders", 0, 7L, "k", "v");
    record.headers().add("other", "1".getBytes(StandardCharsets.UTF_8)).add("baggage",
        "a=1".getBytes(StandardCharsets.UTF_8));

    assertThat(producer.send(record)).isDone();
    assertThat(producer.send(record, (metadata, failure) -> {})).isDone();

    assertThat(mock.history()).hasSize(2).allSatisfy(sent -> {
      assertThat(sent.key() + sent.value() + sent.partition() + sent.timestamp()).isEqualTo("kv07");
      assertThat(sent.headers().toArray()).extracting(header -> header.key() + "="
          + new String(header.value(), StandardCharsets.UTF_8).replaceAll("[0-9a-f]{32}", "*"))
          .containsExactlyInAnyOrder(
              "other=1", "baggage=tenancy=shop/testing/x,lanekeeper-trace=*", "X-Tenancy-ID=shop/testing/x",
              "request-tenancy=shop/testing/x");
    });
    assertThat(record.headers().toArray()).as("the caller's own record").hasSize(2);
    mock.close();
    assertThatThrownBy(() -> producer.send(record)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void lane_outsideOfATest_saysSo() {
    Lane lane = Lane.at("http://127.0.0.1:1").build();
    assertThatThrownBy(lane::tenancy).hasMessageStartingWith("lane: not there (expected: ");
    assertThatThrownBy(() -> Lane.at("http://127.0.0.1:1").build().get("/")).hasMessageStartingWith("edge: unknown");
  }
}
