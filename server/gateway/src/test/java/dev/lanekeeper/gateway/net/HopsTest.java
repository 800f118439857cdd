package dev.lanekeeper.gateway.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.lanekeeper.gateway.admission.Admission;
import dev.lanekeeper.gateway.admission.ApiTokens;
import dev.lanekeeper.gateway.admission.Network;
import dev.lanekeeper.gateway.admission.TokenVerifier;
import dev.lanekeeper.gateway.http.Authority;
import dev.lanekeeper.gateway.http.Fields;
import dev.lanekeeper.gateway.http.HttpVersion;
import dev.lanekeeper.gateway.http.RequestHead;
import dev.lanekeeper.gateway.routing.Destination;
import dev.lanekeeper.gateway.routing.Edge;
import dev.lanekeeper.gateway.routing.Ingress;
import dev.lanekeeper.gateway.routing.Peer;
import dev.lanekeeper.gateway.routing.Router;
import dev.lanekeeper.gateway.routing.Verdict;
import dev.lanekeeper.model.Hop;
import dev.lanekeeper.model.Self;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the gateway tells those who trace a request, and to whom it does not. */
class HopsTest {

  private static final Destination SERVER = new Destination("10.0.0.1", 80, false, false, false);
  private final FakeRoutes routes = FakeRoutes.withWorkloadAt("b.internal:80", "http://10.0.0.2:81");

  private static RequestHead head(String host, String... fields) {
    RequestHead head = new RequestHead(new Fields(64));
    for (int i = 0; i < fields.length; i += 2) {
      head.fields().add(fields[i], fields[i + 1]);
    }
    head.set("GET", false, new Authority(host, -1, host), 0, 0, 0, HttpVersion.HTTP_1_1, null);
    return head;
  }

  private static Peer peer(String address) {
    try {
      return new Peer(InetAddress.getByName(address), false);
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** Decides, and writes what goes along. What stands under {@code baggage} then; null: nothing does. */
  private static @Nullable String baggageBehind(Router router, RequestHead head, Peer peer) {
    if (router.decide(head, peer, new Router.Attempt(false, null, 0)) instanceof Verdict.Forward forward) {
      router.carry(head, forward, peer);
    }
    int at = head.fields().find("baggage");
    return at < 0 ? null : head.fields().valueText(at);
  }

  private Edge edge(Admission.Strangers strangers) {
    return new Edge(routes, Duration.ofSeconds(1), Map.of("shop.example", new Edge.Entrance(FakeRoutes.B, SERVER)),
        null,
        new Admission(List.of(Network.of("127.0.0.0/8")), ApiTokens.NONE, TokenVerifier.NONE, strangers));
  }

  @Test
  void edge_tagged_tellsWhereItWent_andTheTraceGoesOn() {
    String baggage = baggageBehind(edge(Admission.Strangers.REFUSED),
        head("shop.example", "baggage", "lanekeeper-trace=t1,tenancy=123"), peer("127.0.0.1"));

    assertThat(baggage).isEqualTo("tenancy=123,tenancy-rev=2-00000008,lanekeeper-trace=t1");
    assertThat(routes.told).singleElement().satisfies(hop -> assertThat(hop).usingRecursiveComparison()
        .ignoringFields("atMicros")
        .isEqualTo(new Hop("t1", 0, Hop.Kind.ENTER, Hop.Place.NOBODYS, "B", "123", "2-00000008", Hop.Outcome.REDIRECT,
            "override", "http://10.0.0.2:81", FakeRoutes.LIFE)));
    assertThat(routes.told.getFirst().atMicros()).isPositive();
  }

  @Test
  void edge_untagged_isTracedToo() {
    String baggage = baggageBehind(edge(Admission.Strangers.REFUSED),
        head("shop.example", "baggage", "lanekeeper-trace=t1,region=eu,tenancy-rev=1-00000007"), peer("127.0.0.1"));

    assertThat(baggage).isEqualTo("lanekeeper-trace=t1,region=eu");
    assertThat(routes.told).singleElement().satisfies(hop -> {
      assertThat(hop.outcome()).isEqualTo(Hop.Outcome.PASS);
      assertThat(hop.reason()).isEqualTo("untagged");
      assertThat(hop.tag()).isEmpty();
    });
  }

  /** Who may bear no tenancy learns nothing, and puts nothing into the requests of those inside. */
  @ParameterizedTest
  @EnumSource(Admission.Strangers.class)
  void edge_stranger_isNotTraced(Admission.Strangers strangers) {
    Edge edge = edge(strangers);

    assertThat(baggageBehind(edge, head("shop.example", "baggage", "lanekeeper-trace=t1,region=eu"), peer("192.0.2.1")))
        .isEqualTo("region=eu");
    String tagged = baggageBehind(edge, head("shop.example", "baggage", "lanekeeper-trace=t1,tenancy=123"),
        peer("192.0.2.1"));
    if (strangers == Admission.Strangers.UNTAGGED) {
      assertThat(tagged).isNull();
    }
    baggageBehind(edge, head("shop.example", "baggage", "lanekeeper-trace=t1,tenancy=a//b"), peer("192.0.2.1"));
    assertThat(routes.told).isEmpty();
  }

  @Test
  void egress_namesTheService_andTheReason() {
    baggageBehind(FakeRoutes.egress(routes, null), head("b.internal", "baggage", "tenancy=123,lanekeeper-trace=t1"),
        peer("127.0.0.1"));
    baggageBehind(FakeRoutes.egress(routes, null), head("b.internal", "baggage", "tenancy=gone,lanekeeper-trace=t2"),
        peer("127.0.0.1"));
    baggageBehind(FakeRoutes.egress(routes, null), head("b.internal", "baggage", "lanekeeper-trace=t3"),
        peer("127.0.0.1"));

    assertThat(routes.told).extracting(Hop::trace, Hop::kind, Hop::to, Hop::outcome, Hop::reason).containsExactly(
        tuple("t1", Hop.Kind.CALL, "B", Hop.Outcome.REDIRECT, "override"),
        tuple("t2", Hop.Kind.CALL, "B", Hop.Outcome.REFUSE, "tenancy-ended"),
        tuple("t3", Hop.Kind.CALL, "B", Hop.Outcome.PASS, "untagged"));
  }

  @Test
  void egress_outside_hearsNothingOfIt() {
    assertThat(baggageBehind(FakeRoutes.egress(routes, null), head("example.com", "baggage",
        "tenancy=123,lanekeeper-trace=t1,k=v"), peer("127.0.0.1"))).isEqualTo("k=v");
    assertThat(baggageBehind(FakeRoutes.egress(routes, null), head("example.com", "baggage",
        "lanekeeper-trace=t2"), peer("127.0.0.1"))).isNull();
    assertThat(routes.told).extracting(Hop::reason).containsExactly("outside", "outside");
  }

  @Test
  void ingress_tellsWhoServes() {
    Ingress ownIngress =
        new Ingress(routes, Duration.ofSeconds(1), () -> new Self(FakeRoutes.B, FakeRoutes.TENANT, FakeRoutes.LIFE),
            SERVER);
    Ingress baseline = new Ingress(routes, Duration.ofSeconds(1), () -> new Self(FakeRoutes.B, null, null), SERVER);
    for (Ingress ingress : List.of(ownIngress, baseline)) {
      baggageBehind(ingress, head("any", "baggage", "tenancy=123,lanekeeper-trace=t1"), peer("127.0.0.1"));
      baggageBehind(ingress, head("any", "baggage", "lanekeeper-trace=t1"), peer("127.0.0.1"));
    }

    assertThat(routes.told).extracting(Hop::kind).containsOnly(Hop.Kind.ARRIVE);
    assertThat(routes.told).extracting(hop -> hop.outcome() + " " + hop.reason() + " " + hop.owner()).containsExactly(
        "PASS own b1", "PASS untagged null", "REDIRECT override b1", "PASS untagged null");
    assertThat(routes.told.getFirst().place().incarnation()).isEqualTo(FakeRoutes.LIFE);
  }

  @Test
  void notTraced_isNotTold() {
    baggageBehind(edge(Admission.Strangers.REFUSED), head("shop.example", "baggage", "tenancy=123"), peer("127.0.0.1"));
    baggageBehind(FakeRoutes.egress(routes, null), head("b.internal", "X-Tenancy-ID", "123"), peer("127.0.0.1"));
    assertThat(routes.told).isEmpty();
  }
}
