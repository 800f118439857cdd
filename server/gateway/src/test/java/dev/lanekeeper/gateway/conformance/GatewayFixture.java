package dev.lanekeeper.gateway.conformance;

import dev.lanekeeper.gateway.admission.Admission;
import dev.lanekeeper.gateway.http.Limits;
import dev.lanekeeper.gateway.http.Timeouts;
import dev.lanekeeper.gateway.net.ClientTls;
import dev.lanekeeper.gateway.net.GatewayServer;
import dev.lanekeeper.gateway.net.Listener;
import dev.lanekeeper.gateway.net.ServerTls;
import dev.lanekeeper.gateway.net.TargetGuard;
import dev.lanekeeper.gateway.routing.Destination;
import dev.lanekeeper.gateway.routing.Edge;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Instances;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.RevisionLog;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.TenantLife;
import dev.lanekeeper.testkit.Certificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** An edge before one service, {@code B}, that tenant 123 overrides. */
final class GatewayFixture implements AutoCloseable {

  private static final Incarnation LIFE = new Incarnation("b1");

  private final GatewayServer server;
  private final Edge edge;
  private final List<ServerTls> open = new ArrayList<>();

  private record Fixed(RouteView view) implements RouteSource {

    @Override
    public Answer ask(Duration patience) {
      return new Answer(view, true);
    }

    @Override
    public CompletionStage<Answer> askLater(Duration patience) {
      return CompletableFuture.completedFuture(ask(patience));
    }
  }

  /** Before a baseline, with a workload under test. {@code trusted}: whom it trusts; null: whom the JDK does. */
  GatewayFixture(String baseline, String underTest, @Nullable Path trusted) throws IOException {
    server = GatewayServer.of(1, Timeouts.STANDARD, Limits.STANDARD, TargetGuard.PRIVATE, ClientTls.of(trusted));
    ServiceName b = ServiceName.of("B");
    Tenancy tenant = new Tenancy("123");
    RouteTable table = RouteTable.of(new RouteTable.Content(0, RevisionLog.EMPTY.append(1, 7, 1_000),
        List.of(new TenantLife(tenant, 1, OverrideLife.OPEN)),
        List.of(OverrideLife.served(LIFE, b, tenant, 1, OverrideLife.OPEN, new Target.Workload(), List.of())),
        List.of(new Service(b, List.of("b"), false)), List.of(new Instances(LIFE, List.of(URI.create(underTest)))),
        List.of()));
    edge = new Edge(new Fixed(new RouteView(table, 5_000, false)), Duration.ofSeconds(1), Map.of(),
        new Edge.Entrance(b, Destination.of(URI.create(baseline), false)), Admission.LOOPBACK);
  }

  /** Listens in clear. */
  int listen() throws IOException {
    return server.listen(new Listener(loopback(), edge)).getPort();
  }

  /** Listens by TLS. */
  int listen(Certificates certificates) throws IOException {
    ServerTls tls = new ServerTls(certificates.chain(), certificates.key());
    open.add(tls);
    return server.listen(new Listener(loopback(), edge, tls, null)).getPort();
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  @Override
  public void close() {
    server.close(Duration.ofMillis(200));
    open.forEach(ServerTls::close);
  }
}
