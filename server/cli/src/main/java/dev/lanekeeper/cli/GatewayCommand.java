package dev.lanekeeper.cli;

import dev.lanekeeper.client.RouteClient;
import dev.lanekeeper.client.RouteClientBuilder;
import dev.lanekeeper.client.TableDirectory;
import dev.lanekeeper.gateway.Gateway;
import dev.lanekeeper.gateway.GatewaySettings;
import dev.lanekeeper.gateway.admission.Admission;
import dev.lanekeeper.gateway.admission.Network;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tenancy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lanekeeper gateway}: runs one in the foreground, until Ctrl-C or SIGTERM. */
@Command(name = "gateway", description = "Run a gateway in the foreground: at the edge of the environment, or beside a service that has no agent.")
final class GatewayCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int LARGEST_PORT = 65_535;
  private static final String LEAK_DETECTION = "io.netty.leakDetection.level";

  @Option(names = "--service", paramLabel = "NAME", description = "The service that it stands beside (default: gateway, at the edge).") private String service =
      "gateway";

  @Option(names = "--tenancy", paramLabel = "TENANCY", description = "The tenancy of the workload under test that it stands beside.") private @Nullable String tenancy;

  @Option(names = "--workload", paramLabel = "NAME", description = "The same for all instances of one workload.") private @Nullable String workload;

  @Option(names = "--ingress", paramLabel = "[HOST:]PORT=URL", description = "In front of the service: what belongs to another workload is sent there, the rest to URL.") private List<String> ingress =
      new ArrayList<>();

  @Option(names = "--egress", paramLabel = "[HOST:]PORT", description = "The outgoing calls of the service: its http_proxy.") private List<String> egress =
      new ArrayList<>();

  @Option(names = "--mocks", paramLabel = "[HOST:]PORT", description = "Where calls come whose owner is a mock; the Environment document names it as mocks.") private @Nullable String mocks;

  @Option(names = "--mocks-admin", paramLabel = "[HOST:]PORT", description = "Where stubs are administered, as WireMock has it, under /v1/mocks/TENANCY/SERVICE; whom --admit, --admit-tokens and --admit-keys name may, for the tenancies that they may bear.") private @Nullable String mocksAdmin;

  @Option(names = "--no-shares", description = "Whoever comes first goes first: without it production does where a server is busy, and the others wait or are refused.") private boolean unfair;

  @Option(names = "--metrics", paramLabel = "[HOST:]PORT", description = "Where metrics are read: GET /metrics, in the text format of Prometheus; requests by class of traffic.") private @Nullable String metrics;

  @Option(names = "--access-log", paramLabel = "FILE", description = "Where each request is written down when it is over, a line of JSON each; begun anew when it was moved away.") private @Nullable Path accessLog;

  @Option(names = "--edge", paramLabel = "[HOST:]PORT", description = "Where requests enter the environment.") private @Nullable String edge;

  @Option(names = "--enter", paramLabel = "HOST=SERVICE@URL", description = "At the edge: under which host which service is called, and where its baseline is; the host * stands for any other.") private List<String> enter =
      new ArrayList<>();

  @Option(names = "--admit", paramLabel = "NETWORK", description = "At the edge: whoever comes from there may bear any tenancy, 10.0.0.0/8; may stand several times (default: this machine).") private List<String> admit =
      new ArrayList<>();

  @Option(names = "--admit-tokens", paramLabel = "FILE", description = "At the edge: tokens that you gave out, one on each line; who bears one as Lanekeeper-Token may bear any tenancy.") private @Nullable Path tokens;

  @Option(names = "--admit-keys", paramLabel = "FILE", description = "At the edge: public keys (JSON Web Key Set) by which tokens of `lanekeeper token` are verified.") private @Nullable Path keys;

  @Option(names = "--strangers", paramLabel = "refused|untagged", defaultValue = "refused", description = "At the edge: what becomes of tagged requests of others (default: ${DEFAULT-VALUE}).") private Admission.Strangers strangers =
      Admission.Strangers.REFUSED;

  @Option(names = "--tls-certificate", paramLabel = "FILE", description = "At the edge: certificates, its own first, PEM; read again when it changes.") private @Nullable Path certificate;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "Their private key, PEM.") private @Nullable Path key;

  @Option(names = "--trust", paramLabel = "FILE", description = "Whom it trusts where it calls by TLS, PEM (default: whom the JDK trusts).") private @Nullable Path trust;

  @Option(names = "--targets", paramLabel = "NETWORK", description = "A network beyond the private ones to which redirects of tenants may lead, 203.0.113.0/24; may stand several times.") private List<String> targets =
      new ArrayList<>();

  @Option(names = "--threads", paramLabel = "N", description = "Event loops (default: one for each processor).") private int threads =
      Runtime.getRuntime().availableProcessors();

  @Mixin private Connection connection = new Connection();

  @Mixin private Output output = new Output();

  private final Session session;

  GatewayCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    // It looks at one buffer in a hundred for those who lose some, which the tests do with all: a process of its own can do without.
    if (System.getProperty(LEAK_DETECTION) == null) {
      System.setProperty(LEAK_DETECTION, "disabled");
    }
    Gateway gateway = Gateway.start(settings(), client());
    var ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      gateway.close();
      ended.countDown();
    }, "gateway-end"));
    output.show(session.screen(), () -> Json.of(Map.of("listeners", gateway.open().stream()
        .map(open -> Map.of("role", open.role().name(), "address", text(open.address()))).toList())), () -> {
          gateway.open().forEach(open -> session.screen()
              .line(open.role().name() + " at " + session.screen().bold(text(open.address()))));
          session.screen().line(session.screen().faint("Ctrl-C ends it; requests that are under way may end"));
        });
    ended.await();
    return ExitCode.OK;
  }

  private static String text(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
  }

  private RouteClientBuilder client() {
    RouteClientBuilder builder;
    try {
      builder = RouteClient.builder(connection.root(session.environment()))
          .self(ServiceName.of(service), tenancy == null ? null : new Tenancy(tenancy)).version(Main.VERSION);
    } catch (IllegalArgumentException malformed) {
      throw new UsageException(String.valueOf(malformed.getMessage()));
    }
    builder.tokenFrom(session.environment());
    if (connection.tokenFile() != null) {
      builder.tokenFile(connection.tokenFile());
    }
    return workload == null ? builder : builder.workload(workload);
  }

  private GatewaySettings settings() {
    try {
      List<GatewaySettings.Role> roles = new ArrayList<>();
      for (String text : ingress) {
        int equals = text.indexOf('=');
        if (equals < 0) {
          throw new UsageException("--ingress: " + text + " (expected: [HOST:]PORT=URL)");
        }
        roles.add(new GatewaySettings.BeforeService(address("--ingress", text.substring(0, equals)),
            URI.create(text.substring(equals + 1))));
      }
      egress.forEach(text -> roles.add(new GatewaySettings.OutOfService(address("--egress", text))));
      if (mocks != null) {
        roles.add(new GatewaySettings.ForMocks(address("--mocks", mocks), kept()));
      }
      if (mocksAdmin != null) {
        roles.add(new GatewaySettings.ForMocksAdmin(address("--mocks-admin", mocksAdmin), administrators()));
      }
      if (edge != null) {
        roles.add(new GatewaySettings.AtEdge(address("--edge", edge), entrances(), certificate(), admitted()));
      }
      if (metrics != null) {
        roles.add(new GatewaySettings.ForMetrics(address("--metrics", metrics)));
      }
      return new GatewaySettings(roles, threads, PATIENCE, targets.stream().map(Network::of).toList(), trust, accessLog,
          !unfair);
    } catch (IllegalArgumentException malformed) {
      throw new UsageException(String.valueOf(malformed.getMessage()));
    }
  }

  /** Where stubs are kept, beside the tables; null: nowhere can be found. */
  private @Nullable Path kept() {
    Path tables = TableDirectory.standard(session.environment(), System.getProperties());
    return tables == null ? null : tables.resolve("stubs");
  }

  /** INVARIANT: where tokens are given out, being on this machine is not enough. */
  private GatewaySettings.Admitted administrators() {
    GatewaySettings.Admitted admitted = admitted();
    boolean byToken = tokens != null || keys != null;
    if (!byToken && admit.isEmpty()
        && !address("--mocks-admin", String.valueOf(mocksAdmin)).getAddress().isLoopbackAddress()) {
      throw new UsageException("--mocks-admin: " + mocksAdmin
          + " is open to others (expected: 127.0.0.1, or --admit-tokens, --admit-keys or --admit beside it)");
    }
    return byToken && admit.isEmpty()
        ? new GatewaySettings.Admitted(List.of(), admitted.tokens(), admitted.keys(), admitted.strangers())
        : admitted;
  }

  private Map<String, GatewaySettings.Entrance> entrances() {
    Map<String, GatewaySettings.Entrance> entrances = new LinkedHashMap<>();
    for (String text : enter) {
      int equals = text.indexOf('=');
      int at = text.indexOf('@', equals);
      if (equals < 1 || at < 0) {
        throw new UsageException("--enter: " + text + " (expected: HOST=SERVICE@URL)");
      }
      entrances.put(text.substring(0, equals), new GatewaySettings.Entrance(
          ServiceName.of(text.substring(equals + 1, at)), URI.create(text.substring(at + 1))));
    }
    if (entrances.isEmpty()) {
      throw new UsageException("--edge: no --enter beside it (expected: HOST=SERVICE@URL)");
    }
    return entrances;
  }

  private GatewaySettings.Admitted admitted() {
    return new GatewaySettings.Admitted(
        admit.isEmpty() ? GatewaySettings.Admitted.LOOPBACK.networks() : admit.stream().map(Network::of).toList(),
        tokens,
        keys, strangers);
  }

  private GatewaySettings.@Nullable Certificate certificate() {
    if (certificate == null && key == null) {
      return null;
    }
    if (certificate == null || key == null) {
      throw new UsageException("--tls-certificate: without --tls-key, or the reverse (expected: both, or neither)");
    }
    return new GatewaySettings.Certificate(certificate, key);
  }

  private static InetSocketAddress address(String option, String text) {
    int colon = text.lastIndexOf(':');
    String port = text.substring(colon + 1);
    try {
      int number = Integer.parseInt(port);
      if (number >= 0 && number <= LARGEST_PORT) {
        InetAddress host =
            colon < 0 ? InetAddress.getLoopbackAddress() : InetAddress.getByName(text.substring(0, colon));
        return new InetSocketAddress(host, number);
      }
    } catch (NumberFormatException | IOException malformed) {
      throw new UsageException(option + ": " + text + " (expected: PORT, or HOST:PORT of this machine)");
    }
    throw new UsageException(option + ": " + text + " (expected: a port from 0 to " + LARGEST_PORT + ")");
  }
}
