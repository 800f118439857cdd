package dev.lanekeeper.agent.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanekeeper.agent.PublishedLanes;
import dev.lanekeeper.boot.CallRefusedException;
import dev.lanekeeper.boot.Lanes;
import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Instances;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.RevisionLog;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.TenantLife;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;

/** What a call's connections and headers go by, while tables change. */
class DecisionsTest {

  private static final ServiceName SHOP = ServiceName.of("shop");
  private static final Tenancy TENANCY = new Tenancy("123");
  private static final Incarnation OVERRIDE = new Incarnation("i1");

  /** The tenancy's workload of the service is at an address. */
  private static RouteView at(String address) {
    return new RouteView(RouteTable.of(new RouteTable.Content(0, RevisionLog.EMPTY.append(1, 7, 1000),
        List.of(new TenantLife(TENANCY, 1, OverrideLife.OPEN)),
        List.of(
            OverrideLife.served(OVERRIDE, SHOP, TENANCY, 1, OverrideLife.OPEN, new Target.Workload(), List.of())),
        List.of(new Service(SHOP, List.of("shop:80"), false)),
        List.of(new Instances(OVERRIDE, List.of(URI.create(address)))), List.of())), 2000, false);
  }

  private static Request request(String url) {
    return new Request.Builder().url(url).header("baggage", "tenancy=123,userId=1").header("X-Tenancy-ID", "123")
        .build();
  }

  /** What a client does with a request behind an interceptor. */
  private interface Rest {
    void proceed(Request request) throws IOException;
  }

  private static void intercept(Interceptor interceptor, Request request, Rest rest) throws IOException {
    interceptor.intercept((Interceptor.Chain) Proxy.newProxyInstance(DecisionsTest.class.getClassLoader(),
        new Class<?>[]{Interceptor.Chain.class}, (proxy, method, arguments) -> switch (method.getName()) {
          case "request" -> request;
          case "connection" -> null;
          case "proceed" -> {
            rest.proceed((Request) Objects.requireNonNull(arguments)[0]);
            yield new Response.Builder().request(request).protocol(Protocol.HTTP_1_1).code(200).message("").build();
          }
          default -> throw new IllegalStateException("asked for " + method.getName());
        }));
  }

  private static Interceptor onTheWire() {
    OkHttpClient.Builder builder = new OkHttpClient.Builder();
    LaneInterceptor.addTo(builder);
    return builder.networkInterceptors().get(0);
  }

  /** A call as the client makes it: it connects, and then writes. */
  private static List<Request> sent(String url) throws IOException {
    List<Request> sent = new ArrayList<>();
    intercept(CallTag.ONLY, request(url), request -> {
      assertThat(Destination.of(request.url().host(), request.url().port(), false)).isNull();
      intercept(onTheWire(), request, sent::add);
    });
    return sent;
  }

  @Test
  void outsideHost_isToldNothing_whereTheFirstTableHasOtherNames() throws IOException {
    try (PublishedLanes lanes = PublishedLanes.of(RouteView.NOTHING)) {
      lanes.answer(PublishedLanes.view(PublishedLanes.names("lane")));

      assertThat(sent("http://pay.example.com/")).singleElement().extracting(request -> request.headers().toString())
          .asString().doesNotContain("123").contains("userId=1");
    }
  }

  @Test
  void insideHost_isToldByTheNamesOfTheFirstTable() throws IOException {
    try (PublishedLanes lanes = PublishedLanes.of(RouteView.NOTHING)) {
      lanes.answer(PublishedLanes.view(PublishedLanes.names("lane")));

      assertThat(sent("http://a.svc.cluster.local/")).singleElement().extracting(request -> request.header("X-lane"))
          .isEqualTo("123");
    }
  }

  @Test
  void hop_hasOneDecision_andTheNextOneAnother() throws Exception {
    Carried carried = new Carried(Tag.of("123"), Stamp.NONE);
    try (PublishedLanes lanes = PublishedLanes.of(at("http://10.0.0.1:80"))) {
      Decisions decisions = new Decisions(Lanes.names(), carried);
      Calls.Action connected = decisions.connect("http", "shop", 80);
      lanes.show(at("http://10.0.0.2:80"));

      assertThat(decisions.about(carried, "http", "shop", 80)).isSameAs(connected);
      assertThat(decisions.about(carried.with(Lanes.source().view().table().stamp()), "http", "shop", 80))
          .as("as it was stamped").isSameAs(connected);
      assertThat(((Calls.Redirect) decisions.connect("http", "shop", 80)).address())
          .isEqualTo(URI.create("http://10.0.0.2:80"));
    }
  }

  @Test
  void webSocket_thatIsRedirectedIntoOrOutOfTheEnvironment_isRefused() throws Exception {
    List<String> refused = new ArrayList<>();
    try (PublishedLanes lanes = PublishedLanes.of(at("http://10.0.0.1:80"))) {
      for (List<String> hops : List.of(List.of("shop", "pay.example.com"), List.of("pay.example.com", "shop"))) {
        Request upgrade = request("http://" + hops.get(0) + "/").newBuilder().header("Upgrade", "websocket").build();
        intercept(CallTag.ONLY, upgrade, request -> {
          assertThat(request.headers().toString().contains("123")).as("told by %s", lanes)
              .isEqualTo(hops.get(0).equals("shop"));
          Destination.of(hops.get(0), 80, false);
          assertThatThrownBy(() -> Destination.of(hops.get(1), 80, false)).isInstanceOf(CallRefusedException.class)
              .hasMessageContaining("into or out of the environment");
          refused.add(hops.get(1));
        });
      }
    }

    assertThat(refused).containsExactly("pay.example.com", "shop");
  }
}
