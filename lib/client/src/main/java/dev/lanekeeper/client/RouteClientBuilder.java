package dev.lanekeeper.client;

import dev.lanekeeper.client.protocol.Timing;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tenancy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Describes a {@link RouteClient}. Only who it is must be said.
 *
 * <p><b>Threads.</b> One. What it is given as suppliers is called on threads of the client, and must not block.
 */
public final class RouteClientBuilder {

  /** Environment variable: the bearer token for the control plane. */
  public static final String TOKEN_VARIABLE = "LANEKEEPER_TOKEN";
  /** Environment variable: a file that holds the bearer token. */
  public static final String TOKEN_FILE_VARIABLE = "LANEKEEPER_TOKEN_FILE";

  private static final int LONGEST_EVENT = 128 << 20;

  private final URI root;
  private @Nullable Self self;
  private @Nullable String token;
  private @Nullable Path tokenFile;
  String instance = UUID.randomUUID().toString();
  String workload = "unnamed";
  String version = "unknown";
  @Nullable Path directory = TableDirectory.standard(System.getenv(), System.getProperties());
  ClientLog log = ClientLog.STANDARD_ERROR;
  Supplier<List<DataPlaneReport.Consumer>> consumers = List::of;
  Supplier<List<DataPlaneReport.Module>> modules = List::of;
  Supplier<Map<String, Long>> counters = Map::of;
  Timing timing = Timing.STANDARD;
  Duration reportInterval = Duration.ofSeconds(2);
  private Duration bindPatience = Duration.ofSeconds(2);
  int longestEvent = LONGEST_EVENT;

  RouteClientBuilder(URI root) {
    this.root = root;
  }

  /**
   * Who this process is.
   *
   * @param tenancy for which tenant; null for the baseline
   */
  public RouteClientBuilder self(ServiceName service, @Nullable Tenancy tenancy) {
    self = new Self(service, tenancy, null);
    return this;
  }

  /** The id of this process; a random one unless it is given. */
  public RouteClientBuilder instance(String id) {
    instance = id;
    return this;
  }

  /** The name of the workload, which all its instances share. */
  public RouteClientBuilder workload(String name) {
    workload = name;
    return this;
  }

  /** The version of Lanekeeper that is reported. */
  public RouteClientBuilder version(String text) {
    version = text;
    return this;
  }

  /** Where the last table is kept; null: nowhere. {@link TableDirectory#standard} unless it is said. */
  public RouteClientBuilder diskDirectory(@Nullable Path path) {
    directory = path;
    return this;
  }

  /** The bearer token; null: none. */
  public RouteClientBuilder token(@Nullable String text) {
    token = text;
    return this;
  }

  /** A file that holds the bearer token and is read anew for each request; null: none. */
  public RouteClientBuilder tokenFile(@Nullable Path path) {
    tokenFile = path;
    return this;
  }

  /** The bearer token as {@link #TOKEN_FILE_VARIABLE} or {@link #TOKEN_VARIABLE} say; none if neither does. */
  public RouteClientBuilder tokenFrom(Map<String, String> environment) {
    String file = environment.get(TOKEN_FILE_VARIABLE);
    return token(environment.get(TOKEN_VARIABLE)).tokenFile(file == null || file.isBlank() ? null : Path.of(file));
  }

  /** Where people are told what happened; standard error unless it is said. */
  public RouteClientBuilder log(ClientLog to) {
    log = to;
    return this;
  }

  /** The Kafka consumers of this process, asked for each report. */
  public RouteClientBuilder consumers(Supplier<List<DataPlaneReport.Consumer>> supplier) {
    consumers = supplier;
    return this;
  }

  /** The libraries that Lanekeeper acts in, asked for each report. */
  public RouteClientBuilder modules(Supplier<List<DataPlaneReport.Module>> supplier) {
    modules = supplier;
    return this;
  }

  /** What this data plane did, by reason, asked for each report. The client adds its own. */
  public RouteClientBuilder counters(Supplier<Map<String, Long>> supplier) {
    counters = supplier;
    return this;
  }

  /** How long a process with a tenancy waits for its incarnation when it starts; 2 s unless it is said. */
  public RouteClientBuilder bindPatience(Duration patience) {
    bindPatience = patience;
    return this;
  }

  /** How long things may take between this process and the control plane. */
  public RouteClientBuilder timing(Timing times) {
    timing = times;
    return this;
  }

  RouteClientBuilder reportInterval(Duration interval) {
    reportInterval = interval;
    return this;
  }

  RouteClientBuilder longestEvent(int bytes) {
    longestEvent = bytes;
    return this;
  }

  /**
   * Starts following. The table from disk, if there is one, is in the view when this returns; a process with a tenancy
   * has its incarnation, or the control plane refused it or is out of reach and the last table has none.
   *
   * @throws IllegalArgumentException if the control plane's URL or the token is none
   * @throws IllegalStateException if nothing was said of who this process is
   */
  public RouteClient start() {
    return new RouteClient(this).start(bindPatience);
  }

  Self self() {
    if (self == null) {
      throw new IllegalStateException("self: nothing (expected: a service)");
    }
    return self;
  }

  ControlPlane controlPlane() {
    if (token != null && !token.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw new IllegalArgumentException("token: not shown here (expected: visible ASCII without spaces)");
    }
    return new ControlPlane(root, token == null || token.isEmpty() ? null : token, tokenFile);
  }
}
