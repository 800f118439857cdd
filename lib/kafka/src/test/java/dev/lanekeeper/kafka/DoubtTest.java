package dev.lanekeeper.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.model.Messages;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.WireNames;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class DoubtTest {

  private final FakeRoutes routes = new FakeRoutes();
  private final CompletableFuture<RouteSource.Answer> later = new CompletableFuture<>();

  /** The routes, but what is asked later is answered when the test says so. */
  private final RouteSource source = new RouteSource() {
    @Override
    public RouteView view() {
      return routes.view();
    }

    @Override
    public Answer ask(Duration patience) {
      return routes.ask(patience);
    }

    @Override
    public CompletionStage<Answer> askLater(Duration patience) {
      return later;
    }
  };

  private final Doubt doubt =
      new Doubt(source, GateFixture.BASELINE, new TagReader(WireNames.STANDARD, false), Duration.ofMillis(50),
          new Journal(Counters.NONE), () -> true, new FormerNames(), System::nanoTime);

  private static ConsumerRecord<String, String> record(String tenancy, Stamp stamp) {
    ConsumerRecord<String, String> record = new ConsumerRecord<>("orders", 0, 0, "k", "v");
    record.headers().add("baggage",
        ("tenancy=" + tenancy + ",tenancy-rev=" + stamp.text()).getBytes(StandardCharsets.UTF_8));
    return record;
  }

  /** What it says is about a newer table than the one that the poll began with. */
  @Test
  void confirmation_inTheMidstOfAPoll_isNotForTheTableOfBefore() {
    Stamp born = routes.begin("123", "i1");
    routes.deliver();
    doubt.joined();
    doubt.begin();
    routes.end("123");
    routes.turn("123", OverrideLife::taken);
    routes.turn("123", OverrideLife::closing);
    routes.silent = true;
    later.complete(new RouteSource.Answer(routes.view(), true));

    assertThat(doubt.decide(record("123", born))).as("a workload's, by the table of before")
        .isEqualTo(Messages.Action.ASK);

    doubt.begin();
    assertThat(doubt.decide(record("123", born))).as("confirmed").isEqualTo(Messages.Action.SKIP);
  }
}
