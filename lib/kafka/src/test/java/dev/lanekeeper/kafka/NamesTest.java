package dev.lanekeeper.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.model.WireNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
}
