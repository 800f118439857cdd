package dev.lanekeeper.kafka;

import static dev.lanekeeper.kafka.GateFixture.BASELINE;
import static dev.lanekeeper.kafka.GateFixture.tagged;
import static dev.lanekeeper.kafka.GateFixture.underTest;
import static dev.lanekeeper.kafka.LogConsumer.ONE;
import static dev.lanekeeper.kafka.LogConsumer.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.PartitionOffset;
import dev.lanekeeper.model.Stamp;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;

class ConsumerGateTest {

  private final FakeRoutes routes = new FakeRoutes();
  private final Stamp stamp = routes.begin("123", "i1");

  ConsumerGateTest() {
    routes.deliver();
  }

  @Test
  void baseline_untaggedRecords_areTheVeryRecordsOfTheClient() {
    GateFixture lane = new GateFixture(routes, BASELINE);
    ConsumerGate gate = ConsumerGate.of(routes, BASELINE, Map.of("group.id", "c"), GateSettings.STANDARD);
    gate.keys(new org.apache.kafka.common.serialization.StringDeserializer());
    gate.attach(lane.log);
    gate.beforePoll(Duration.ZERO);
    ConsumerRecords<String, String> empty = ConsumerRecords.empty();
    assertThat(gate.afterPoll(empty)).isSameAs(empty);
    lane.log.append(ZERO, "k", "v", "traceparent", "00-1", "baggage", "region=eu");
    assertThat(lane.poll()).containsExactly("v");
    assertThat(lane.counted).isEmpty();
  }

  @Test
  void baseline_anothersRecord_isPassedOverUndeserialized() {
    GateFixture lane = new GateFixture(routes, BASELINE);
    lane.log.append(ZERO, "k", "a");
    lane.log.append(ZERO, "k", "!foreign", tagged("123", stamp));
    lane.log.append(ZERO, "k", "b", tagged("never", Stamp.NONE));
    assertThat(lane.poll()).containsExactly("a", "b");
    assertThat(lane.deserialized).containsExactly("a", "b");
    assertThat(lane.counted).containsEntry("skip.foreign", 1L).containsEntry("deliver.baseline", 1L);
    assertThat(lane.consumer.position(ZERO)).isEqualTo(3);
  }

  @Test
  void underTest_ownRecord_isTheOnlyOneDeserialized() {
    GateFixture lane = new GateFixture(routes, underTest("123", "i1"));
    lane.log.append(ZERO, "k", "!untagged");
    lane.log.append(ZERO, null, "own", tagged("123", stamp));
    lane.log.append(ZERO, "k", "!other", tagged("other", stamp));
    lane.log.append(ZERO, null, null);
    assertThat(lane.poll()).containsExactly("own");
    assertThat(lane.deserialized).containsExactly("own");
    assertThat(lane.counted).containsEntry("skip.foreign", 3L).containsEntry("deliver.own", 1L);
  }

  @Test
  void recordWithoutKeyAndValue_isDecidedByItsHeaders() {
    GateFixture baseline = new GateFixture(routes, BASELINE);
    baseline.log.append(ZERO, null, null, tagged("123", stamp));
    baseline.log.append(ZERO, null, null);
    assertThat(baseline.poll()).containsExactly("null");
    GateFixture tested = new GateFixture(routes, underTest("123", "i1"));
    tested.log.append(ZERO, null, null, tagged("123", stamp));
    tested.log.append(ZERO, null, null);
    assertThat(tested.poll()).containsExactly("null");
    assertThat(tested.consumer.position(ZERO)).isEqualTo(2);
  }

  @Test
  void severalBaggageHeaders_areOneList() {
    GateFixture lane = new GateFixture(routes, underTest("123", "i1"));
    lane.log.append(ZERO, "k", "own", "baggage", "region=eu", "baggage", "tenancy=123", "Baggage",
        "tenancy-rev=" + stamp.text());
    lane.log.append(ZERO, "k", "plain", "x-tenancy-id", "123");
    routes.asOf(5_000);
    assertThat(lane.poll()).containsExactly("own");
  }

  @Test
  void recordWithoutStamp_isHandedOverWithThatOfItsTime() {
    Stamp later = routes.begin("124", "i2");
    routes.asOf(5_000);
    for (String baggage : List.of("tenancy=123,region=eu", "tenancy=123,tenancy-rev=1-0badbeef,region=eu")) {
      GateFixture lane = new GateFixture(routes, underTest("123", "i1"));
      lane.log.append(ZERO, 1_500, "k", "own", "baggage", baggage, "x-tenancy-id", "ignored");
      ConsumerRecord<String, String> record = lane.consumer.poll(Duration.ofMillis(1)).iterator().next();
      assertThat(later.revision()).isGreaterThan(stamp.revision());
      assertThat(record.headers()).extracting(Header::key, header -> text(header.value())).containsExactlyInAnyOrder(
          tuple("baggage", "tenancy=123,tenancy-rev=" + stamp.text() + ",region=eu"), tuple("X-Tenancy-ID", "123"),
          tuple("request-tenancy", "123"));
    }
  }

  @Test
  void recordWithStamp_isHandedOverAsItIs() {
    GateFixture lane = new GateFixture(routes, underTest("123", "i1"));
    lane.log.append(ZERO, "k", "own", tagged("123", stamp));
    assertThat(lane.consumer.poll(Duration.ofMillis(1)).iterator().next().headers())
        .extracting(Header::key, header -> text(header.value()))
        .containsExactly(tuple("traceparent", "00-1"),
            tuple("baggage", "tenancy=123,tenancy-rev=" + stamp.text()));
  }

  @Test
  void recordInAnotherForm_isHandedOverInOurs() {
    String members = "tenancy=123,tenancy-rev=" + stamp.text();
    for (List<String> headers : List.of(List.of("Baggage", members),
        List.of("baggage", "tenancy=123", "baggage", "tenancy-rev=" + stamp.text()),
        List.of("baggage", "a=b," + members),
        List.of("baggage", members, "x-tenancy-id", "123"), List.of("baggage", members, "X-Tenancy-ID", "124"))) {
      GateFixture lane = new GateFixture(routes, underTest("123", "i1"));
      lane.log.append(ZERO, "k", "own", headers.toArray(String[]::new));
      assertThat(lane.consumer.poll(Duration.ofMillis(1)).iterator().next().headers())
          .extracting(Header::key, header -> text(header.value()))
          .containsExactlyInAnyOrder(tuple("baggage", members + (headers.get(1).startsWith("a=b") ? ",a=b" : "")),
              tuple("X-Tenancy-ID", "123"), tuple("request-tenancy", "123"));
    }
  }

  @Test
  void recordInOurForm_keepsTheVeryHeaders() {
    GateFixture lane = new GateFixture(routes, underTest("123", "i1"));
    lane.log.append(ZERO, "k", "own", "X-Tenancy-ID", "123", "baggage",
        "tenancy=123,tenancy-rev=" + stamp.text() + ",a=b",
        "request-tenancy", "123");
    assertThat(lane.consumer.poll(Duration.ofMillis(1)).iterator().next().headers()).extracting(Header::key)
        .containsExactly("X-Tenancy-ID", "baggage", "request-tenancy");
  }

  @Test
  void malformedTag_isHandedOverAsOneThatNobodyHas() {
    GateFixture lane = new GateFixture(routes, BASELINE);
    routes.asOf(5_000);
    lane.log.append(ZERO, "k", "v", "baggage", "tenancy=%zz,a=b", "X-Tenancy-ID", "123");
    assertThat(lane.consumer.poll(Duration.ofMillis(1)).iterator().next().headers())
        .extracting(Header::key, header -> text(header.value()))
        .contains(tuple("X-Tenancy-ID", "!"), tuple("request-tenancy", "!"))
        .anySatisfy(header -> assertThat(header.toList().get(1).toString()).startsWith("tenancy=!").endsWith(",a=b"));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void ownUndecodableRecord_first_failsAsTheClientDoes_andStandsThere() {
    GateFixture lane = new GateFixture(routes, underTest("123", "i1"));
    lane.log.append(ZERO, "k", "untagged");
    lane.log.append(ZERO, "k", "!bad", tagged("123", stamp));
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(lane::poll).isInstanceOfSatisfying(RecordDeserializationException.class, failure -> {
        assertThat(failure.offset()).isEqualTo(1);
        assertThat(failure.topicPartition()).isEqualTo(ZERO);
        assertThat(failure.valueBuffer().remaining()).isEqualTo(4);
        assertThat(failure).hasRootCauseMessage("undecodable: !bad");
      });
      assertThat(lane.consumer.position(ZERO)).isEqualTo(1);
    }
    lane.consumer.seek(ZERO, 2);
    lane.log.append(ZERO, "k", "next", tagged("123", stamp));
    assertThat(lane.poll()).containsExactly("next");
  }

  @Test
  void ownUndecodableRecord_behindOthers_failsAtTheNextPoll() {
    GateFixture lane = new GateFixture(routes, BASELINE);
    lane.log.append(ZERO, "k", "a");
    lane.log.append(ZERO, "k", "!bad", tagged("never", Stamp.NONE));
    lane.log.append(ZERO, "k", "c");
    assertThat(lane.poll()).containsExactly("a");
    assertThatThrownBy(lane::poll).isInstanceOf(RecordDeserializationException.class);
    assertThat(lane.consumer.position(ZERO)).isEqualTo(1);
    lane.consumer.seek(ZERO, 2);
    assertThat(lane.poll()).containsExactly("c");
  }

  @Test
  void ownUndecodableRecord_ofAPartitionThatIsPaused_failsOnceItIsResumed() {
    GateFixture lane = new GateFixture(routes, BASELINE);
    lane.log.append(ZERO, "k", "a");
    lane.log.append(ZERO, "k", "!bad", tagged("never", Stamp.NONE));
    assertThat(lane.poll()).containsExactly("a");
    lane.consumer.pause(List.of(ZERO));
    lane.log.append(ONE, "k", "b");
    assertThat(lane.poll()).containsExactly("b");
    lane.consumer.resume(List.of(ZERO));
    assertThatThrownBy(lane::poll).isInstanceOf(RecordDeserializationException.class);
  }

  @Test
  void error_inTheMidstOfAPoll_losesNothingOfIt() {
    GateFixture lane = new GateFixture(routes, BASELINE);
    lane.log.append(ZERO, "k", "a");
    lane.log.append(ZERO, "k", "?own", tagged("never", Stamp.NONE));
    lane.log.append(ONE, "k", "b");
    assertThatThrownBy(lane::poll).isInstanceOf(NoClassDefFoundError.class);
    assertThat(lane.consumer.position(ZERO)).isZero();
    assertThat(lane.consumer.position(ONE)).isZero();
    assertThat(lane.poll()).containsExactlyInAnyOrder("a", "?own", "b");
  }

  @Test
  void error_behindARecordInDoubt_holdsNothing() {
    GateFixture lane = new GateFixture(routes, BASELINE);
    Stamp newer = routes.begin("new", "i2");
    routes.outage();
    for (TopicPartition partition : List.of(ZERO, ONE)) {
      lane.log.append(partition, "k", "?own" + partition, tagged("never", stamp));
      lane.log.append(partition, "k", "x", tagged("new", newer));
    }
    assertThatThrownBy(lane::poll).isInstanceOf(NoClassDefFoundError.class);
    assertThatThrownBy(lane::poll).isInstanceOf(NoClassDefFoundError.class);
    assertThat(lane.log.paused()).isEmpty();
    assertThat(lane.poll()).hasSize(2);
  }

  @Test
  void inDoubt_asksOncePerPoll_thenDecides() {
    GateFixture lane = new GateFixture(routes, BASELINE);
    Stamp newer = routes.begin("new", "i2");
    lane.log.append(ZERO, "k", "x", tagged("new", newer));
    lane.log.append(ZERO, "k", "y", tagged("new", newer));
    lane.log.append(ONE, "k", "z", tagged("new", newer));
    assertThat(lane.poll()).isEmpty();
    assertThat(routes.questions).isEqualTo(1);
    assertThat(lane.counted).containsEntry("skip.foreign", 3L);
  }

  @Test
  void inDoubt_withoutAnswer_holdsThePartition_othersFlow_untilDecided() {
    GateFixture lane = new GateFixture(routes, underTest("new", "i2"));
    Stamp newer = routes.begin("new", "i2");
    routes.outage();
    lane.log.append(ZERO, "k", "x", tagged("new", newer));
    lane.log.append(ZERO, "k", "y", tagged("new", newer));
    lane.log.append(ONE, "k", "z", tagged("123", stamp));
    assertThat(lane.poll()).isEmpty();
    assertThat(lane.counted).containsEntry("hold.in-doubt", 1L);
    assertThat(lane.consumer.position(ZERO)).isZero();
    assertThat(lane.consumer.position(ONE)).isEqualTo(1);
    assertThat(lane.log.paused()).containsExactly(ZERO);
    assertThat(lane.consumer.paused()).isEmpty();
    lane.consumer.resume(List.of(ZERO));
    assertThat(lane.log.paused()).containsExactly(ZERO);
    assertThat(lane.poll()).isEmpty();
    assertThat(lane.deserialized).isEmpty();
    routes.restored();
    assertThat(lane.poll()).containsExactly("x", "y");
    assertThat(lane.log.paused()).isEmpty();
  }

  @Test
  void inDoubt_assignedAnewByHand_flowsOnceDecided() {
    GateFixture lane = new GateFixture(routes, BASELINE);
    lane.consumer.unsubscribe();
    lane.consumer.assign(List.of(ZERO));
    lane.consumer.seek(ZERO, 0);
    Stamp newer = routes.begin("new", "i2");
    routes.silent = true;
    lane.log.append(ZERO, "k", "x", tagged("new", newer));
    lane.log.append(ZERO, "k", "untagged");
    lane.log.append(ONE, "k", "other");
    assertThat(lane.poll()).isEmpty();
    lane.consumer.assign(List.of(ZERO, ONE));
    lane.consumer.seek(ONE, 0);
    assertThat(lane.poll()).containsExactly("other");
    routes.restored();
    assertThat(lane.poll()).containsExactly("untagged");
  }

  @Test
  void inDoubt_applicationsOwnPause_staysItsOwn() {
    GateFixture lane = new GateFixture(routes, BASELINE);
    Stamp newer = routes.begin("new", "i2");
    routes.silent = true;
    lane.log.append(ZERO, "k", "x", tagged("new", newer));
    lane.poll();
    lane.consumer.pause(List.of(ZERO, ONE));
    assertThat(lane.consumer.paused()).containsExactlyInAnyOrder(ZERO, ONE);
    routes.restored();
    lane.poll();
    assertThat(lane.log.paused()).containsExactlyInAnyOrder(ZERO, ONE);
    lane.consumer.resume(List.of(ZERO, ONE));
    assertThat(lane.log.paused()).isEmpty();
  }

  @Test
  void inDoubt_timestampAhead_waitsForTheTableToBeCurrent() {
    GateFixture lane = new GateFixture(routes, BASELINE);
    lane.log.append(ZERO, 1_000_040, "k", "x", "baggage", "tenancy=123"); // 40 ms ahead
    assertThat(lane.poll()).isEmpty();
    assertThat(lane.consumer.position(ZERO)).isZero();
    routes.asOf(1_000_041);
    assertThat(lane.poll()).isEmpty();
    assertThat(lane.consumer.position(ZERO)).isEqualTo(1);
    assertThat(lane.counted).containsEntry("skip.foreign", 1L).containsEntry("release.decided", 1L);
  }

  @Test
  void inDoubt_noTable_untaggedFlows_taggedIsPutAside() {
    FakeRoutes nothing = new FakeRoutes();
    nothing.outage();
    GateFixture lane = new GateFixture(nothing, BASELINE);
    lane.log.append(ZERO, "k", "a");
    lane.log.append(ZERO, "k", "x", tagged("123", stamp));
    lane.log.append(ONE, "k", "b");
    assertThat(lane.poll()).containsExactlyInAnyOrder("a", "b");
    assertThat(lane.consumer.position(ZERO)).isEqualTo(2);
    assertThat(lane.quarantine.records).hasSize(1);
  }

  @Test
  void explicitCommit_isLiftedOverWhatWasPassedOver_butNotOverWhatWasHandedOver() {
    GateFixture lane = new GateFixture(routes, BASELINE);
    lane.log.append(ZERO, "k", "a");
    lane.log.append(ZERO, "k", "!x", tagged("123", stamp));
    lane.log.append(ZERO, "k", "!x", tagged("123", stamp));
    lane.log.append(ZERO, "k", "b");
    lane.log.append(ZERO, "k", "!x", tagged("123", stamp));
    lane.poll();
    commit(lane, 1);
    commit(lane, 4);
    assertThat(lane.log.commits).extracting(offsets -> offsets.get(ZERO)).extracting(OffsetAndMetadata::offset)
        .containsExactly(3L, 5L);
  }

  private static void commit(GateFixture lane, long offset) {
    lane.consumer.commitSync(Map.of(ZERO, new OffsetAndMetadata(offset)));
  }

  /** As in a compacted topic, and in one of transactions. */
  @Test
  void explicitCommit_whereOffsetsAreMissing_isLiftedUpToTheNextRecordThatWasHandedOver() {
    GateFixture lane = new GateFixture(routes, BASELINE);
    for (String value : List.of("a", "gone", "!x", "gone", "!x", "gone", "b")) {
      lane.log.append(ZERO, "k", value, value.equals("!x") ? tagged("123", stamp) : new String[0]);
    }
    List.of(1L, 3L, 5L).forEach(offset -> lane.log.compacted(ZERO, offset));
    assertThat(lane.poll()).containsExactly("a", "b");
    commit(lane, 1);
    assertThat(lane.log.commits).containsExactly(Map.of(ZERO, new OffsetAndMetadata(6)));
  }

  @Test
  void seek_leavesWhatIsInWorkUncommitted() {
    GateFixture lane = new GateFixture(routes, BASELINE);
    lane.log.append(ZERO, "k", "first");
    lane.poll();
    commit(lane, 1);
    lane.log.append(ZERO, "k", "in-work");
    lane.log.append(ZERO, "k", "!x", tagged("123", stamp));
    assertThat(lane.poll()).containsExactly("in-work");
    lane.consumer.seek(ZERO, 2);
    lane.poll();
    lane.consumer.close();
    assertThat(lane.log.commits).containsExactly(Map.of(ZERO, new OffsetAndMetadata(1)));
  }

  @Test
  void commitThatSetsTheGroupBack_isTheLastWord() {
    GateFixture lane = new GateFixture(routes, BASELINE);
    lane.log.append(ZERO, "k", "a");
    lane.log.append(ZERO, "k", "b");
    lane.log.append(ZERO, "k", "!x", tagged("123", stamp));
    lane.poll();
    commit(lane, 2);
    commit(lane, 0);
    lane.log.append(ZERO, "k", "!x", tagged("123", stamp));
    lane.poll();
    lane.consumer.close();
    assertThat(lane.log.commits).extracting(offsets -> offsets.get(ZERO)).extracting(OffsetAndMetadata::offset)
        .containsExactly(3L, 0L);
  }

  @Test
  void commitWithMetadata_staysAsItIs() {
    GateFixture lane = new GateFixture(routes, BASELINE);
    lane.log.append(ZERO, "k", "a");
    lane.log.append(ZERO, "k", "!x", tagged("123", stamp));
    lane.poll();
    Map<TopicPartition, OffsetAndMetadata> offsets = Map.of(ZERO, new OffsetAndMetadata(1, "done:+3"));
    lane.consumer.commitSync(offsets);
    lane.consumer.close();
    assertThat(lane.log.commits).containsExactly(offsets);
  }

  @Test
  void pollsOfOthersRecords_areCommitted_onlyIfNothingIsInWork() {
    GateFixture lane = new GateFixture(routes, underTest("123", "i1"));
    lane.log.append(ZERO, "k", "!untagged");
    lane.poll();
    lane.consumer.close();
    assertThat(lane.log.commits).containsExactly(Map.of(ZERO, new OffsetAndMetadata(1)));

    GateFixture working = new GateFixture(routes, underTest("123", "i1"));
    working.log.append(ZERO, "k", "own", tagged("123", stamp));
    working.log.append(ZERO, "k", "!untagged");
    working.poll();
    working.consumer.close();
    assertThat(working.log.commits).isEmpty();

    GateFixture baseline = new GateFixture(routes, BASELINE);
    baseline.log.append(ZERO, "k", "!x", tagged("123", stamp));
    baseline.poll();
    baseline.consumer.close();
    assertThat(baseline.log.commits).as("an application that never commits").isEmpty();
  }

  @Test
  void close_interrupted_closesTheClient_andKeepsTheInterrupt() {
    GateFixture lane = new GateFixture(routes, underTest("123", "i1"));
    lane.log.append(ZERO, "k", "!untagged");
    lane.poll();
    lane.log.failing = () -> new InterruptException("commit");
    lane.consumer.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(lane.log.closed()).isTrue();
  }

  @Test
  void close_again_doesNothing() {
    GateFixture lane = new GateFixture(routes, underTest("123", "i1"));
    lane.log.append(ZERO, "k", "!untagged");
    lane.poll();
    lane.consumer.close();
    lane.log.failing = () -> new IllegalStateException("This consumer has already been closed.");
    lane.consumer.close();
    assertThat(lane.log.commits).hasSize(1);
  }

  /** What came into the log behind its end may lie behind the fence that is agreed on next. */
  @Test
  void overrideThatIsClosedWhileAPollIsRead_isNotPassedOver_fromThereOn() {
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    lane.log.append(ZERO, "k", "!its own, which confirms the membership", tagged("123", stamp));
    assertThat(lane.poll()).isEmpty();
    lane.log.append(ZERO, "k", "!its own", tagged("123", stamp));
    lane.log.append(ZERO, "k", "untagged");
    lane.log.append(ZERO, "k", "!who knows", tagged("123", stamp));
    lane.deserializing = () -> {
      routes.end("123");
      routes.turn("123", OverrideLife::closing);
      routes.deliver();
    };
    assertThat(lane.poll()).containsExactly("untagged");
    assertThat(lane.counted).containsEntry("skip.foreign", 2L);
    assertThat(lane.log.position(ZERO)).as("in doubt").isEqualTo(3);
  }

  /** Also where an offset was set when the override began: the topic may be another one by now. */
  @Test
  void noCommittedOffset_readsFromTheBeginning() {
    Stamp born = routes.begin("born", "i3", new PartitionOffset("default", "orders", "", 0, 2));
    routes.deliver();
    GateFixture lane = new GateFixture(routes, underTest("born", "i3"));
    for (int i = 0; i < 4; i++) {
      lane.log.append(ZERO, "k", "z" + i, tagged("born", born));
      lane.log.append(ONE, "k", "o" + i, tagged("born", born));
    }
    lane.log.withoutOffset(ZERO);
    lane.log.withoutOffset(ONE);
    assertThat(lane.poll()).isEmpty();
    assertThat(lane.poll()).containsExactlyInAnyOrder("z0", "z1", "z2", "z3", "o0", "o1", "o2", "o3");
    assertThat(lane.counted).containsEntry("start.beginning", 2L);
  }

  @Test
  void noCommittedOffset_ofAnEndedOverride_stops() {
    GateFixture lane = new GateFixture(routes, underTest("123", "i1"));
    lane.log.append(ZERO, "k", "own", tagged("123", stamp));
    lane.log.withoutOffset(ZERO);
    routes.end("123");
    assertThat(lane.poll()).isEmpty();
    assertThat(lane.poll()).isEmpty();
    assertThat(lane.log.left).isTrue();
    assertThat(lane.deserialized).isEmpty();
  }

  @Test
  void noCommittedOffset_withoutAnswer_readsNothing() {
    GateFixture lane = new GateFixture(routes, underTest("123", "i1"));
    lane.log.append(ZERO, "k", "own", tagged("123", stamp));
    lane.log.withoutOffset(ZERO);
    routes.outage();
    assertThat(lane.poll()).isEmpty();
    assertThat(lane.poll()).isEmpty();
    routes.restored();
    assertThat(lane.poll()).isEmpty();
    assertThat(lane.poll()).containsExactly("own");
  }

  @Test
  void endedOverride_drains_thenLeaves_andRests() {
    GateFixture lane = new GateFixture(routes, underTest("123", "i1"));
    lane.log.append(ZERO, "k", "own", tagged("123", stamp));
    routes.end("123");
    routes.deliver();
    assertThat(lane.poll()).containsExactly("own");
    lane.poll();
    assertThat(lane.log.left).as("before the first commit").isFalse();
    commit(lane, 1);
    assertThat(lane.poll()).isEmpty();
    assertThat(lane.log.left).isTrue();
    lane.consumer.subscribe(List.of("orders"));
    lane.consumer.commitSync();
    assertThat(lane.log.subscription()).isEmpty();
    assertThatThrownBy(() -> commit(lane, 1)).isInstanceOf(CommitFailedException.class);
    lane.consumer.wakeup();
    assertThatThrownBy(lane::poll).isInstanceOf(WakeupException.class);
    assertThat(lane.poll()).isEmpty();
  }

  @Test
  void endedOverride_whileNothingIsAssigned_staysUntilItsPartitionsAreRead() {
    GateFixture lane = new GateFixture(routes, underTest("123", "i1"));
    lane.log.append(ZERO, "k", "own", tagged("123", stamp));
    lane.log.rebalance(List.of());
    routes.end("123");
    routes.deliver();
    lane.poll();
    assertThat(lane.log.left).isFalse();
    lane.log.assigned(ZERO, ONE);
    assertThat(lane.poll()).containsExactly("own");
    commit(lane, 1);
    lane.poll();
    assertThat(lane.log.left).isTrue();
  }

  @Test
  void endedOverride_inTheMidstOfARebalance_stays() {
    GateFixture lane = new GateFixture(routes, underTest("123", "i1"));
    lane.log.append(ZERO, "k", "own", tagged("123", stamp));
    ConsumerRebalanceListener listener = lane.gate.listener(null);
    listener.onPartitionsRevoked(List.of(ZERO));
    lane.log.seek(ZERO, 1);
    routes.end("123");
    routes.deliver();
    lane.poll();
    assertThat(lane.log.left).isFalse();
    listener.onPartitionsAssigned(List.of());
    lane.poll();
    assertThat(lane.log.left).isTrue();
  }

  @Test
  void endedOverride_waitsForTheCommitOfWhatIsInWork() {
    GateFixture lane = new GateFixture(routes, underTest("123", "i1"));
    lane.log.append(ZERO, "k", "one", tagged("123", stamp));
    lane.poll();
    commit(lane, 1);
    lane.log.append(ZERO, "k", "two", tagged("123", stamp));
    routes.end("123");
    routes.deliver();
    assertThat(lane.poll()).containsExactly("two");
    lane.poll();
    assertThat(lane.log.left).isFalse();
    commit(lane, 2);
    lane.poll();
    assertThat(lane.log.left).isTrue();
  }

  @Test
  void endedOverride_asynchronousCommits_failInTheirCallbacks() {
    GateFixture lane = ended();
    List<Exception> told = new ArrayList<>();
    lane.consumer.commitAsync(Map.of(ZERO, new OffsetAndMetadata(1)), (offsets, failure) -> told.add(failure));
    lane.consumer.commitAsync((offsets, failure) -> told.add(failure));
    lane.consumer.commitAsync();
    assertThat(told).hasSize(2).allSatisfy(failure -> assertThat(failure).isInstanceOf(CommitFailedException.class));
  }

  @Test
  void endedOverride_wokenUpBeforeItsGroupIsLeft_wakesUp() {
    GateFixture lane = new GateFixture(routes, underTest("123", "i1"));
    routes.end("123");
    routes.deliver();
    lane.consumer.wakeup();
    assertThatThrownBy(lane::poll).isInstanceOf(WakeupException.class);
    assertThat(lane.log.left).isTrue();
    assertThat(lane.poll()).isEmpty();
  }

  @Test
  void endedOverride_wokenUpAndHeardBefore_rests() {
    GateFixture lane = new GateFixture(routes, underTest("123", "i1"));
    lane.consumer.wakeup();
    lane.poll();
    routes.end("123");
    routes.deliver();
    assertThat(lane.poll()).isEmpty();
    assertThat(lane.log.left).isTrue();
  }

  private GateFixture ended() {
    GateFixture lane = new GateFixture(routes, underTest("123", "i1"));
    routes.end("123");
    routes.deliver();
    lane.poll();
    assertThat(lane.log.left).isTrue();
    return lane;
  }

  @Test
  void underTest_assign_isRefused() {
    GateFixture lane = new GateFixture(routes, underTest("123", "i1"));
    assertThatThrownBy(() -> lane.consumer.assign(Set.of(ZERO))).isInstanceOf(KafkaException.class)
        .hasMessageContaining("assign()").hasMessageContaining("subscribe()");
    assertThatThrownBy(() -> LaneKafka.beforeShareConsumer(underTest("123", "i1")))
        .hasMessageContaining("share consumer");
  }

  @Test
  void underTest_patternOfTheBroker_isMatchedByTheClient() {
    GateFixture lane = new GateFixture(routes, underTest("123", "i1"));
    lane.consumer.unsubscribe();
    lane.log.updatePartitions("orders", List.of());
    lane.consumer.subscribe(new SubscriptionPattern("(?P<any>ord.*)"));
    assertThat(lane.log.subscription()).containsExactly("orders");
    assertThatThrownBy(() -> lane.consumer.subscribe(new SubscriptionPattern("\\C(")))
        .isInstanceOf(KafkaException.class).hasMessageContaining("java.util.regex.Pattern");
  }

  @Test
  void report_saysGroupMemberAndTopics() {
    GateFixture lane = new GateFixture(routes, underTest("123", "i1"));
    lane.poll();
    assertThat(lane.consumer.describe().group()).isEqualTo("c.lk.i1");
    assertThat(lane.consumer.describe().topics()).containsExactly("orders");
    assertThat(lane.consumer.describe().memberId()).isNotEmpty();
    assertThat(lane.consumer.describe().handovers()).isTrue();
  }

  @Test
  void report_saysWhetherWhatIsHandedOverIsRead() {
    GateFixture lane = new GateFixture(routes, BASELINE);
    lane.poll();
    assertThat(lane.consumer.describe().handovers()).as("subscribed").isTrue();

    lane.consumer.unsubscribe();
    lane.consumer.assign(List.of(ZERO));
    lane.poll();

    assertThat(lane.consumer.describe().topics()).containsExactly("orders");
    assertThat(lane.consumer.describe().handovers()).as("assigned").isFalse();
  }

  @Test
  void brokenRouteSource_failsNoUntaggedRecord_andHoldsTagged() {
    GateFixture lane = new GateFixture(new FakeRoutes(), BASELINE);
    lane.log.append(ZERO, "k", "a");
    lane.log.append(ZERO, "k", "x", "baggage", "tenancy=%zz");
    lane.routes.silent = true;
    assertThat(lane.poll()).containsExactly("a");
    assertThat(lane.consumer.position(ZERO)).isEqualTo(1);
  }

  @Test
  void partitionsGo_andOurCommitFails_theApplicationHearsThatTheyGo_andSoDoesTheGate() {
    for (Supplier<RuntimeException> failure : List.<Supplier<RuntimeException>>of(WakeupException::new,
        () -> new IllegalStateException("not a failure of the broker"))) {
      GateFixture lane = new GateFixture(routes, underTest("123", "i1"), Map.of("group.id", "c"));
      holdOneInDoubt(lane);
      List<TopicPartition> told = new ArrayList<>();
      ConsumerRebalanceListener listener = lane.gate.listener(revoked(told));
      lane.log.failing = failure;

      assertThatThrownBy(() -> listener.onPartitionsRevoked(List.of(ZERO))).isInstanceOf(failure.get().getClass());

      assertThat(told).containsExactly(ZERO);
      assertThat(lane.consumer.paused()).as("nothing is held any more").containsExactly(ZERO);
    }
  }

  /** Behind one that is handed over. */
  private void holdOneInDoubt(GateFixture lane) {
    lane.log.append(ZERO, "k", "own", tagged("123", stamp));
    assertThat(lane.poll()).containsExactly("own");
    Stamp newer = routes.begin("another", "i2");
    routes.outage();
    lane.log.append(ZERO, "k", "who knows", tagged("123", newer));
    assertThat(lane.poll()).isEmpty();
    routes.reachable = true;
    assertThat(lane.log.paused()).containsExactly(ZERO);
    assertThat(lane.consumer.paused()).as("of ours the application sees nothing").isEmpty();
  }

  @Test
  void partitionsGo_andTheApplicationFails_theGateForgetsThemAllTheSame() {
    GateFixture lane = new GateFixture(routes, underTest("123", "i1"));
    holdOneInDoubt(lane);
    ConsumerRebalanceListener listener = lane.gate.listener(new ConsumerRebalanceListener() {
      @Override
      public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        throw new IllegalStateException("the application's");
      }

      @Override
      public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}
    });

    assertThatThrownBy(() -> listener.onPartitionsRevoked(List.of(ZERO))).hasMessage("the application's");
    assertThat(lane.consumer.paused()).as("nothing is held any more").containsExactly(ZERO);
    assertThatThrownBy(() -> listener.onPartitionsLost(List.of(ZERO))).hasMessage("the application's");
  }

  @Test
  void callbackOfACommit_isToldWhatTheApplicationGave() {
    GateFixture lane = new GateFixture(routes, BASELINE);
    lane.log.append(ZERO, "k", "a");
    lane.log.append(ZERO, "k", "!foreign", tagged("123", stamp));
    lane.poll();
    List<Map<TopicPartition, OffsetAndMetadata>> told = new ArrayList<>();
    Map<TopicPartition, OffsetAndMetadata> given = Map.of(ZERO, new OffsetAndMetadata(1));

    lane.consumer.commitAsync(given, (offsets, failure) -> told.add(offsets));

    assertThat(lane.log.commits).containsExactly(Map.of(ZERO, new OffsetAndMetadata(2)));
    assertThat(told).containsExactly(given);
  }

  private static ConsumerRebalanceListener revoked(List<TopicPartition> told) {
    return new ConsumerRebalanceListener() {
      @Override
      public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        told.addAll(partitions);
      }

      @Override
      public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}
    };
  }
}
