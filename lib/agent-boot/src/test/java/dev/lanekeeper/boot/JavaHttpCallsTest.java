package dev.lanekeeper.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.Environment;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.WireNames;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JavaHttpCallsTest {

  private static final URI SHOP = URI.create("http://shop/cart");

  private final FixedSource source = new FixedSource();

  @BeforeEach
  void publish() {
    Lanes.publish(source, () -> null, ContextSource.NONE, Duration.ofMillis(50));
  }

  @Test
  void first_untagged_isLeftAlone() throws Exception {
    assertThat(JavaHttpCalls.first(SHOP, headers(null))).isNull();
  }

  @Test
  void first_overridden_goesToTheOwnerWithoutProxy() throws Exception {
    JavaHttpCalls.Hop hop = Objects.requireNonNull(JavaHttpCalls.first(SHOP, headers("123")));

    assertThat(hop.uri().getRawAuthority()).isEqualTo("127.0.0.1:9102");
    assertThat(hop.direct()).isTrue();
    assertThat(Objects.requireNonNull(hop.headers())).containsEntry("baggage",
        List.of("tenancy=123,tenancy-rev=2-00000008"));
    assertThat(JavaHttpCalls.original(hop.uri())).isEqualTo(SHOP);
    assertThat(JavaHttpCalls.host("127.0.0.1:9102", hop.uri())).isEqualTo("shop");
  }

  @Test
  void first_ofACallThatHasNoTagButServesATaggedRequest_isRoutedByTheContext() throws Exception {
    Lanes.publish(source, () -> null, new Serving(new Carried(Tag.of("123"), Stamp.NONE)), Duration.ofMillis(50));

    assertThat(Objects.requireNonNull(JavaHttpCalls.first(SHOP, headers(null))).uri().getRawAuthority())
        .isEqualTo("127.0.0.1:9102");
  }

  @Test
  void first_withTheRequestsTagCopiedByHand_goesOnWithTheRequestsStamp() throws Exception {
    Carried request = new Carried(Tag.of("123"), Stamp.parse("1-00000007"));
    Lanes.publish(source, () -> null, new Serving(request), Duration.ofMillis(50));

    assertThat(written(headers("123"))).isEqualTo("tenancy=123,tenancy-rev=1-00000007");
    assertThat(written(headers("other"))).as("a request of its own").isEqualTo("tenancy=other,tenancy-rev=2-00000008");
  }

  private static String written(Map<String, List<String>> headers) throws Exception {
    JavaHttpCalls.Hop hop = Objects.requireNonNull(JavaHttpCalls.first(SHOP, headers));
    return Objects.requireNonNull(hop.headers()).getOrDefault("baggage", List.of()).get(0);
  }

  @Test
  void first_ofARequestThatCameWithoutAStamp_asksAtTheStampOfItsFirstCall() throws Exception {
    Lanes.publish(source, () -> null, new Serving(new Carried(Tag.of("123"), Stamp.NONE)), Duration.ofMillis(50));
    source.view = RouteView.NOTHING;

    assertThat(written(headers(null))).isEqualTo("tenancy=123,tenancy-rev=2-00000008");
    source.view = new RouteView(
        source.view.table().with(new Change(3, 9, 3_000, List.of(), List.of(), List.of(), List.of(), List.of(), null)),
        6_000, false);

    assertThat(written(headers(null))).as("the table is newer now").isEqualTo("tenancy=123,tenancy-rev=2-00000008");
    assertThat(Lanes.current().stamp()).as("a message").hasToString("2-00000008");
    assertThat(written(headers("other"))).as("another's").isEqualTo("tenancy=other,tenancy-rev=3-00000009");
  }

  @Test
  void first_ofAMalformedTag_isNeverUntaggedAtTheNextHop() throws Exception {
    assertThat(written(headers("a//b"))).isEqualTo("tenancy=!,tenancy-rev=2-00000008");
  }

  @Test
  void first_toAnOutsideHost_saysNothing() throws Exception {
    JavaHttpCalls.Hop hop = Objects.requireNonNull(JavaHttpCalls.first(URI.create("http://out/x"), headers("123")));

    assertThat(hop.uri().getRawAuthority()).isEqualTo("out");
    assertThat(Objects.requireNonNull(hop.headers())).isEmpty();
    assertThat(hop.direct()).isFalse();
  }

  @Test
  void followUp_fromOutsideBackIn_isTaggedAgain() throws Exception {
    JavaHttpCalls.Hop out = Objects.requireNonNull(JavaHttpCalls.first(URI.create("http://out/x"), headers("123")));

    JavaHttpCalls.Hop back = Objects.requireNonNull(JavaHttpCalls.followUp(SHOP, out.uri(), headers(null)));

    assertThat(back.uri().getRawAuthority()).isEqualTo("127.0.0.1:9102");
    assertThat(Objects.requireNonNull(back.headers())).containsEntry("X-Tenancy-ID", List.of("123"));
  }

  @Test
  void followUp_toTheApplicationsOwnHost_staysWithTheOwner() throws Exception {
    URI routed = Objects.requireNonNull(JavaHttpCalls.first(SHOP, headers("123"))).uri();
    URI next = JavaHttpCalls.redirection(URI.create("http://shop/paid"), routed);

    assertThat(next).as("the client compares hosts").hasToString("http://127.0.0.1:9102/paid");
    URI followed = Objects.requireNonNull(JavaHttpCalls.followUp(next, routed, headers("123"))).uri();
    assertThat(followed.getRawAuthority()).isEqualTo("127.0.0.1:9102");
    assertThat(JavaHttpCalls.original(followed)).hasToString("http://shop/paid");
  }

  @Test
  void first_ofAnEndedTenant_isRefused() {
    assertRefused(SHOP, "gone", Calls.Reason.TENANCY_ENDED);
  }

  @Test
  void first_encryptedToAnOwnerThatIsNot_isRefused() {
    assertRefused(URI.create("https://shop/"), "123", Calls.Reason.OWNER_UNREACHABLE);
  }

  @Test
  void first_withoutATable_waitsForTheAnswer() throws Exception {
    source.view = RouteView.NOTHING;

    assertThat(JavaHttpCalls.first(SHOP, headers("123"))).isNotNull();
  }

  /** As a workload under test calls on its own, in an environment with names of its own, before it has a table. */
  @Test
  void first_thatWaitsForTheFirstTable_isTaggedByTheNamesInIt() throws Exception {
    WireNames names = new WireNames(List.of("lane"), "lane-rev", "lane-overrides", List.of("X-Lane"));
    source.answer = new RouteView(source.view.table().with(new Change(3, 9, 3_000, List.of(), List.of(), List.of(),
        List.of(), List.of(), new Environment(3, "own", Environment.STAGING.policy(), List.of(), names))), 6_000,
        false);
    source.view = RouteView.NOTHING;
    Lanes.publish(source, () -> null, new Serving(new Carried(Tag.of("123"), Stamp.NONE)), Duration.ofMillis(50));

    assertThat(written(headers(null))).isEqualTo("lane=123,lane-rev=3-00000009");
  }

  @Test
  void first_withoutAnAnswer_isRefused_andUntaggedPasses() throws Exception {
    source.view = RouteView.NOTHING;
    source.answers = false;

    assertRefused(SHOP, "123", Calls.Reason.TENANCY_IN_DOUBT);
    assertThat(JavaHttpCalls.first(SHOP, headers(null))).isNull();
  }

  @Test
  void first_whenSomethingOfOursThrows_isRefused_andUntaggedPasses() throws Exception {
    source.broken = true;

    assertRefused(SHOP, "123", Calls.Reason.FAILED);
    assertThat(JavaHttpCalls.first(SHOP, headers(null))).isNull();
  }

  @Test
  void first_whenTheContextThrows_passesUntagged_andRefusesWhatLooksTagged() throws Exception {
    Lanes.publish(source, () -> null, failing(), Duration.ofMillis(50));

    assertThat(JavaHttpCalls.first(SHOP, headers(null))).isNull();
    assertRefused(SHOP, "123", Calls.Reason.FAILED);
    assertThat(JavaHttpCalls.first(SHOP, headers("123,tenancy-rev=2-00000008"))).as("needs no context").isNotNull();
  }

  @Test
  void first_ofAnAsynchronousCall_neverWaits_andMayBeAskedFor() {
    source.view = RouteView.NOTHING;
    var before = JavaHttpCalls.enterAsync();
    try {
      assertThatThrownBy(() -> JavaHttpCalls.first(SHOP, headers("123"))).isInstanceOfSatisfying(
          CallRefusedException.class,
          refused -> assertThat(refused.isAnswerable()).isTrue());
    } finally {
      JavaHttpCalls.leaveAsync(before);
    }
    assertThat(source.view).as("nobody asked").isSameAs(RouteView.NOTHING);
  }

  @Test
  void later_whenTheRefusalStands_isAFailedFuture() {
    CompletableFuture<?> future =
        LaterCalls.future(new CallRefusedException(Calls.Reason.TENANCY_ENDED, "ended", false), this, new Object[0]);

    assertThat(future).isCompletedExceptionally();
  }

  private static void assertRefused(URI uri, String tenancy, Calls.Reason reason) {
    assertThatThrownBy(() -> JavaHttpCalls.first(uri, headers(tenancy))).isInstanceOf(ConnectException.class)
        .isInstanceOfSatisfying(CallRefusedException.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
  }

  private static ContextSource failing() {
    return new Serving(Carried.NOTHING) {
      @Override
      public Carried current() {
        throw new IllegalStateException("broken on purpose");
      }
    };
  }

  private static Map<String, List<String>> headers(@Nullable String tenancy) {
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    if (tenancy != null) {
      headers.put("baggage", List.of("tenancy=" + tenancy));
    }
    return headers;
  }
}
