package dev.lanekeeper.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What values refuse, and what they are equal to. */
class ValuesTest {

  @Test
  void tag_equal_comparesTenanciesWithCaseAndServicesWithout() {
    assertThat(Tag.of("a", "B:x&C:y")).isEqualTo(Tag.of("a", "c:y&b:x")).hasSameHashCodeAs(Tag.of("a", "c:y&b:x"));
    assertThat(Tag.of(null, "B:x")).isNotEqualTo(Tag.of(null, "B:X"));
    assertThat(Tag.of("a")).isNotEqualTo(Tag.of("A")).isNotEqualTo(Tag.of("a", "B:x")).isNotEqualTo(Tag.MALFORMED);
    assertThat(Tag.NONE).isNotEqualTo(Tag.MALFORMED).isEqualTo(Tag.of((String) null, (String) null));
    assertThat(Tag.MALFORMED.isNone()).isFalse();
  }

  @Test
  void tag_shown_saysWhatItIs() {
    assertThat(Tag.NONE).hasToString("untagged");
    assertThat(Tag.MALFORMED).hasToString("malformed");
    assertThat(Tag.of("a%2Bb", "B:1")).hasToString("a+b[B:1]");
  }

  @Test
  void tenancy_malformed_isShownPrintable() {
    assertThatThrownBy(() -> new Tenancy("a\nb")).isInstanceOf(MalformedTagException.class)
        .hasMessage("tenancy: \"a\\u000ab\" (expected: " + Tenancy.EXPECTED + ")");
    assertThatThrownBy(() -> Tag.of("x".repeat(500))).hasMessageContaining("... (500 characters)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://a", "http://", "http:a", "/a", "http://a/path", "http://a?q", "http://a#f",
      "http://u@a",
      "http://a:0", "http://a:65536"})
  void redirect_notARoot_isRefused(String address) {
    URI uri = URI.create(address.equals("http://") ? "http:///" : address);
    assertThatThrownBy(() -> new Target.Redirect(uri)).isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("redirect: ");
  }

  @Test
  void address_withoutPort_hasThatOfItsScheme() {
    assertThat(Target.Address.port(URI.create("http://a"))).isEqualTo(80);
    assertThat(Target.Address.port(URI.create("https://a/"))).isEqualTo(443);
    assertThat(Target.Address.port(URI.create("http://[::1]:8080"))).isEqualTo(8080);
  }

  @Test
  void life_backwards_isRefused() {
    Tenancy tenancy = new Tenancy("a");
    assertThatThrownBy(() -> new TenantLife(tenancy, 3, 3)).hasMessage("life: from 3 to 3 (expected: 0 < from < to)");
    assertThatThrownBy(() -> new TenantLife(tenancy, 0, 3)).hasMessageStartingWith("life: ");
  }

  @Test
  void environment_suffixes_areInLowerCaseWithADot() {
    Environment environment =
        new Environment(1, "staging", Policy.STAGING, List.of("SVC", ".internal"), WireNames.STANDARD);
    assertThat(environment.suffixes()).containsExactly(".svc", ".internal");
    assertThatThrownBy(() -> new Environment(1, "staging", Policy.STAGING, List.of("."), WireNames.STANDARD))
        .hasMessageStartingWith("suffixes: \".\"");
  }

  @Test
  void wireNames_unusable_areRefused() {
    assertThatThrownBy(() -> new WireNames(List.of(), "r", "o", List.of())).hasMessageStartingWith("names.members");
    assertThatThrownBy(() -> new WireNames(List.of("a"), "a", "o", List.of())).hasMessageStartingWith("names.stamp");
    assertThatThrownBy(() -> new WireNames(List.of("a"), "r", "a b", List.of()))
        .hasMessageStartingWith("names.overrides");
    assertThatThrownBy(() -> new WireNames(List.of("a"), "r", "o", List.of("Baggage")))
        .hasMessageStartingWith("names.headers");
    assertThatThrownBy(() -> new WireNames(List.of("a"), "r", "o", List.of("X", "x")))
        .hasMessageStartingWith("names.headers");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a/b", ":80", "a:", "-a", "a:b", "::1", "http://a"})
  void service_hostThatIsNone_isRefused(String host) {
    assertThatThrownBy(() -> new Service(ServiceName.of("A"), List.of(host), false)).hasMessageStartingWith("hosts: ");
  }

  @ParameterizedTest
  @CsvSource(textBlock = """
      '',orders,lanekeeper.x,group
      c,'',lanekeeper.x,origin
      c,orders,orders,topic
      c,orders,lanekeeper.,topic
      c,orders,lanekeeper.a b,topic
      """)
  void handover_withoutGroupOriginOrATopicOfOurs_isRefused(String group, String origin, String topic, String named) {
    assertThatThrownBy(() -> new Handover(group, origin, topic)).hasMessageStartingWith("handovers: " + named + ": ");
  }

  @Test
  void service_withAHandover_hasItOnce() {
    Handover handover = new Handover("c", "orders", "lanekeeper.redelivered.c.1");
    Service service = new Service(ServiceName.of("C"), List.of(), false).with(handover);
    assertThat(service.with(handover)).isSameAs(service);
    assertThat(service.with(new Handover("d", "orders", "lanekeeper.redelivered.c.2")).handovers()).hasSize(2);
  }

  @Test
  void table_allNames_areThoseOfNowAndThenThoseOfBefore() {
    WireNames first = new WireNames(List.of("a"), "r", "o", List.of());
    WireNames second = new WireNames(List.of("b"), "r", "o", List.of());
    RouteTable table = RouteTable.EMPTY;
    assertThat(table.allNames()).containsExactly(WireNames.STANDARD);
    long revision = 0;
    for (WireNames names : List.of(first, second, first)) {
      revision++;
      table = table.with(new Change(revision, 0, 0, List.of(), List.of(), List.of(), List.of(), List.of(),
          new Environment(revision, "staging", Environment.STAGING.policy(), List.of(), names)));
    }
    assertThat(table.allNames()).containsExactly(first, second, WireNames.STANDARD);
  }

  @Test
  void table_twoServicesWithOneHost_answersTheFirstByName() {
    Service a = new Service(ServiceName.of("a"), List.of("h"), false);
    Service b = new Service(ServiceName.of("B"), List.of("h"), false);
    for (List<Service> services : List.of(List.of(a, b), List.of(b, a))) {
      RouteTable table = RouteTable.EMPTY.with(
          new Change(1, 0, 0, List.of(), List.of(), services, List.of(), List.of(), null));
      assertThat(table.serviceAt("h", 80)).isEqualTo(a);
      assertThat(table.content().services()).containsExactly(a, b);
    }
  }

  @Test
  void table_nextRevisionMissing_isRefused() {
    Change third = new Change(3, 0, 0, List.of(), List.of(), List.of(), List.of(), List.of(), null);
    Change first = new Change(1, 0, 0, List.of(), List.of(), List.of(), List.of(), List.of(), null);
    assertThatThrownBy(() -> RouteTable.EMPTY.with(first).with(third)).hasMessage("revision: 3 (expected: 2)");
  }

  @Test
  void table_withAHigherFloor_isWithoutTheTenantsThatHadEnded_andWhatWasTheirs() {
    Tenancy ended = new Tenancy("ended");
    Tenancy lives = new Tenancy("lives");
    ServiceName service = ServiceName.of("C");
    RouteTable table = RouteTable.EMPTY.with(new Change(1, 0, 0,
        List.of(new TenantLife(ended, 1, OverrideLife.OPEN), new TenantLife(lives, 1, OverrideLife.OPEN)),
        List.of(workload("e", service, ended, OverrideLife.OPEN), workload("l", service, lives, OverrideLife.OPEN)),
        List.of(), List.of(), List.of(new Instances(new Incarnation("e"), List.of(URI.create("http://127.0.0.1:1")))),
        null));
    table = table.with(new Change(2, 0, 0, List.of(new TenantLife(ended, 1, 2)),
        List.of(workload("e", service, ended, 2), workload("l", service, lives, 2)), List.of(), List.of(), List.of(),
        null));

    RouteTable after =
        table.with(new Change(3, 0, 0, List.of(), List.of(), List.of(), List.of(), List.of(), null, 2));

    assertThat(after.floor()).isEqualTo(2);
    assertThat(after.content().tenants()).extracting(TenantLife::tenancy).containsExactly(lives);
    assertThat(after.content().overrides()).as("that of a tenant that lives on")
        .extracting(life -> life.incarnation().id()).containsExactly("l");
    assertThat(after.content().instances()).isEmpty();
    assertThat(after.forgetting(1)).as("a floor below it").isSameAs(after);
    assertThat(table.content().overrides()).as("the table before").hasSize(2);
    assertThatThrownBy(() -> new Change(3, 0, 0, List.of(), List.of(), List.of(), List.of(), List.of(), null, 4))
        .hasMessage("floor: 4 (expected: 0 to 3, the revision)");
  }

  private static OverrideLife workload(String id, ServiceName service, Tenancy tenancy, long to) {
    return OverrideLife.served(new Incarnation(id), service, tenancy, 1, to, new Target.Workload(), List.of());
  }

  @Test
  void incarnation_group_isNamedAfterIt() {
    assertThat(new Incarnation("c3k9x").groupFor("orders")).isEqualTo("orders.lk.c3k9x");
    assertThatThrownBy(() -> new Incarnation("A")).hasMessageStartingWith("incarnation: \"A\"");
  }

  @Test
  void incarnation_ofGroup_isFoundInTheName() {
    assertThat(Incarnation.ofGroup("orders.lk.c3k9x")).isEqualTo(new Incarnation("c3k9x"));
    assertThat(Incarnation.ofGroup("a.lk.b.lk.c")).as("the last one").isEqualTo(new Incarnation("c"));
    assertThat(Incarnation.baselineGroup("a.lk.b.lk.c")).isEqualTo("a.lk.b");
    assertThat(List.of("orders", "orders.lk.", "orders.lk.C", "orders.lk.c-changelog")).as("none of ours")
        .allMatch(group -> Incarnation.ofGroup(group) == null);
    assertThatThrownBy(() -> Incarnation.baselineGroup("orders")).hasMessageStartingWith("group: \"orders\"");
  }
}
