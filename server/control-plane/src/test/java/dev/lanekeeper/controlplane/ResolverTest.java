package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.DataPlaneReport;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.QuarantinedRecord.Reason;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tenancy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of records that were put aside because nobody could tell whose they are. */
@Timeout(60)
class ResolverTest extends ResolverFixture {

  @Test
  void baselines_isHandedOverWithItsTag_andConsumersAreTold() {
    String stamp = apply("tenancy: a\noverrides: { B: { redirect: \"http://127.0.0.1:9102\" } }\n");
    putAside("the baseline's", 7, "a", stamp);

    awaitResolved();

    assertThat(handedOver()).hasSize(1);
    ConsumerRecord<byte[], byte[]> record = handedOver().get(0);
    assertThat(new String(record.value(), StandardCharsets.UTF_8)).isEqualTo("the baseline's");
    assertThat(header(record, "lanekeeper-receiver")).isEmpty();
    assertThat(header(record, "lanekeeper-group")).isEqualTo("c");
    assertThat(header(record, "baggage")).contains("tenancy=a", "tenancy-rev=" + stamp);
    await().until(this::redelivers);
    client.applyYaml("kind: Service\nname: C\nhosts: [\"c:8080\"]\nconsumes: [{ topics: [orders], groups: [c] }]\n");
    long revision = client.status().revision();
    await().until(() -> watching.table().revision() >= revision);
    assertThat(redelivers()).as("after a document that was applied later").isTrue();
  }

  @Test
  void workloads_isDropped_exceptWhereItStandsBeforeItsStart() {
    String stamp = apply("tenancy: a\noverrides: { C: { workload: {} } }\n");
    String incarnation = watching.table().overrides(new Tenancy("a")).get(0).incarnation().id();
    putAside("read by the workload itself", 5, "a", stamp);
    putAside("before its start", 4, "a", stamp);

    awaitResolved();

    assertThat(handedOver()).hasSize(1);
    assertThat(new String(handedOver().get(0).value(), StandardCharsets.UTF_8)).isEqualTo("before its start");
    assertThat(header(handedOver().get(0), "lanekeeper-receiver")).isEqualTo(incarnation);
  }

  @Test
  void nobodys_isTreatedByPolicy() {
    client.applyYaml("kind: Environment\nprofile: production\npolicy: { ended: refuse }\n");
    apply("tenancy: a\noverrides: { B: { redirect: \"http://127.0.0.1:9102\" } }\n");
    client.deleteTenant("a");
    long ended = client.status().revision();
    await().until(() -> watching.table().revision() >= ended);
    String after = watching.table().stampOf(ended).toString();
    putAside("of an ended tenant", 7, "a", after);
    putAside("a stranger's", 8, "stranger", after);

    awaitResolved();

    assertThat(handedOver()).isEmpty();
    assertThat(aside()).extracting(QuarantinedRecord::offset, QuarantinedRecord::reason)
        .containsExactly(tuple(8L, Reason.UNREGISTERED));
  }

  @Test
  void severalCopies_countAsOne_alsoAfterARestart() throws Exception {
    String stamp = apply("tenancy: a\noverrides: { B: { redirect: \"http://127.0.0.1:9102\" } }\n");
    ProducerRecord<byte[], byte[]> written = new QuarantinedRecord(C, Reason.IN_DOUBT, "", "c", "orders", 0, 7, 1, null,
        new byte[]{1}, new RecordHeaders().add("baggage",
            ("tenancy=a,tenancy-rev=" + stamp).getBytes(StandardCharsets.UTF_8)))
        .written();
    groups.append(written);
    groups.append(written);
    awaitResolved();
    controlPlane.close();
    groups.append(written);
    open();

    awaitResolved();

    assertThat(handedOver()).hasSize(1);
  }

  @Test
  void closing_waitsForTheFence() {
    String stamp = apply("tenancy: a\noverrides: { C: { workload: {} } }\n");
    groups.members.put("c",
        List.of(new dev.lanekeeper.controlplane.kafka.GroupBroker.Member("c-1", "c-client", "/10.1.2.3")));
    client.deleteTenant("a");
    await()
        .until(() -> watching.table().overrides(new Tenancy("a")).get(0).phase() == dev.lanekeeper.model.Phase.CLOSING);
    putAside("who knows", 9, "a", stamp);
    await().during(Duration.ofMillis(300)).until(() -> groups.resolved(ASIDE) <= 0);

    groups.members.remove("c");

    awaitResolved();
    assertThat(handedOver()).as("beyond the fence: of an ended tenant, discarded in staging").isEmpty();
  }

  @Test
  void aheadOfTheClock_stopsNothing_andIsDecidedInItsTime_alsoAfterARestart() throws Exception {
    String stamp = applyElsewhere();
    putAside(record(Duration.ofHours(1), "ahead", 7, "a", ""));
    putAside("behind it", 8, "a", stamp);

    await().until(() -> !handedOver().isEmpty());

    await().during(Duration.ofMillis(200)).until(() -> groups.resolved(ASIDE) == 0);
    controlPlane.close();
    open();
    clock.advance(Duration.ofHours(2));
    awaitResolved();
    assertThat(handedOver()).extracting(ResolverTest::text).containsExactly("behind it", "ahead");
    assertThat(header(handedOver().get(1), "baggage")).contains("tenancy=a", "tenancy-rev=");
  }

  @Test
  void undertakersCopy_countsForItsLifeAlone() {
    String stamp = apply("tenancy: a\nresidue: quarantine\noverrides: { C: { workload: {} } }\n");
    String incarnation = watching.table().overrides(new Tenancy("a")).get(0).incarnation().id();
    String other = apply("tenancy: b\noverrides: { B: { redirect: \"http://127.0.0.1:9102\" } }\n");
    putAside(record("its own", 7, "a", stamp).because(Reason.IN_DOUBT, incarnation));
    putAside(record("the baseline's", 8, "b", other).because(Reason.IN_DOUBT, incarnation));
    putAside(record("another life's", 9, "a", stamp).because(Reason.IN_DOUBT, "another"));
    awaitResolved();
    assertThat(handedOver()).isEmpty();
    assertThat(aside()).extracting(QuarantinedRecord::offset, QuarantinedRecord::reason)
        .containsExactly(tuple(7L, Reason.RESIDUE));

    putAside(record("the baseline's", 8, "b", other));

    await().until(() -> !handedOver().isEmpty());
    assertThat(handedOver()).as("put aside by the baseline's group itself").extracting(ResolverTest::text)
        .containsExactly("the baseline's");
  }

  @Test
  void undertakersCopy_ofALifeWithNothingToKeep_isDropped() {
    String stamp = apply("tenancy: a\nresidue: discard\noverrides: { C: { workload: {} } }\n");
    String incarnation = watching.table().overrides(new Tenancy("a")).get(0).incarnation().id();
    putAside(record("its own", 7, "a", stamp).because(Reason.IN_DOUBT, incarnation));

    awaitResolved();

    assertThat(aside()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"baseline, 0", "refuse, 0", "quarantine, 1"})
  void redirected_followsThePolicy_asAtADataPlane(String ended, int kept) {
    client.applyYaml("kind: Environment\nprofile: staging\npolicy: { ended: " + ended + " }\n---\n"
        + "kind: Service\nname: D\nhosts: [d]\n");
    String stamp = apply("tenancy: a\noverrides: { D: { redirect: \"http://127.0.0.1:9102\" } }\n");
    ServiceName service = ServiceName.of("D");
    String topic = QuarantinedRecord.topic(service);
    groups.append(new QuarantinedRecord(service, Reason.IN_DOUBT, "", "d", "orders", 0, 7, 1, null, bytes("call"),
        new RecordHeaders().add("baggage", bytes("tenancy=a,tenancy-rev=" + stamp))).written());

    await().until(() -> groups.resolved(topic) >= 1 + kept);

    assertThat(groups.logOf(topic)).hasSize(1 + kept);
    assertThat(groups.logs.keySet()).noneMatch(name -> name.startsWith("lanekeeper.redelivered."));
  }

  @ParameterizedTest
  @CsvSource({"quarantine, RESIDUE", "redeliver, PERHAPS_PROCESSED"})
  void handedOver_lifeComesToBeItsUndertakers_beforeItIsThere_isDecidedAgain(String residue, Reason reason) {
    String stamp = apply("tenancy: a\nresidue: " + residue + "\noverrides: { C: { workload: {} } }\n");
    String incarnation = watching.table().overrides(new Tenancy("a")).get(0).incarnation().id();
    for (int i = 0; i < 6; i++) {
      groups.append("orders", bytes("untagged"));
    }
    groups.beforeCopies.set(() -> {
      client.deleteTenant("a");
      await().until(() -> client.status().ending() == 0);
    });

    putAside("before its start", 4, "a", stamp);

    awaitResolved();
    assertThat(handedOver()).as("for an undertaker who has left").hasSize(1);
    assertThat(aside())
        .extracting(QuarantinedRecord::offset, QuarantinedRecord::reason, QuarantinedRecord::incarnation)
        .containsExactly(tuple(4L, reason, incarnation));
  }

  @Test
  void diesBeforeItIsNoted_isHandedOverAgain() throws Exception {
    String stamp = applyElsewhere();
    groups.afterCopies.set(() -> {
      throw new InMemoryGroups.Death();
    });
    putAside("the baseline's", 7, "a", stamp);
    await().dontCatchUncaughtExceptions().until(() -> !handedOver().isEmpty());
    controlPlane.close();
    open();

    awaitResolved();

    assertThat(handedOver()).extracting(ResolverTest::text).containsExactly("the baseline's", "the baseline's");
  }

  @Test
  void byReference_isHandedOverAsItStandsWhereItCameFrom() {
    String stamp = applyElsewhere();
    groups.append(clock.millis(), "orders", bytes("large"), "baggage", "tenancy=a,tenancy-rev=" + stamp);
    putAside(record("large", 0, "a", stamp).asReference());

    awaitResolved();

    assertThat(handedOver()).extracting(ResolverTest::text).containsExactly("large");
    assertThat(header(handedOver().get(0), "baggage")).contains("tenancy=a");
  }

  @Test
  void byReference_ofWhatIsGoneOrAnotherByNow_staysAndStopsNothing() {
    String stamp = applyElsewhere();
    groups.append(clock.millis() + 1, "orders", bytes("of a topic that was made anew"));
    putAside(record("large", 0, "a", stamp).asReference());
    putAside(record("large", 17, "a", stamp).asReference());
    putAside("behind it", 18, "a", stamp);

    awaitResolved();

    assertThat(handedOver()).extracting(ResolverTest::text).containsExactly("behind it");
    assertThat(groups.logOf(ASIDE)).hasSize(3);
  }

  @Test
  void tooLargeToBeHandedOver_staysAndStopsNothing() {
    String stamp = applyElsewhere();
    groups.largest = 2_000;
    putAside("large".repeat(1_000), 7, "a", stamp);
    putAside("behind it", 8, "a", stamp);

    awaitResolved();

    assertThat(handedOver()).extracting(ResolverTest::text).containsExactly("behind it");
  }

  @Test
  void eachGroup_isHandedOverWhatItPutAside_throughATopicOfItsOwn() {
    String stamp = applyElsewhere();
    QuarantinedRecord record = record("the baseline's", 7, "a", stamp);
    putAside(record);
    putAside(new QuarantinedRecord(C, Reason.IN_DOUBT, "", "d", "orders", 0, 7, record.timestampMillis(), null,
        bytes("the baseline's"), record.headers()));

    awaitResolved();

    for (String group : List.of("c", "d")) {
      List<ConsumerRecord<byte[], byte[]>> log = groups.logOf(RedeliveredRecord.topic(C, group, "orders"));
      assertThat(log).hasSize(1);
      assertThat(header(log.get(0), "lanekeeper-group")).isEqualTo(group);
    }
  }

  @Test
  void quarantineThatMayNotBeMade_stopsNoOther() {
    String stamp = applyElsewhere();
    groups.refused.add("lanekeeper.quarantine.d");
    client.applyYaml("""
        kind: Service
        name: D
        consumes: [{ topics: [orders], groups: [d] }]
        ---
        kind: Service
        name: E
        consumes: [{ topics: [orders], groups: [e] }]
        """);
    await().until(() -> groups.logs.containsKey("lanekeeper.quarantine.e"));
    putAside("the baseline's", 7, "a", stamp);

    awaitResolved();

    assertThat(handedOver()).hasSize(1);
  }

  @Test
  void foreignRecordInTheQuarantine_isPassedOver() {
    groups.append(new ProducerRecord<>(ASIDE, new byte[]{1}));

    awaitResolved();

    assertThat(handedOver()).isEmpty();
  }

  @Test
  void recordsThatNobodyPutAside_stopNothing() {
    String stamp = applyElsewhere();
    Headers headers = record("", 6, "a", stamp).headers();
    groups.append(new QuarantinedRecord(C, Reason.IN_DOUBT, "", "", "orders", 0, 6, 1, null, bytes("of no group"),
        headers).written());
    groups.append(new QuarantinedRecord(C, Reason.IN_DOUBT, "", "c", "orders", -1, 6, 1, null, bytes("of no place"),
        headers).written());
    groups.append(new QuarantinedRecord(C, Reason.IN_DOUBT, "", "c", "", 0, 6, 1, null, bytes("of no topic"),
        headers).written());
    ProducerRecord<byte[], byte[]> ofAnother =
        new QuarantinedRecord(ServiceName.of("B"), Reason.IN_DOUBT, "", "b", "orders", 0, 6, 1, null,
            bytes("of another service"), headers).written();
    groups.append(new ProducerRecord<>(ASIDE, null, ofAnother.key(), ofAnother.value(), ofAnother.headers()));
    putAside("behind", 7, "a", stamp);

    awaitResolved();

    assertThat(handedOver()).extracting(ResolverTest::text).containsExactly("behind");
  }

  /** Of another environment on the same broker: its stamps mean nothing here. */
  @Test
  void quarantineOfAServiceThatIsUnknownHere_isLeftAlone() {
    String stamp = applyElsewhere();
    groups.append(new QuarantinedRecord(ServiceName.of("X"), Reason.IN_DOUBT, "", "x", "orders", 0, 6, 1, null,
        bytes("another's"), record("", 6, "a", stamp).headers()).written());
    putAside("ours", 7, "a", stamp);

    awaitResolved();

    assertThat(groups.resolved("lanekeeper.quarantine.x")).isZero();
    assertThat(groups.logOf(RedeliveredRecord.topic(ServiceName.of("X"), "x", "orders"))).isEmpty();
  }

  @Test
  void quarantineThatIsDeleted_isMadeAgain() {
    await().until(() -> groups.isThere(ASIDE));
    groups.deleteTopic(ASIDE);

    await().atMost(Duration.ofSeconds(30)).until(() -> groups.isThere(ASIDE));
  }

  @Test
  void handedOverLongAgo_behindOneThatIsOpen_isNotAgain() throws Exception {
    String stamp = applyElsewhere();
    putAside(record(Duration.ofDays(4_000), "microseconds", 6, "a", ""));
    putAside("once", 7, "a", stamp);
    await().until(() -> handedOver().size() == 1);
    for (int day = 1; day <= 40; day++) {
      clock.advance(Duration.ofDays(1));
      putAside("of day " + day, 7 + day, "a", stamp);
      int all = day + 1;
      await().until(() -> handedOver().size() == all);
    }
    controlPlane.close();
    open();

    putAside("last", 60, "a", stamp);

    await().until(() -> handedOver().stream().anyMatch(record -> text(record).equals("last")));
    assertThat(handedOver()).hasSize(42).extracting(ResolverTest::text).doesNotHaveDuplicates();
  }

  @Test
  void manyThatCannotBeDecided_stopNobodyElse_andAreDecidedInTheirTime() {
    String stamp = applyElsewhere();
    for (int i = 0; i < 10_100; i++) {
      putAside(record(Duration.ofHours(1), "ahead", 100 + i, "a", ""));
    }
    putAside("of now", 7, "a", stamp);

    await().until(() -> handedOver().size() == 1);
    assertThat(groups.resolved(ASIDE)).isZero();

    clock.advance(Duration.ofHours(2));
    awaitResolved();
    assertThat(handedOver()).hasSize(10_101).extracting(record -> header(record, "lanekeeper-id"))
        .doesNotHaveDuplicates();
  }

  /** One document for those inside a network, another for those outside of it. */
  @ParameterizedTest
  @ValueSource(strings = {"aaa", "zz"})
  void oneKafkaInTwoDocuments_isLookedAfterOnce(String other) throws Exception {
    client.applyYaml("kind: Cluster\nname: " + other + "\nbootstrap: \"127.0.0.1:9099\"\n");
    String stamp = apply("tenancy: a\noverrides: { C: { workload: {} } }\n");
    controlPlane.close();
    open();

    putAside("before its start", 4, "a", stamp);

    awaitResolved();
    assertThat(handedOver()).hasSize(1);
  }

  @Test
  void baselineThatReadsNothingThatIsHandedOver_getsNothing_untilItDoes() {
    String stamp = applyElsewhere();
    client.report("p1", reading(false));
    putAside("the baseline's", 6, "a", stamp);
    await().during(Duration.ofMillis(500)).until(() -> groups.resolved(ASIDE) == 0 && handedOver().isEmpty());

    client.report("p1", reading(true));
    clock.advance(Duration.ofMinutes(11));

    awaitResolved();
    assertThat(handedOver()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"5, 1", "2, 5"})
  void quarantineThatIsDeleted_andMadeAgain_whatIsPutAsideThenIsDecided(int before, int after) {
    String stamp = applyElsewhere();
    for (int i = 0; i < before; i++) {
      putAside("before", 10 + i, "a", stamp);
    }
    awaitResolved();
    assertThat(handedOver()).hasSize(before);
    groups.deleteTopic(ASIDE);
    await().until(() -> groups.isThere(ASIDE));

    for (int i = 0; i < after; i++) {
      putAside("after", 30 + i, "a", stamp);
    }

    await().until(() -> handedOver().size() == before + after);
  }

  private static DataPlaneReport reading(boolean handovers) {
    return new DataPlaneReport("C", null, null, "0.1.0", 0, 1, 1, "here", 1,
        List.of(new DataPlaneReport.Consumer("127.0.0.1:9092", "c", List.of("orders"), "m", "client", handovers)),
        List.of(), Map.of());
  }

  @ParameterizedTest
  @CsvSource({"evil, orders", "c, payments"})
  void groupOrTopicThatNobodyReported_getsNothing_untilSomebodyDoes(String group, String topic) {
    String stamp = applyElsewhere();
    QuarantinedRecord record = record("forged?", 6, "a", stamp);
    putAside(new QuarantinedRecord(C, Reason.IN_DOUBT, "", group, topic, 0, 6, record.timestampMillis(), null,
        bytes("forged?"), record.headers()));
    putAside("behind", 7, "a", stamp);
    await().until(() -> handedOver().size() == 1);
    String through = RedeliveredRecord.topic(C, group, topic);
    assertThat(groups.isThere(through)).isFalse();
    assertThat(groups.resolved(ASIDE)).isZero();

    client.applyYaml("kind: Service\nname: C\nconsumes: [{ topics: [orders, " + topic + "], groups: [c, " + group
        + "] }]\n");
    clock.advance(Duration.ofMinutes(2));

    awaitResolved();
    assertThat(groups.logOf(through)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void wholeCopy_ofWhatIsAReferenceToNowhere_isHandedOver(boolean restarted) throws Exception {
    String stamp = applyElsewhere();
    putAside(record("whole", 17, "a", stamp).asReference());
    if (restarted) {
      awaitResolved();
      controlPlane.close();
      open();
    }
    putAside(record("whole", 17, "a", stamp));

    awaitResolved();

    assertThat(handedOver()).extracting(ResolverTest::text).containsExactly("whole");
  }

  @Test
  void referenceAndWholeCopy_countAsOne() {
    String stamp = applyElsewhere();
    groups.append(clock.millis(), "orders", bytes("whole"), "baggage", "tenancy=a,tenancy-rev=" + stamp);
    putAside(record("whole", 0, "a", stamp).asReference());
    putAside(record("whole", 0, "a", stamp));
    putAside(record("whole", 0, "a", stamp).asReference());

    awaitResolved();

    assertThat(handedOver()).extracting(ResolverTest::text).containsExactly("whole");
  }

  /** The log is cut after records of it were read, and before the reader is asked where it stands. */
  @Test
  void quarantineThatIsCut_betweenReadingAndAskingWhereItStands_whatIsPutAsideThenIsDecided() {
    String stamp = applyElsewhere();
    putAside("before", 10, "a", stamp);
    awaitResolved();
    onceFiveAreRead(() -> {
      groups.logs.computeIfPresent(ASIDE, (topic, log) -> new ArrayList<>());
      putAside("after", 30, "a", stamp);
    });
    for (int i = 0; i < 4; i++) {
      putAside("before", 11 + i, "a", stamp);
    }

    await().until(() -> handedOver().stream().anyMatch(record -> text(record).equals("after")));
  }

  private void onceFiveAreRead(Runnable then) {
    groups.beforePositions.set(() -> {
      if (groups.logOf(ASIDE).size() >= 5) {
        then.run();
      } else {
        onceFiveAreRead(then);
      }
    });
  }
}
