package dev.lanekeeper.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.Environment;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.TenantLife;
import dev.lanekeeper.model.WireNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An environment with names of its own, since its applications have a {@code tenancy} of theirs in the baggage. */
class NamesTest {

  private static final WireNames NAMES =
      new WireNames(List.of("lane"), "lane-rev", "lane-overrides", List.of("X-Lane"));

  private static final class Late implements RouteSource {
    private volatile RouteView view = RouteView.NOTHING;
    private boolean answers;

    @Override
    public RouteView view() {
      return view;
    }

    @Override
    public Answer ask(Duration patience) {
      if (answers) {
        arrive();
      }
      return new Answer(view, answers);
    }

    @Override
    public CompletionStage<Answer> askLater(Duration patience) {
      return CompletableFuture.completedFuture(ask(patience));
    }

    void arrive() {
      Tenancy tenancy = new Tenancy("123");
      RouteTable table =
          RouteTable.EMPTY.with(new Change(1, 7, 1000, List.of(new TenantLife(tenancy, 1, OverrideLife.OPEN)),
              List.of(new OverrideLife(new Incarnation("i1"), FakeRoutes.SERVICE, tenancy, 1, OverrideLife.OPEN,
                  new Target.Workload(), List.of(), null)),
              List.of(), List.of(), List.of(),
              new Environment(1, "staging", Environment.STAGING.policy(), List.of(), NAMES)));
      view = new RouteView(table, 1_000_000, false);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tenancy=acme,lane=123,lane-rev=1-00000007", "lane=123,lane-rev=1-00000007",
      "tenancy=acme,answered,lane=123,lane-rev=1-00000007", "answered,lane=123,lane-rev=1-00000007"})
  void poll_beforeTheFirstTable_losesNothingOfItsOwn(String baggage) {
    Late routes = new Late();
    routes.answers = baggage.contains("answered");
    ConsumerGate gate = ConsumerGate.of(routes, GateFixture.underTest("123", "i1"),
        new HashMap<>(Map.of("group.id", "c", "enable.auto.commit", "false")),
        new GateSettings(Duration.ofMillis(50), true, (reason, by) -> {}));
    var keys = gate.keys(new StringDeserializer());
    var values = gate.values(new StringDeserializer());
    if (keys == null || values == null) {
      throw new AssertionError("no deserializer");
    }
    LogConsumer log = new LogConsumer(keys, values);
    LaneConsumer<String, String> consumer = new LaneConsumer<>(log, gate);
    consumer.subscribe(List.of("orders"));
    log.assigned(LogConsumer.ZERO);
    log.append(LogConsumer.ZERO, "k", "own", "baggage", baggage);
    List<String> got = new ArrayList<>();
    consumer.poll(Duration.ofMillis(1)).forEach(record -> got.add(record.value()));
    routes.arrive();
    for (int i = 0; i < 3; i++) {
      consumer.poll(Duration.ofMillis(1)).forEach(record -> got.add(record.value()));
    }

    assertThat(got).containsExactly("own");
  }

  /** Joining a group takes seconds, and a poll may wait for hours: what comes then is read by the names of its time. */
  @Test
  void poll_duringWhichTheFirstTableComes_handsNothingTaggedToTheBaseline() {
    Late routes = new Late();
    ConsumerGate gate = ConsumerGate.of(routes, GateFixture.BASELINE,
        new HashMap<>(Map.of("group.id", "c", "enable.auto.commit", "false")),
        new GateSettings(Duration.ofMillis(50), true, (reason, by) -> {}));
    var keys = gate.keys(new StringDeserializer());
    var values = gate.values(new StringDeserializer());
    if (keys == null || values == null) {
      throw new AssertionError("no deserializer");
    }
    LogConsumer log = new LogConsumer(keys, values);
    LaneConsumer<String, String> consumer = new LaneConsumer<>(log, gate);
    consumer.subscribe(List.of("orders"));
    log.assigned(LogConsumer.ZERO);
    log.append(LogConsumer.ZERO, "k", "foreign", "baggage", "lane=123,lane-rev=1-00000007");
    log.append(LogConsumer.ZERO, "k", "untagged");
    log.duringPoll(routes::arrive);
    List<String> got = new ArrayList<>();
    consumer.poll(Duration.ofMillis(1)).forEach(record -> got.add(record.value()));

    assertThat(got).containsExactly("untagged");
  }
}
