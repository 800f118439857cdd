package dev.lanekeeper.gateway;

import dev.lanekeeper.client.AnnounceRefusedException;
import dev.lanekeeper.client.RouteClient;
import dev.lanekeeper.client.RouteClientBuilder;
import dev.lanekeeper.gateway.admission.Admission;
import dev.lanekeeper.gateway.admission.ApiTokens;
import dev.lanekeeper.gateway.admission.TokenVerifier;
import dev.lanekeeper.gateway.fairness.Shares;
import dev.lanekeeper.gateway.http.Limits;
import dev.lanekeeper.gateway.http.Timeouts;
import dev.lanekeeper.gateway.mocks.KeptStubs;
import dev.lanekeeper.gateway.mocks.StubAdministration;
import dev.lanekeeper.gateway.mocks.StubSets;
import dev.lanekeeper.gateway.net.ClientTls;
import dev.lanekeeper.gateway.net.GatewayServer;
import dev.lanekeeper.gateway.net.Listener;
import dev.lanekeeper.gateway.net.ServerTls;
import dev.lanekeeper.gateway.net.TargetGuard;
import dev.lanekeeper.gateway.proxy.Observer;
import dev.lanekeeper.gateway.routing.Answering;
import dev.lanekeeper.gateway.routing.Destination;
import dev.lanekeeper.gateway.routing.Edge;
import dev.lanekeeper.gateway.routing.Egress;
import dev.lanekeeper.gateway.routing.Ingress;
import dev.lanekeeper.gateway.routing.Mocks;
import dev.lanekeeper.gateway.routing.Router;
import dev.lanekeeper.gateway.telemetry.AccessLog;
import dev.lanekeeper.gateway.telemetry.Metrics;
import dev.lanekeeper.model.RouteSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A gateway that runs.
 *
 * <pre>{@code
 * Gateway sidecar = Gateway.start(settings, RouteClient.builder(controlPlane).self(ServiceName.of("B"), null));
 * }</pre>
 *
 * <p><b>Threads.</b> {@link #start} and {@link #close} block; the requests are on event loops of its own.
 */
public final class Gateway implements AutoCloseable {

  private static final Duration DRAIN = Duration.ofSeconds(10);

  private final RouteClient routes;
  private final List<Router> routers;
  private final GatewayServer server;
  private final @Nullable StubSets stubs;
  private final @Nullable Metrics metrics;
  private final @Nullable AccessLog accessLog;
  private final Shares shares;
  private final List<Open> open = new ArrayList<>();
  private final List<ServerTls> certificates = new ArrayList<>();

  /**
   * A listener that was opened.
   *
   * @param role which one it is
   * @param address where it listens
   */
  public record Open(GatewaySettings.Role role, InetSocketAddress address) {}

  private Gateway(RouteClient routes, List<Router> routers, GatewayServer server, @Nullable StubSets stubs,
      @Nullable Metrics metrics, @Nullable AccessLog accessLog, Shares shares) {
    this.shares = shares;
    this.metrics = metrics;
    this.accessLog = accessLog;
    this.routes = routes;
    this.routers = routers;
    this.server = server;
    this.stubs = stubs;
  }

  /**
   * Follows the control plane, opens all listeners, and announces the one in front of a workload under test.
   *
   * @param client who it is, and where the control plane is
   * @throws IOException if an address cannot be had; nothing is open then
   */
  public static Gateway start(GatewaySettings settings, RouteClientBuilder client) throws IOException {
    ClientTls trust = ClientTls.of(settings.authorities());
    AccessLog accessLog = settings.accessLog() == null ? null : AccessLog.to(settings.accessLog());
    List<Router> routers = new CopyOnWriteArrayList<>();
    Shares shares = settings.fair() ? Shares.fair() : Shares.none();
    Supplier<Map<String, Long>> counters = () -> counters(routers, accessLog, shares);
    RouteClient routes = client.counters(counters).start();
    boolean measured = settings.roles().stream().anyMatch(GatewaySettings.ForMetrics.class::isInstance);
    Gateway gateway = new Gateway(routes, routers, GatewayServer.of(settings.threads(), Timeouts.STANDARD,
        Limits.STANDARD, new TargetGuard(settings.targets()), trust), stubs(settings, routes),
        measured ? new Metrics(routes, counters) : null, accessLog, shares);
    gateway.server.repeat(Shares.TICK, shares::tick);
    try {
      for (GatewaySettings.Role role : settings.roles()) {
        gateway.open(role, settings.patience());
      }
    } catch (IOException | RuntimeException failure) {
      gateway.close();
      throw failure;
    }
    return gateway;
  }

  /** Those of all mocks; null where none are served here. */
  private static @Nullable StubSets stubs(GatewaySettings settings, RouteClient routes) {
    for (GatewaySettings.Role role : settings.roles()) {
      if (role instanceof GatewaySettings.ForMocks mocks) {
        StubSets sets = new StubSets(mocks.kept() == null ? routes::stubs : new KeptStubs(mocks.kept(), routes::stubs));
        if (mocks.kept() != null) {
          sets.follow(routes);
        }
        return sets;
      }
    }
    return null;
  }

  private StubSets stubs() {
    StubSets served = stubs;
    if (served == null) {
      throw new IllegalStateException("no mocks are served here");
    }
    return served;
  }

  private void open(GatewaySettings.Role role, Duration patience) throws IOException {
    Router router = router(role, routes, patience);
    routers.add(router);
    InetSocketAddress address = server.listen(new Listener(role.address(), router, tls(role), observer(role), shares));
    open.add(new Open(role, address));
    if (router instanceof Ingress ingress) {
      ingress.listensAt(URI.create("http://" + literal(address)));
    }
    if (role instanceof GatewaySettings.BeforeService && routes.self().tenancy() != null) {
      announce(URI.create("http://" + literal(address)));
    }
  }

  /** Who hears of a listener's requests; null: nobody does. What operators ask is no traffic. */
  private @Nullable Observer observer(GatewaySettings.Role role) {
    if (role instanceof GatewaySettings.ForMetrics || role instanceof GatewaySettings.ForMocksAdmin) {
      return null;
    }
    Observer counted = metrics == null ? null : metrics.of(role.name());
    Observer written = accessLog == null ? null : accessLog.of(role.name());
    if (counted == null || written == null) {
      return counted == null ? written : counted;
    }
    return request -> {
      counted.ended(request);
      written.ended(request);
    };
  }

  /** What became of tagged requests, all listeners together. */
  private static Map<String, Long> counters(List<Router> routers, @Nullable AccessLog accessLog, Shares shares) {
    Map<String, Long> all = new TreeMap<>(accessLog == null ? Map.of() : accessLog.counters());
    all.putAll(shares.counters());
    routers.forEach(router -> router.counters().forEach((name, count) -> all.merge(name, count, Long::sum)));
    return all;
  }

  private void announce(URI address) throws IOException {
    try {
      routes.announce(address);
    } catch (AnnounceRefusedException refused) {
      throw new IOException(refused.getMessage(), refused);
    }
  }

  private @Nullable ServerTls tls(GatewaySettings.Role role) throws IOException {
    GatewaySettings.Certificate certificate = role instanceof GatewaySettings.AtEdge edge ? edge.certificate() : null;
    if (certificate == null) {
      return null;
    }
    ServerTls tls = new ServerTls(certificate.chain(), certificate.key());
    certificates.add(tls);
    return tls;
  }

  /** Where others reach it: one that listens on all addresses is announced by that of the machine. */
  private static String literal(InetSocketAddress address) throws IOException {
    InetAddress at =
        address.getAddress().isAnyLocalAddress() ? InetAddress.getLocalHost() : address.getAddress();
    String host = at.getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
  }

  private Router router(GatewaySettings.Role role, RouteSource source, Duration patience) throws IOException {
    return switch (role) {
      case GatewaySettings.OutOfService _ -> new Egress(source, patience, routes::self, routes.self().tenancy());
      case GatewaySettings.ForMocks _ -> new Mocks(source, patience, stubs()::of);
      case GatewaySettings.ForMetrics _ -> new Answering(source, patience, Objects.requireNonNull(metrics));
      case GatewaySettings.ForMocksAdmin admin -> new Answering(source, patience,
          new StubAdministration(source, stubs(), admission(admin.admitted())));
      case GatewaySettings.BeforeService before -> new Ingress(source, patience, routes::self,
          Destination.of(before.process(), false));
      case GatewaySettings.AtEdge edge -> {
        Map<String, Edge.Entrance> byHost = new LinkedHashMap<>();
        edge.entrances().forEach((host, entrance) -> byHost.put(host, entrance(entrance)));
        Edge.@Nullable Entrance otherwise = byHost.remove(GatewaySettings.ANY_HOST);
        yield new Edge(source, patience, byHost, otherwise, admission(edge.admitted()));
      }
    };
  }

  private static Admission admission(GatewaySettings.Admitted admitted) throws IOException {
    return new Admission(admitted.networks(),
        admitted.tokens() == null ? ApiTokens.NONE : ApiTokens.read(admitted.tokens()),
        admitted.keys() == null ? TokenVerifier.NONE : TokenVerifier.read(admitted.keys()), admitted.strangers());
  }

  private static Edge.Entrance entrance(GatewaySettings.Entrance entrance) {
    return new Edge.Entrance(entrance.service(), Destination.of(entrance.baseline(), false));
  }

  /** The listeners, in the order of the settings. */
  public List<Open> open() {
    return List.copyOf(open);
  }

  /** Withdraws what it announced, lets requests end, and closes; takes ten seconds at most. */
  @Override
  public void close() {
    if (routes.self().tenancy() != null) {
      routes.withdraw();
    }
    server.close(DRAIN);
    if (stubs != null) {
      stubs.close();
    }
    certificates.forEach(ServerTls::close);
    if (accessLog != null) {
      accessLog.close();
    }
    routes.close();
  }
}
