package dev.lanekeeper.kafka;

import static dev.lanekeeper.kafka.GateFixture.BASELINE;
import static dev.lanekeeper.kafka.GateFixture.tagged;
import static dev.lanekeeper.kafka.GateFixture.underTest;
import static dev.lanekeeper.kafka.LogConsumer.ONE;
import static dev.lanekeeper.kafka.LogConsumer.ZERO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Hop;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.WireNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class TracedRecordsTest {

  private final FakeRoutes routes = new FakeRoutes();
  private final Stamp stamp = routes.begin("123", "i1");

  TracedRecordsTest() {
    routes.deliver();
  }

  private String[] traced(String name) {
    String[] headers = tagged("123", stamp).clone();
    headers[3] += ",lanekeeper-trace=" + name;
    return headers;
  }

  private List<String> told() {
    List<String> told = new ArrayList<>();
    routes.told.forEach(hop -> told.add(hop.trace() + " " + hop.kind() + " " + hop.to() + " " + hop.outcome() + " "
        + hop.reason() + " " + hop.tag() + " " + hop.owner()));
    routes.told.clear();
    return told;
  }

  @Test
  void baseline_passesOver_andTakesWhatIsUntagged() {
    GateFixture lane = new GateFixture(routes, BASELINE);
    lane.log.append(ZERO, "k", "theirs", traced("t1"));
    lane.log.append(ZERO, "k", "mine", "baggage", "lanekeeper-trace=t2");
    lane.log.append(ONE, "k", "plain");
    lane.log.append(ONE, "k", "nobody's to know", tagged("123", stamp));

    assertThat(lane.poll()).containsExactlyInAnyOrder("mine", "plain");

    assertThat(told()).containsExactlyInAnyOrder("t1 CONSUME orders[0]@0 SKIP foreign 123 null",
        "t2 CONSUME orders[0]@1 PASS untagged  null");
  }

  @Test
  void underTest_takesItsOwn() {
    GateFixture lane = new GateFixture(routes, underTest("123", "i1"));
    lane.log.append(ZERO, "k", "mine", traced("t1"));
    lane.log.append(ZERO, "k", "theirs", "baggage", "lanekeeper-trace=t2,tenancy=other");

    assertThat(lane.poll()).containsExactly("mine");

    assertThat(told()).containsExactlyInAnyOrder("t1 CONSUME orders[0]@0 PASS own 123 i1",
        "t2 CONSUME orders[0]@1 SKIP foreign other null");
  }

  @Test
  void held_isToldOnceItIsDecided() {
    Stamp later = routes.begin("456", "i2"); // not delivered yet
    routes.silent = true;
    GateFixture lane = new GateFixture(routes, underTest("123", "i1"));
    lane.log.append(ZERO, "k", "in doubt", "baggage",
        "tenancy=123,tenancy-rev=" + later.text() + ",lanekeeper-trace=t1");

    assertThat(lane.poll()).isEmpty();
    assertThat(told()).isEmpty();

    routes.silent = false;
    routes.deliver();
    List<String> values = new ArrayList<>();
    for (int i = 0; i < 20 && values.isEmpty(); i++) {
      lane.nanos += 1_000_000_000L;
      values.addAll(lane.poll());
    }
    assertThat(values).containsExactly("in doubt");
    assertThat(told()).containsExactly("t1 CONSUME orders[0]@0 PASS own 123 i1");
  }

  @Test
  void sent_isTold_withTheStampThatItBears() {
    Carried traced = new Carried(Tag.of("123"), Stamp.NONE, "t1");
    ProducerRecord<String, String> sent =
        ProducerGate.of(routes, BASELINE, Map.of(), () -> traced, GateSettings.STANDARD)
            .beforeSend(new ProducerRecord<>("orders", "v"));

    assertThat(RecordTags.read(sent.headers(), WireNames.STANDARD))
        .isEqualTo(traced.with(stamp));
    assertThat(routes.told).singleElement().satisfies(hop -> {
      assertThat(hop.kind()).isEqualTo(Hop.Kind.SEND);
      assertThat(hop.to()).isEqualTo("orders");
      assertThat(hop.stamp()).isEqualTo(stamp.text());
    });
  }

  /** Whatever becomes of the telling: what was polled is the application's. */
  @Test
  void telling_thatFails_losesNoRecord() {
    GateFixture lane = new GateFixture(routes, BASELINE);
    lane.log.append(ZERO, "k", "mine", "baggage", "lanekeeper-trace=t2");
    lane.log.append(ZERO, "k", "plain");
    routes.failing = new OutOfMemoryError("unable to create native thread");
    List<String> values = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      try {
        values.addAll(lane.poll());
      } catch (OutOfMemoryError failed) {
        routes.failing = null;
      }
    }
    assertThat(values).containsExactly("mine", "plain");
  }

  /** An application that wakes its consumer up is woken up. */
  @Test
  void wakeup_isNotSwallowed() {
    GateFixture lane = new GateFixture(routes, BASELINE);
    lane.log.append(ZERO, "k", "theirs", traced("t1"));
    lane.log.positionFailsOnce = () -> new org.apache.kafka.common.errors.WakeupException();
    boolean woken = false;
    try {
      lane.poll();
      lane.poll();
    } catch (org.apache.kafka.common.errors.WakeupException expected) {
      woken = true;
    }
    assertThat(woken || lane.log.positionFailsOnce != null).isTrue();
  }
}
