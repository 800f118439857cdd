package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.OperationInfo;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.QuarantinedRecord.Reason;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.Owner;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.Tenancy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When what has ended is forgotten. */
@Timeout(60)
class FloorTest {

  private static final ServiceName C = ServiceName.of("C");
  private static final String ORDERS = "orders";
  private static final String HOUSE = """
      kind: Cluster
      bootstrap: "127.0.0.1:9092"
      ---
      kind: Service
      name: C
      consumes: [{ topics: [orders], groups: [c] }]
      ---
      kind: Service
      name: D
      consumes: [{ topics: [orders], groups: [d] }]
      """;

  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;
  private final InMemoryGroups groups = new InMemoryGroups();
  private final MutableClock clock = new MutableClock();
  @SuppressWarnings("NullAway.Init") private ControlPlane controlPlane;
  @SuppressWarnings("NullAway.Init") private ControlPlaneClient client;
  @SuppressWarnings("NullAway.Init") private Watching watching;

  @BeforeEach
  void start() throws Exception {
    groups.clock = clock;
    open(Duration.ZERO);
    client.applyYaml(HOUSE);
  }

  private void open(Duration remembered) throws Exception {
    controlPlane = ControlPlane.builder(directory).port(0).broker(groups).tick(Duration.ofMillis(20)).clock(clock)
        .nanos(clock::nanos).horizon(Duration.ZERO).remembered(remembered).start();
    client = new ControlPlaneClient(controlPlane.uri(), null);
    watching = new Watching(controlPlane.uri());
  }

  @AfterEach
  void stop() throws Exception {
    watching.close();
    controlPlane.close();
  }

  /** Applies a tenant of C; the stamp of its birth. */
  private String apply(String tenancy) {
    client.applyYaml("kind: Tenant\ntenancy: " + tenancy + "\noverrides: { C: { workload: {} } }\n");
    long revision = client.status().revision();
    await().until(() -> watching.table().revision() >= revision);
    return watching.table().stampOf(revision).toString();
  }

  private String own(String tenancy) {
    return "c.lk." + watching.table().overrides(new Tenancy(tenancy)).getFirst().incarnation();
  }

  private void append(String tenancy, String stamp) {
    groups.append(ORDERS, new byte[]{1}, "baggage", "tenancy=" + tenancy + ",tenancy-rev=" + stamp);
  }

  private void endAndBury(String tenancy) {
    String operation = client.deleteTenant(tenancy).operation();
    awaitWhileTimePasses(() -> client.operation(operation).state().equals(OperationInfo.DONE));
  }

  private void awaitWhileTimePasses(java.util.concurrent.Callable<Boolean> condition) {
    await().until(() -> {
      clock.advance(Duration.ofSeconds(1));
      return condition.call();
    });
  }

  private boolean isRemembered(String tenancy) {
    return watching.table().content().tenants().stream().anyMatch(life -> life.tenancy().text().equals(tenancy));
  }

  private void awaitHeldBack(String... words) {
    awaitWhileTimePasses(() -> {
      String all = String.join("\n", client.status().heldBack());
      return List.of(words).stream().allMatch(all::contains);
    });
  }

  @Test
  void ended_isForgotten_onceEveryGroupOfEveryServiceHasPassedIt() {
    String stamp = apply("a");
    long born = watching.table().revision();
    append("a", stamp);
    groups.place("c", ORDERS, 0);
    endAndBury("a");
    awaitHeldBack("group c on default has to read orders-0 up to 1, and stands at 0", "group d");
    groups.place("c", ORDERS, 1);
    awaitWhileTimePasses(() -> client.status().heldBack().stream().noneMatch(line -> line.contains("group c")));
    assertThat(isRemembered("a")).as("group d, of a service that nobody overrode, has not read it").isTrue();
    append("a", stamp);

    groups.place("d", ORDERS, 1);

    awaitWhileTimePasses(() -> !isRemembered("a"));
    RouteTable table = watching.table();
    assertThat(table.floor()).isGreaterThan(born);
    assertThat(table.content().overrides()).isEmpty();
    assertThat(table.ownerAt(C, Tag.of("a"), born, ORDERS, 0, 1)).as("what came late").isEqualTo(Owner.ENDED);
    awaitWhileTimePasses(() -> client.status().heldBack().isEmpty());
    assertThat(client.status().floor()).isEqualTo(table.floor());
  }

  @Test
  void forgotten_staysSo_afterARestart() throws Exception {
    append("a", apply("a"));
    groups.place("c", ORDERS, 1);
    groups.place("d", ORDERS, 1);
    endAndBury("a");
    awaitWhileTimePasses(() -> !isRemembered("a"));
    long floor = watching.table().floor();

    stop();
    open(Duration.ZERO);

    await().until(() -> watching.table().revision() > 0);
    assertThat(watching.table().floor()).isEqualTo(floor);
    assertThat(isRemembered("a")).isFalse();
  }

  @Test
  void round_isGoneOnWith_afterARestart() throws Exception {
    append("a", apply("a"));
    endAndBury("a");
    awaitHeldBack("up to 1");
    append("b", "1-00000000");
    append("b", "1-00000000");
    stop();
    open(Duration.ofDays(365));

    groups.place("c", ORDERS, 1);
    groups.place("d", ORDERS, 1);

    awaitWhileTimePasses(() -> !isRemembered("a"));
  }

  @Test
  void ended_notLongAgo_isRemembered() throws Exception {
    stop();
    open(Duration.ofHours(1));
    apply("a");
    endAndBury("a");
    awaitWhileTimePasses(() -> client.status().ending() == 0);
    clock.advance(Duration.ofMinutes(30));
    await().during(Duration.ofMillis(300)).until(() -> isRemembered("a"));

    clock.advance(Duration.ofHours(1));

    awaitWhileTimePasses(() -> !isRemembered("a"));
  }

  @Test
  void doubtOfBefore_holdsItBack_untilItIsResolved_andWhatIsHandedOverIsRead() {
    append("a", apply("a"));
    groups.place("c", ORDERS, 1);
    groups.place("d", ORDERS, 1);
    long ahead = clock.millis() + Duration.ofHours(5).toMillis();
    groups.append(new QuarantinedRecord(C, Reason.IN_DOUBT, "", "c", ORDERS, 0, 0, ahead, null, new byte[0],
        new RecordHeaders().add("baggage", "tenancy=stranger".getBytes(StandardCharsets.UTF_8))).written());
    endAndBury("a");
    awaitHeldBack("in lanekeeper.quarantine.c on default stands what nobody can decide yet, from 0 on");
    assertThat(isRemembered("a")).isTrue();

    clock.advance(Duration.ofHours(6));

    String again = RedeliveredRecord.topic(C, "c", ORDERS);
    awaitHeldBack("group c.redelivered on default has to read " + again);
    assertThat(isRemembered("a")).isTrue();
    groups.place("c.redelivered", again, 1);
    awaitWhileTimePasses(() -> !isRemembered("a"));
  }

  @Test
  void overrideOnItsWayOut_holdsBackWhatEndedAfterIt_butNotWhatDidBefore() {
    apply("first");
    endAndBury("first");
    apply("slow");
    groups.members.put("c", List.of(new GroupBroker.Member("c-1", "c-client", "/10.1.2.3")));
    client.deleteTenant("slow");
    awaitHeldBack("C for slow (", "is still on its way out");
    awaitWhileTimePasses(() -> !isRemembered("first"));
    assertThat(isRemembered("slow")).isTrue();

    groups.leave("c");

    awaitWhileTimePasses(() -> !isRemembered("slow"));
  }

  @Test
  void workloadOfAnotherTenant_thatIsBehind_holdsItBack() {
    apply("b");
    awaitThatTheOtherHoldsItBack();
    assertThat(isRemembered("b")).isTrue();
  }

  /** Tenant b lives; a begins, a record of both comes, a ends: it is remembered until the group of b has passed the record. */
  private void awaitThatTheOtherHoldsItBack() {
    String own = own("b");
    append("a+b", apply("a"));
    groups.place("c", ORDERS, 1);
    groups.place("d", ORDERS, 1);
    endAndBury("a");
    awaitHeldBack("group " + own);

    groups.place(own, ORDERS, 1);

    awaitWhileTimePasses(() -> !isRemembered("a"));
  }

  /** It will read the new topic from its beginning: the place where its override began is one of the old topic. */
  @Test
  void workloadOfAnotherTenant_whoseTopicWasMadeAnew_holdsItBack() {
    groups.append(ORDERS, new byte[]{1});
    groups.append(ORDERS, new byte[]{1});
    groups.place("c", ORDERS, 2);
    apply("b");
    groups.makeAnew(ORDERS);
    awaitThatTheOtherHoldsItBack();
  }

  /** What its service reads since, its undertaker reads too. */
  @Test
  void workloadOfAnotherTenant_whoseServiceReadsMoreSince_holdsItBack_thereToo() {
    apply("b");
    String own = own("b");
    client.applyYaml("kind: Service\nname: C\nconsumes: [{ topics: [orders, refunds], groups: [c] }]\n");
    groups.append("refunds", new byte[]{1}, "baggage", "tenancy=a+b,tenancy-rev=" + apply("a"));
    groups.place("c", "refunds", 1);
    endAndBury("a");
    awaitHeldBack("group " + own, "refunds-0");
    assertThat(isRemembered("a")).isTrue();

    groups.place(own, "refunds", 1);

    awaitWhileTimePasses(() -> !isRemembered("a"));
  }

  @Test
  void groupThatComesToBeKnownMeanwhile_isWaitedForToo() {
    append("a", apply("a"));
    groups.append("more", new byte[]{1});
    endAndBury("a");
    awaitHeldBack("group c", "group d");
    client.applyYaml("kind: Service\nname: E\nconsumes: [{ topics: [more], groups: [e] }]\n");

    groups.place("c", ORDERS, 1);
    groups.place("d", ORDERS, 1);

    awaitHeldBack("group e on default has to read more-0 up to 1");
    groups.place("e", "more", 1);
    awaitWhileTimePasses(() -> !isRemembered("a"));
  }

  @Test
  void groupOnAKafkaOfWhichNothingIsKnown_holdsItBack() {
    apply("a");
    groups.place("c", ORDERS, 1);
    client.applyYaml("kind: Service\nname: E\nconsumes: [{ topics: [more], groups: [e], cluster: elsewhere }]\n");
    endAndBury("a");

    awaitHeldBack("group e of E reads [more] on elsewhere, of which no Cluster document tells");
    assertThat(isRemembered("a")).isTrue();
  }
}
