package dev.lanekeeper.junit;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.model.Self;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Describes a {@link Lane}. Nothing is asked before a test begins.
 *
 * <p><b>Threads.</b> One.
 */
public final class LaneBuilder {

  /** The field by which a request shows a token at the edge. */
  static final String EDGE_TOKEN = "lanekeeper-token";

  private static final String USUAL_CONTROL_PLANE = "http://127.0.0.1:7400";
  static final String TOKEN_VARIABLE = "LANEKEEPER_TOKEN";
  private static final String TOKEN_FILE_VARIABLE = "LANEKEEPER_TOKEN_FILE";
  /** Further in than all that stands around them in the document. */
  private static final int STUBS_INDENT = 8;

  private final URI controlPlane;
  private @Nullable String token;
  private @Nullable URI edge;
  @Nullable String edgeToken;
  /** By service, as it stands in the document. */
  final Map<String, Replacement> overrides = new LinkedHashMap<>();
  String product = "junit";
  Duration ttl = Duration.ofMinutes(2);
  Duration patience = Duration.ofSeconds(30);
  Duration settle = Duration.ofMillis(500);
  boolean leakCheck = true;

  /**
   * What stands in the place of a service.
   *
   * @param yaml as it stands in the document
   * @param stubs whether these are stubs, which may leave a call to the baseline
   */
  record Replacement(String yaml, boolean stubs) {

    static Replacement redirect(URI address) {
      return new Replacement("{ redirect: \"" + address + "\" }", false);
    }
  }

  LaneBuilder(String controlPlane) {
    this.controlPlane = URI.create(controlPlane);
  }

  static LaneBuilder of(Map<String, String> environment) {
    LaneBuilder builder =
        new LaneBuilder(environment.getOrDefault(Self.CONTROL_PLANE_VARIABLE, USUAL_CONTROL_PLANE));
    String file = environment.getOrDefault(TOKEN_FILE_VARIABLE, "");
    builder.token = file.isBlank() ? environment.get(TOKEN_VARIABLE) : read(Path.of(file));
    return builder;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(TOKEN_FILE_VARIABLE + ": " + file + " cannot be read", e);
    }
  }

  /** The bearer token for the control plane; {@link Lane#ofEnvironment} has that of {@code LANEKEEPER_TOKEN_FILE} or {@code LANEKEEPER_TOKEN}. */
  public LaneBuilder token(String text) {
    token = text;
    return this;
  }

  /** Where requests enter the environment: what {@link Lane#get} and {@link Lane#post} append their paths to. */
  public LaneBuilder edge(String root) {
    edge = URI.create(root);
    return this;
  }

  /** The token that requests bear at an edge that asks for one. */
  public LaneBuilder edgeToken(String text) {
    edgeToken = text;
    return this;
  }

  /** The first segment of tenancies; the class of all is {@code testing}. {@code junit} unless it is said. */
  public LaneBuilder product(String name) {
    product = name;
    return this;
  }

  /**
   * Has a version under test that serves at an address take a service's calls.
   *
   * @param service its name
   * @param address {@code http://host:port}, one that the environment allows
   */
  public LaneBuilder override(String service, String address) {
    overrides.put(service, Replacement.redirect(URI.create(address)));
    return this;
  }

  /**
   * Has processes that announce themselves take a service's calls and messages: they are started with {@link Lane#environment} under
   * the agent or beside a gateway, or by {@code lanekeeper run}. The lane's first request waits for them.
   */
  public LaneBuilder workload(String service) {
    overrides.put(service, new Replacement("{ workload: {} }", false));
    return this;
  }

  /**
   * Has stubs take a service's calls; what they do not take goes to its real owner.
   *
   * @param service its name
   * @param mappings WireMock's stub mappings, a list in YAML or JSON
   */
  public LaneBuilder stubs(String service, String mappings) {
    String further = mappings.stripIndent().strip().indent(STUBS_INDENT).stripTrailing();
    overrides.put(service, new Replacement("\n    mock:\n      stubs:\n" + further, true));
    return this;
  }

  /** How long the tenant lives if nobody renews it: how long what a crashed test leaves behind stays. 2 min unless it is said. */
  public LaneBuilder ttl(Duration time) {
    ttl = time;
    return this;
  }

  /** How long a request may take, a workload may take to be there, and a path may take to be as a test expects it; 30 s unless it is said. */
  public LaneBuilder patience(Duration time) {
    patience = time;
    return this;
  }

  /** After how long without news a request is taken to be over; 500 ms unless it is said. Longer finds later messages. */
  public LaneBuilder settle(Duration time) {
    settle = time;
    return this;
  }

  /** Leaves out the look at what became of the test's requests. */
  public LaneBuilder withoutLeakCheck() {
    leakCheck = false;
    return this;
  }

  /** The lane. */
  public Lane build() {
    return new Lane(this);
  }

  ControlPlaneClient client() {
    return new ControlPlaneClient(controlPlane, token);
  }

  URI atEdge(String path) {
    if (edge == null) {
      throw new IllegalStateException("edge: unknown (expected: LaneBuilder.edge(\"http://...\"))");
    }
    String root = edge.toString().replaceFirst("/+$", "");
    return URI.create(root + "/" + path.replaceFirst("^/+", ""));
  }

  boolean isEdge(URI to) {
    return edge != null && edge.getRawAuthority().equals(to.getRawAuthority());
  }

  @Nullable
  String token() {
    return token;
  }
}
