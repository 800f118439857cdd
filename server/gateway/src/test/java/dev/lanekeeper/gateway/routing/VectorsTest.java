package dev.lanekeeper.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.gateway.http.Authority;
import dev.lanekeeper.gateway.http.FieldName;
import dev.lanekeeper.gateway.http.Fields;
import dev.lanekeeper.gateway.http.HttpVersion;
import dev.lanekeeper.gateway.http.RequestHead;
import dev.lanekeeper.model.BaggageText;
import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.WireNames;
import dev.lanekeeper.testkit.vectors.ArrivalCase;
import dev.lanekeeper.testkit.vectors.CallCase;
import dev.lanekeeper.testkit.vectors.WireCase;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gateway passes the vectors that every data plane passes. */
class VectorsTest {

  private static final Destination PROCESS = Destination.of(URI.create("http://127.0.0.1:1"), false);
  private static final Peer PEER = new Peer(InetAddress.getLoopbackAddress(), false);

  private record Fixed(RouteView view) implements RouteSource {

    @Override
    public Answer ask(Duration patience) {
      return new Answer(view, false);
    }

    @Override
    public CompletionStage<Answer> askLater(Duration patience) {
      return CompletableFuture.completedFuture(ask(patience));
    }
  }

  private static Fields fields(Carried carried) {
    Fields fields = new Fields(16);
    fields.add("accept", "*/*");
    if (carried.tag().isMalformed()) {
      fields.add("Baggage", "tenancy=%%,tenancy-rev=" + carried.stamp().text());
    } else if (carried.isTagged()) {
      fields.add("Baggage", BaggageText.members(WireNames.STANDARD, carried));
    }
    return fields;
  }

  private static RequestHead head(Carried carried, String host, int port) {
    RequestHead head = new RequestHead(fields(carried));
    String text = (host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
    head.set("GET", false, new Authority(text.substring(0, text.lastIndexOf(':')), port, text), 0, 0, 0,
        HttpVersion.HTTP_1_1, null);
    return head;
  }

  @ParameterizedTest
  @MethodSource("dev.lanekeeper.testkit.vectors.WireCase#reads")
  void extract_headersOfAVector_bearWhatItSays(WireCase.Read vector) {
    Fields fields = new Fields(16);
    vector.headers().forEach(header -> fields.add(header.name(), header.value()));
    TagExtractor extractor = new TagExtractor();

    assertThat(extractor.read(vector.names(), fields)).isEqualTo(vector.carried().isTagged());

    assertThat(extractor.carried().tag()).isEqualTo(vector.carried().tag());
    if (!vector.carried().tag().isMalformed()) {
      assertThat(extractor.carried().stamp()).isEqualTo(vector.carried().stamp());
    }
  }

  @ParameterizedTest
  @MethodSource("dev.lanekeeper.testkit.vectors.WireCase#writes")
  void write_intoHeadersOfAVector_isWhatItSays(WireCase.Write vector) {
    Fields fields = new Fields(16);
    fields.add("BAGGAGE", vector.existing());
    vector.names().headers().forEach(name -> fields.add(name.toUpperCase(Locale.ROOT), "old"));

    TagExtractor.write(vector.names(), fields, vector.carried());

    int at = fields.find("baggage");
    assertThat(at < 0 ? "" : fields.valueText(at)).isEqualTo(vector.merged());
    for (String name : vector.names().headers()) {
      int plain = fields.find(name.toLowerCase(Locale.ROOT));
      assertThat(plain < 0 ? "" : fields.valueText(plain)).isEqualTo(vector.carried().tag().text());
    }
  }

  @ParameterizedTest
  @MethodSource("dev.lanekeeper.testkit.vectors.WireCase#leaves")
  void leave_headersOfAVector_haveWhatItSays(WireCase.Leave vector) {
    Fields fields = new Fields(16);
    fields.add("baggage", vector.existing());

    TagExtractor.write(vector.names(), fields, Carried.NOTHING);

    int at = fields.find("baggage");
    assertThat(at < 0 ? "" : fields.valueText(at)).isEqualTo(vector.left());
  }

  @ParameterizedTest
  @MethodSource("dev.lanekeeper.testkit.vectors.CallCase#all")
  void egress_callOfAVector_isTreatedAsItSays(CallCase vector) {
    Egress egress = new Egress(new Fixed(vector.view()), Duration.ZERO, () -> caller(vector.sender()), null);

    Verdict verdict = egress.decide(passed(head(vector.carried(), vector.host(), vector.port()), vector.sender()), PEER,
        new Router.Attempt(vector.answered(), null, vector.spread()));

    assertIs(verdict, vector.action(), vector.carried(), vector.sender(),
        " caller=" + caller(vector.sender()).service());
  }

  private static Self caller(Calls.Sender sender) {
    return new Self(sender.caller() == null ? ServiceName.of("somebody") : sender.caller(), null, null);
  }

  private static RequestHead passed(RequestHead head, Calls.Sender sender) {
    if (sender.passed() != null) {
      head.fields().add("lanekeeper-passed", sender.passed().id());
    }
    return head;
  }

  @ParameterizedTest
  @MethodSource("dev.lanekeeper.testkit.vectors.ArrivalCase#all")
  void ingress_arrivalOfAVector_isTreatedAsItSays(ArrivalCase vector) {
    Ingress ingress = new Ingress(new Fixed(vector.view()), Duration.ZERO, vector::self, PROCESS);

    Verdict verdict = ingress.decide(passed(head(vector.carried(), "any", 80), vector.sender()), PEER,
        new Router.Attempt(vector.answered(), null, 0));

    assertIs(verdict, vector.action(), vector.carried(), vector.sender(), "");
    if (vector.action() instanceof Calls.Pass && verdict instanceof Verdict.Forward forward) {
      assertThat(forward.to()).isEqualTo(PROCESS);
    }
  }

  /** It bears no tag itself: its process's own is still its tag. */
  @Test
  @SuppressWarnings("NullAway") // on purpose: what is not there makes something of ours fail
  void egress_ofAWorkloadUnderTest_whereSomethingOfOursFails_isRefused() {
    Tenancy tenancy = new Tenancy("123");
    Egress underTest = new Egress(new Fixed(RouteView.NOTHING), Duration.ZERO,
        () -> new Self(ServiceName.of("A"), tenancy, null), tenancy);
    RequestHead hostless = new RequestHead(fields(Carried.NOTHING));
    hostless.set("GET", false, null, 0, 0, 0, HttpVersion.HTTP_1_1, null);

    assertThat(underTest.decide(hostless, PEER, new Router.Attempt(false, null, 0))).isInstanceOfSatisfying(
        Verdict.Refuse.class,
        refused -> assertThat(refused.problem().code()).isEqualTo("lanekeeper-failed"));
  }

  private static Verdict.@Nullable Told told(Calls.Redirect redirect, Calls.Sender sender, String caller) {
    if (redirect.mocked() != null) {
      return new Verdict.Told(FieldName.LANEKEEPER_STUBS,
          redirect.mocked() + "/" + redirect.incarnation().id() + caller);
    }
    return sender.passed() == null ? null : new Verdict.Told(FieldName.LANEKEEPER_PASSED, sender.passed().id());
  }

  private static void assertIs(Verdict verdict, Calls.Action action, Carried carried, Calls.Sender sender,
      String caller) {
    switch (action) {
      case Calls.Ask _ -> assertThat(verdict).isInstanceOf(Verdict.Ask.class);
      case Calls.Refuse refuse -> assertThat(verdict).isInstanceOfSatisfying(Verdict.Refuse.class,
          refused -> assertThat(refused.problem().code()).isEqualTo(refuse.reason().code()));
      case Calls.Redirect redirect -> assertThat(verdict).isEqualTo(new Verdict.Forward(
          Destination.of(redirect.address(), redirect.mocked() == null), carried.with(redirect.stamp()), true,
          Calls.Reason.OVERRIDE, told(redirect, sender, caller)));
      case Calls.Pass pass -> assertThat(verdict).isInstanceOfSatisfying(Verdict.Forward.class, forward -> {
        assertThat(forward.reason()).isEqualTo(pass.reason());
        assertThat(forward.carried()).isEqualTo(pass.carry() ? carried.with(pass.stamp()) : Carried.NOTHING);
        assertThat(forward.to().guarded()).isFalse();
      });
    }
  }
}
