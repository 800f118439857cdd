package dev.lanekeeper.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.WireNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An environment with names of its own, since its applications have a {@code tenancy} of theirs in the baggage. */
class NamesTest {

  private static final WireNames NAMES =
      new WireNames(List.of("lane"), "lane-rev", "lane-overrides", List.of("X-Lane"));

  private final FakeRoutes routes = new FakeRoutes(NAMES);
  private final String ours = "lane=123,lane-rev=" + routes.begin("123", "i1").text();

  @ParameterizedTest
  @CsvSource({"'tenancy=acme,', true", "'tenancy=acme,', false", "'', true", "'', false"})
  void poll_beforeTheFirstTable_losesNothingOfItsOwn(String others, boolean silent) {
    routes.silent = silent;
    GateFixture gate = new GateFixture(routes, GateFixture.underTest("123", "i1"));
    gate.log.append(LogConsumer.ZERO, "k", "own", "baggage", others + ours);
    List<String> got = new ArrayList<>(gate.poll());
    routes.silent = false;
    routes.deliver();
    for (int i = 0; i < 3; i++) {
      gate.nanos += Duration.ofSeconds(2).toNanos();
      got.addAll(gate.poll());
    }

    assertThat(got).containsExactly("own");
  }

  /** Joining a group takes seconds, and a poll may wait for hours: what comes then is read by the names of its time. */
  @Test
  void poll_duringWhichTheFirstTableComes_handsNothingTaggedToTheBaseline() {
    GateFixture gate = new GateFixture(routes, GateFixture.BASELINE);
    gate.log.append(LogConsumer.ZERO, "k", "foreign", "baggage", ours);
    gate.log.append(LogConsumer.ZERO, "k", "untagged");
    gate.log.duringPoll(routes::deliver);

    assertThat(gate.poll()).containsExactly("untagged");
  }

  private static final WireNames OTHER = new WireNames(List.of("lane"), "lane-rev", "lane-overrides", List.of());

  @Test
  void renamed_whileARecordIsHeld_itIsReadByTheNamesItCameUnder() {
    FakeRoutes renamed = new FakeRoutes();
    renamed.begin("123", "i1");
    renamed.deliver();
    GateFixture lane = new GateFixture(renamed, GateFixture.BASELINE);
    Stamp newer = renamed.begin("456", "i2");
    renamed.silent = true;
    lane.log.append(LogConsumer.ZERO, "k", "untagged before");
    lane.log.append(LogConsumer.ZERO, "k", "the workload's", GateFixture.tagged("456", newer));
    lane.log.append(LogConsumer.ZERO, "k", "untagged");
    lane.log.append(LogConsumer.ZERO, "k", "under the other names", "baggage", "lane=456,lane-rev=" + newer.text());
    lane.log.append(LogConsumer.ZERO, "k", "under the old names: untagged now", GateFixture.tagged("456", newer));
    assertThat(lane.poll()).containsExactly("untagged before");

    renamed.rename(OTHER);
    renamed.silent = false;
    renamed.deliver();

    assertThat(lane.poll()).containsExactly("untagged", "under the old names: untagged now");
    assertThat(lane.counted).containsEntry("skip.foreign", 2L);
    assertThat(lane.quarantine.records).isEmpty();
  }

  @Test
  void renamed_whileAnOwnRecordIsHeld_underTest_itIsDeliveredUnderTheNamesOfNow() {
    FakeRoutes renamed = new FakeRoutes();
    renamed.begin("123", "i1");
    renamed.deliver();
    GateFixture lane = new GateFixture(renamed, GateFixture.underTest("123", "i1"));
    Stamp newer = renamed.begin("456", "i2");
    renamed.silent = true;
    lane.log.append(LogConsumer.ZERO, "k", "own", GateFixture.tagged("123", newer));
    assertThat(lane.poll()).isEmpty();

    renamed.rename(OTHER);
    renamed.silent = false;
    renamed.deliver();

    ConsumerRecords<String, String> polled = lane.consumer.poll(Duration.ZERO);
    assertThat(polled.count()).isEqualTo(1);
    assertThat(RecordTags.read(polled.iterator().next().headers(), OTHER))
        .isEqualTo(new Carried(Tag.of("123"), newer));
  }

  @Test
  void renamed_byTheAnswerToTheQuestionAboutARecord_itIsReadByTheNamesItCameUnder() {
    FakeRoutes renamed = new FakeRoutes();
    renamed.begin("123", "i1");
    renamed.deliver();
    GateFixture lane = new GateFixture(renamed, GateFixture.BASELINE);
    Stamp newer = renamed.begin("456", "i2");
    renamed.rename(OTHER);
    lane.log.append(LogConsumer.ZERO, "k", "the workload's", GateFixture.tagged("456", newer));

    assertThat(lane.poll()).isEmpty();
    assertThat(lane.counted).containsEntry("skip.foreign", 1L);
  }
}
