package dev.lanekeeper.it.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.model.Tenancy;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The chain in Node.js, where of B there are stubs for two tenants, and of C another version for a third. */
class NodeChainIT {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int EACH = 50;

  @SuppressWarnings("NullAway.Init") private static NodeChain chain;
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    chain = NodeChain.start();
    chain.client().applyYaml("""
        kind: Tenant
        tenancy: DownstreamB/ValidationError
        overrides:
          B:
            mock:
              stubs:
                - request: { method: POST, urlPath: /notifications }
                  response: { status: 200, jsonBody: { _tag: ValidationError } }
        ---
        kind: Tenant
        tenancy: DownstreamB/TimeoutError
        overrides:
          B:
            mock:
              stubs:
                - request: { method: POST, urlPath: /notifications }
                  response: { status: 200, fixedDelayMilliseconds: 100, jsonBody: { _tag: TimeoutError } }
        ---
        kind: Tenant
        tenancy: Feature/QueueUpdate
        overrides: { C: { workload: {} } }
        """);
    chain.service("C", new Tenancy("Feature/QueueUpdate"), "c-prime.js", Map.of());
    await().atMost(PATIENCE).until(() -> post("Feature/QueueUpdate").contains("alternative"));
    await().atMost(PATIENCE).until(() -> post("DownstreamB/TimeoutError").contains("TimeoutError"));
  }

  @AfterAll
  static void stop() throws Exception {
    chain.stop();
  }

  private static HttpRequest request(@Nullable String tenancy) {
    HttpRequest.Builder request = HttpRequest.newBuilder(chain.a().resolve("/users")).timeout(PATIENCE)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"Dennis\"}"));
    return (tenancy == null ? request : request.header("X-Tenancy-ID", tenancy)).build();
  }

  private static String post(@Nullable String tenancy) throws IOException, InterruptedException {
    return text(CLIENT.send(request(tenancy), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8)));
  }

  private static String text(HttpResponse<String> response) {
    return response.statusCode() + " " + response.body();
  }

  private static void assertIs(@Nullable String tenancy, String answer) {
    switch (tenancy == null ? "" : tenancy) {
      case "DownstreamB/ValidationError" ->
        assertThat(answer).isEqualTo("500 {\"_tag\":\"QueueError\",\"value\":{\"_tag\":\"ValidationError\"}}");
      case "DownstreamB/TimeoutError" ->
        assertThat(answer).isEqualTo("500 {\"_tag\":\"QueueError\",\"value\":{\"_tag\":\"TimeoutError\"}}");
      case "Feature/QueueUpdate" ->
        assertThat(answer)
            .isEqualTo("200 {\"_tag\":\"UserCreated\",\"_message\":\"This uses the alternative tenant\"}");
      default -> assertThat(answer).startsWith("200 {\"_tag\":\"UserCreated\",\"value\":{\"id\":\"").contains("Dennis");
    }
  }

  private static List<@Nullable String> lanes() {
    List<@Nullable String> lanes = new ArrayList<>(List.of("DownstreamB/ValidationError", "DownstreamB/TimeoutError",
        "Feature/QueueUpdate"));
    lanes.add(null);
    return lanes;
  }

  @Test
  void eachLane_byItself() throws Exception {
    for (String tenancy : lanes()) {
      assertIs(tenancy, post(tenancy));
    }
  }

  @Test
  void allLanes_inParallel_eachOnlyItsOwn() throws Exception {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < EACH; i++) {
      for (String tenancy : lanes()) {
        all.add(CLIENT.sendAsync(request(tenancy), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
            .thenAccept(response -> assertIs(tenancy, text(response))));
      }
    }
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
  }
}
