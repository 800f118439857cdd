package dev.lanekeeper.it.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.junit.Lane;
import dev.lanekeeper.model.Tenancy;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The chain in Node.js as a team would test it: each lane a field of the test, all of them at once. */
class NodeChainLaneIT {

  private static final NodeChain CHAIN = started();
  private static final String USER = "{\"name\":\"Dennis\"}";

  /** Registered first, and so done last: behind the lanes, whose tenants end before. */
  @RegisterExtension
  @Order(Integer.MIN_VALUE) static final AfterAllCallback STOP = context -> CHAIN.stop();

  @RegisterExtension static final Lane BASELINE =
      Lane.at(CHAIN.controlPlane().toString()).edge(CHAIN.a().toString()).build();

  @RegisterExtension static final Lane VALIDATION_ERROR =
      Lane.at(CHAIN.controlPlane().toString()).edge(CHAIN.a().toString()).stubs("B", """
          - request: { method: POST, urlPath: /notifications }
            response: { status: 200, jsonBody: { _tag: ValidationError } }
          """).build();

  @RegisterExtension static final Lane TIMEOUT_ERROR =
      Lane.at(CHAIN.controlPlane().toString()).edge(CHAIN.a().toString()).stubs("B", """
          [{ "request": { "method": "POST", "urlPath": "/notifications" },
             "response": { "status": 200, "fixedDelayMilliseconds": 100, "jsonBody": { "_tag": "TimeoutError" } } }]
          """).build();

  @RegisterExtension static final Lane QUEUE_UPDATE =
      Lane.at(CHAIN.controlPlane().toString()).edge(CHAIN.a().toString()).workload("C").build();

  /** For a caller in Java, too: B's stubs are asked from its client, without a proxy. */
  @RegisterExtension static final Lane JAVA = Lane.at(CHAIN.controlPlane().toString()).stubs("B", """
      - request: { method: GET, urlPath: /place, queryParameters: { id: { equalTo: "7" } } }
        response: { jsonBody: { service: B, version: "a stub" } }
      """).build();

  private static NodeChain started() {
    try {
      return NodeChain.start();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @BeforeAll
  static void startTheVersionUnderTest() throws Exception {
    Map<String, String> said = QUEUE_UPDATE.environment("C");
    assertThat(said).containsEntry("LANEKEEPER_CONTROL_PLANE", CHAIN.controlPlane().toString());
    CHAIN.service("C", new Tenancy(QUEUE_UPDATE.tenancy()), "c-prime.js", Map.of());
  }

  private static HttpResponse<String> post(Lane lane) throws Exception {
    return lane.post("/users", "application/json", USER);
  }

  @Test
  void allAtOnce_eachOnlyItsOwn() throws Exception {
    Map<Lane, String> lanes = Map.of(BASELINE, "Dennis", VALIDATION_ERROR, "ValidationError", TIMEOUT_ERROR,
        "TimeoutError", QUEUE_UPDATE, "alternative");
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      lanes.forEach((lane, expected) -> all.add(lane.http().sendAsync(
          HttpRequest.newBuilder(CHAIN.a().resolve("/users")).header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(USER)).build(),
          HttpResponse.BodyHandlers.ofString()).thenAccept(answer -> assertThat(answer.body()).contains(expected))));
    }
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
  }

  @Test
  void success() throws Exception {
    HttpResponse<String> answer = post(BASELINE);

    assertThat(answer.body()).contains("UserCreated", "Dennis");
    BASELINE.path(answer).servedByBaseline("A").servedByBaseline("B").servedByBaseline("C").servedByNobodyElse();
  }

  @Test
  void validationError_ofB() throws Exception {
    HttpResponse<String> answer = post(VALIDATION_ERROR);

    assertThat(answer.body()).isEqualTo("{\"_tag\":\"QueueError\",\"value\":{\"_tag\":\"ValidationError\"}}");
    VALIDATION_ERROR.path(answer).servedByBaseline("A").servedByStubs("B").servedByNobodyElse();
  }

  @Test
  void timeoutError_ofB() throws Exception {
    HttpResponse<String> answer = post(TIMEOUT_ERROR);

    assertThat(answer.body()).isEqualTo("{\"_tag\":\"QueueError\",\"value\":{\"_tag\":\"TimeoutError\"}}");
    TIMEOUT_ERROR.path(answer).servedByBaseline("A").servedByStubs("B").servedByNobodyElse();
  }

  @Test
  void stubs_areReachedByACallerInJava_underTheAgent() throws Exception {
    URI a = CHAIN.javaA();

    HttpResponse<String> answer = JAVA.send(HttpRequest.newBuilder(a.resolve("/order?id=7")).build());
    HttpResponse<String> other = JAVA.send(HttpRequest.newBuilder(a.resolve("/order?id=8")).build());

    assertThat(answer.body()).contains("\"calls\":{\"service\":\"B\",\"version\":\"a stub\"}");
    JAVA.path(answer).servedByBaseline("JavaA").servedByStubs("B").servedByNobodyElse();
    assertThat(other.body()).as("no stub takes it: B itself has no such page").contains("404");
    JAVA.path(other).servedByBaseline("JavaA").servedByStubs("B").servedByBaseline("B").servedByNobodyElse();
  }

  @Test
  void queueUpdate_reachesCPrime() throws Exception {
    HttpResponse<String> answer = post(QUEUE_UPDATE);

    assertThat(answer.body()).contains("This uses the alternative tenant");
    QUEUE_UPDATE.path(answer).servedByBaseline("A").servedByBaseline("B").servedByTenant("C").servedByNobodyElse();
  }
}
