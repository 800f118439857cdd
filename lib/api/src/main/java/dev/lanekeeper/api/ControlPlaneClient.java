package dev.lanekeeper.api;

import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client of the control plane's REST interface.
 *
 * <p>Every method throws {@link ProblemException}: with the control plane's problem where it refused, with
 * {@link ProblemCode#CONTROL_PLANE_UNREACHABLE} where it did not answer.
 *
 * <p><b>Threads.</b> Any; each call blocks until it is answered, or its time is over. An interrupt ends the call.
 */
public final class ControlPlaneClient {

  /** How long one request may take; longer than the control plane gives a Kafka cluster. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  /** The same for what writes to it. */
  private static final Duration LONG_PATIENCE = Duration.ofSeconds(60);
  private static final int ERROR = 400;

  private final URI root;
  private final @Nullable String token;
  /** One for all: each has threads. */
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5)).build();

  /**
   * A client; connects with the first call.
   *
   * @param root of the control plane, {@code http://127.0.0.1:7400}
   * @param token the bearer token; null: none
   */
  public ControlPlaneClient(URI root, @Nullable String token) {
    this.root = root;
    this.token = token;
  }

  /** The root of the control plane. */
  public URI root() {
    return root;
  }

  /** Applies documents, all or none. */
  public Applied apply(List<Document> documents) {
    StringBuilder yaml = new StringBuilder();
    documents.forEach(document -> yaml.append(Documents.writeYaml(document)).append('\n'));
    return applyYaml(yaml.toString());
  }

  /** Applies documents as they were written, all or none. */
  public Applied applyYaml(String yaml) {
    return ApiJson.read(send("POST", "/v1/documents", yaml, "application/yaml", PATIENCE), Applied.class);
  }

  /** All registered tenants, by tenancy. */
  public List<TenantInfo> tenants() {
    return ApiJson.read(get("/v1/tenants"), new TypeReference<>() {});
  }

  /** One registered tenant. */
  public TenantInfo tenant(String tenancy) {
    return ApiJson.read(get("/v1/tenants/" + encoded(tenancy)), TenantInfo.class);
  }

  /** Ends a tenant. Its consumer groups go in the background: see {@link #operation}. */
  public Deleted deleteTenant(String tenancy) {
    return ApiJson.read(send("DELETE", "/v1/tenants/" + encoded(tenancy), null, null, PATIENCE), Deleted.class);
  }

  /**
   * Waits until somebody is there to serve each workload override of a tenant.
   *
   * @throws ProblemException {@link ProblemCode#TENANT_NOT_READY}, naming the services, once the timeout is over
   */
  public ReadyInfo awaitReady(String tenancy, Duration timeout) {
    String path = "/v1/tenants/" + encoded(tenancy) + "/ready?timeout=" + timeout.toMillis() + "ms";
    return ApiJson.read(send("GET", path, null, null, timeout.plus(PATIENCE)), ReadyInfo.class);
  }

  /** The inventory, by name. */
  public List<ServiceInfo> services() {
    return ApiJson.read(get("/v1/services"), new TypeReference<>() {});
  }

  /** One service. */
  public ServiceInfo service(String name) {
    return ApiJson.read(get("/v1/services/" + encoded(name)), ServiceInfo.class);
  }

  /**
   * Forgets a service: its document, and all that was reported of its baseline.
   *
   * @throws ProblemException {@link ProblemCode#SERVICE_IN_USE}, naming the tenancies, while a tenant overrides it
   */
  public Removed deleteService(String name) {
    return ApiJson.read(send("DELETE", "/v1/services/" + encoded(name), null, null, PATIENCE), Removed.class);
  }

  /**
   * Forgets a cluster.
   *
   * @throws ProblemException {@link ProblemCode#CLUSTER_IN_USE} while an override has, or may have, a group there
   */
  public Removed deleteCluster(String name) {
    return ApiJson.read(send("DELETE", "/v1/clusters/" + encoded(name), null, null, PATIENCE), Removed.class);
  }

  /** The Cluster documents, by name. */
  public List<ClusterDocument> clusters() {
    return documents("/v1/clusters").stream().map(ClusterDocument.class::cast).toList();
  }

  /** What holds for the whole environment. */
  public EnvironmentDocument environment() {
    return (EnvironmentDocument) documents("/v1/environment").get(0);
  }

  private List<Document> documents(String path) {
    String json = get(path);
    try {
      return json.strip().equals("[]") ? List.of() : Documents.read(path, json.startsWith("[") ? lines(json) : json);
    } catch (DocumentException e) {
      throw new ProblemException(e.problem(), e);
    }
  }

  /** A JSON array of objects as documents of their own. */
  private static String lines(String json) {
    StringBuilder out = new StringBuilder();
    for (Object item : ApiJson.read(json, new TypeReference<List<Object>>() {})) {
      out.append(ApiJson.write(item)).append('\n');
    }
    return out.toString();
  }

  /** The ledger, newest first. */
  public List<OperationInfo> operations() {
    return ApiJson.read(get("/v1/operations"), new TypeReference<>() {});
  }

  /** One operation with its steps. */
  public OperationInfo operation(String id) {
    return ApiJson.read(get("/v1/operations/" + encoded(id)), OperationInfo.class);
  }

  /**
   * What was put aside, newest first.
   *
   * @param limit how many records at most; 0: they are only counted
   * @param after {@link QuarantinePage#next} of the page before; null: the first page
   */
  public QuarantinePage quarantine(QuarantinePage.Filter filter, int limit, @Nullable String after) {
    return ApiJson.read(get("/v1/quarantine?limit=" + limit + parameter("service", filter.service())
        + parameter("tenancy", filter.tenancy()) + parameter("reason", filter.reason())
        + parameter("state", filter.state()) + parameter("after", after)), QuarantinePage.class);
  }

  /** One record that was put aside, with what it holds. */
  public QuarantinedRecordInfo quarantined(String id) {
    return ApiJson.read(get("/v1/quarantine/" + encoded(id).replace("%2F", "/")), QuarantinedRecordInfo.class);
  }

  /** Releases records that were put aside to the receiver that the order names. */
  public OperationInfo release(DisposalOrder order) {
    return dispose("releases", order);
  }

  /** Discards records that were put aside. */
  public OperationInfo discard(DisposalOrder order) {
    return dispose("discards", order);
  }

  private OperationInfo dispose(String how, DisposalOrder order) {
    return ApiJson.read(
        send("POST", "/v1/quarantine/" + how, ApiJson.write(order), "application/json", LONG_PATIENCE),
        OperationInfo.class);
  }

  /** Every data plane that reports. */
  public List<DataPlaneInfo> dataPlanes() {
    return ApiJson.read(get("/v1/data-planes"), new TypeReference<>() {});
  }

  /** Tells of a data plane; the control plane forgets it after ten seconds of silence. */
  public void report(String id, DataPlaneReport report) {
    send("PUT", "/v1/data-planes/" + encoded(id), ApiJson.write(report), "application/json", PATIENCE);
  }

  /** Announces an instance, renews it, or changes its address; lives as long as it is renewed, or its data plane reports. */
  public Announcement.Accepted announce(Announcement announcement) {
    return ApiJson.read(send("POST", "/v1/announcements", ApiJson.write(announcement), "application/json", PATIENCE),
        Announcement.Accepted.class);
  }

  /** Withdraws an instance. */
  public void withdraw(String instance) {
    send("DELETE", "/v1/announcements/" + encoded(instance), null, null, PATIENCE);
  }

  /** The control plane at a glance. */
  public StatusInfo status() {
    return ApiJson.read(get("/v1/status"), StatusInfo.class);
  }

  /**
   * Whose a request is, and why.
   *
   * @param service where it goes
   * @param tenancy a tenancy or combination; null: none
   * @param overrides single-service overrides, {@code B:123&C:feature/x}; null: none
   * @param stamp {@code 42-9f3c71d2}; null: none
   */
  public OwnerInfo owner(String service, @Nullable String tenancy, @Nullable String overrides, @Nullable String stamp) {
    return ApiJson.read(get("/v1/owner?service=" + encoded(service) + parameter("tenancy", tenancy)
        + parameter("overrides", overrides) + parameter("stamp", stamp)), OwnerInfo.class);
  }

  /** What became of a request that is traced by this name, as far as the control plane has heard. */
  public TraceInfo trace(String name) {
    return ApiJson.read(get("/v1/traces/" + encoded(name)), TraceInfo.class);
  }

  private static String parameter(String name, @Nullable String value) {
    return value == null ? "" : "&" + name + "=" + encoded(value);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private String get(String path) {
    return send("GET", path, null, null, PATIENCE);
  }

  private String send(String method, String path, @Nullable String body, @Nullable String type, Duration patience) {
    HttpRequest.Builder request = HttpRequest.newBuilder(root.resolve(path)).timeout(patience).method(method,
        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
    if (type != null) {
      request.header("Content-Type", type);
    }
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    try {
      HttpResponse<String> response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() >= ERROR) {
        throw new ProblemException(problem(response));
      }
      return response.body();
    } catch (IOException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable(e);
    }
  }

  private ProblemException unreachable(Exception cause) {
    String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return new ProblemException(ProblemCode.CONTROL_PLANE_UNREACHABLE.problem(root + ": " + why,
        "start it with: lanekeeper control-plane, or say where it is with LANEKEEPER_CONTROL_PLANE"), cause);
  }

  private Problem problem(HttpResponse<String> response) {
    String type = response.headers().firstValue("Content-Type").orElse("");
    if (type.startsWith("application/problem+json")) {
      return ApiJson.read(response.body(), Problem.class);
    }
    return ProblemCode.CONTROL_PLANE_UNREACHABLE.problem(
        root + ": status " + response.statusCode() + " (expected: an answer of a control plane)",
        "check that this address is a control plane's");
  }
}
