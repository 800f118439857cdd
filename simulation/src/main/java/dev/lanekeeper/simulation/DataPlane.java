package dev.lanekeeper.simulation;

import dev.lanekeeper.client.protocol.Effect;
import dev.lanekeeper.client.protocol.Event;
import dev.lanekeeper.client.protocol.Protocol;
import dev.lanekeeper.client.protocol.ProtocolState;
import dev.lanekeeper.client.protocol.Step;
import dev.lanekeeper.client.protocol.Timing;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteView;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A process that follows the route stream: the product's {@link Protocol}, with simulated sockets, disk and clock. It stands for the
 * product's {@code RouteClient} and {@code Follower}, which carry the same effects out with real ones.
 */
final class DataPlane implements RouteSource {

  static final Timing TIMING = new Timing(2_500, 6_000, 800, 3_000, 200, 1_000, 400);

  private static final Protocol PROTOCOL = new Protocol(TIMING);

  private final Scheduler scheduler;
  private final Host host;
  private final Wire wire;
  private final Disk disk;
  private final Faults faults;
  private final Map<Long, CompletableFuture<Boolean>> waiting = new HashMap<>();
  private final Scheduler.Signal told;
  private ProtocolState state = ProtocolState.INITIAL;
  private RouteView view = RouteView.NOTHING;
  private long tickets;
  private long dueMillis = Long.MAX_VALUE;
  private long timer;
  /** The newest stretch of time in which it may have missed something: from then on it is no longer as it should be. */
  private long cutOffNanos = -1;

  DataPlane(Scheduler scheduler, Host host, Wire wire, Disk disk, Faults faults) {
    this.scheduler = scheduler;
    this.host = host;
    this.wire = wire;
    this.disk = disk;
    this.faults = faults;
    this.told = scheduler.new Signal();
  }

  /** Begins, with the table from disk. */
  void start() {
    on(new Event.Started(disk.table));
  }

  Host host() {
    return host;
  }

  /** When it knew itself cut off for the last time; -1: never. */
  long cutOffNanos() {
    return view.cutOff() ? scheduler.nowNanos() : cutOffNanos;
  }

  @Override
  public RouteView view() {
    return faults.seen(view, Clock.millis(scheduler));
  }

  @Override
  public Answer ask(Duration patience) {
    scheduler.checkAlive();
    CompletableFuture<Boolean> answer = question(patience, false);
    long until = scheduler.nowNanos() + patience.toNanos() + 500_000_000;
    while (!answer.isDone() && scheduler.nowNanos() < until) {
      told.await(until - scheduler.nowNanos());
    }
    return new Answer(view(), answer.isDone() && answer.join());
  }

  @Override
  public CompletionStage<Answer> askLater(Duration patience) {
    return question(patience, true).thenApply(answered -> new Answer(view(), answered));
  }

  private CompletableFuture<Boolean> question(Duration patience, boolean confirming) {
    if (faults.isAnsweredAtOnce(confirming)) {
      return CompletableFuture.completedFuture(true);
    }
    if (view.cutOff()) {
      return CompletableFuture.completedFuture(false);
    }
    long ticket = ++tickets;
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    waiting.put(ticket, answer);
    on(new Event.Asked(ticket, scheduler.nowMillis() + patience.toMillis()));
    return answer;
  }

  /** Something happened. */
  void on(Event event) {
    Step step = PROTOCOL.step(state, event, scheduler.nowMillis(), scheduler.random());
    state = step.state();
    step.effects().forEach(this::carryOut);
    setTimer();
  }

  private void setTimer() {
    long due = state.dueMillis(TIMING);
    if (due == dueMillis) {
      return;
    }
    dueMillis = due;
    long number = ++timer;
    if (due != Long.MAX_VALUE) {
      scheduler.after((due - scheduler.nowMillis()) * 1_000_000, host, () -> {
        if (number == timer) {
          dueMillis = Long.MAX_VALUE;
          on(new Event.TimePassed());
        }
      });
    }
  }

  private void carryOut(Effect effect) {
    if (effect instanceof Effect.Publish publish) {
      publish(publish.view());
    } else if (effect instanceof Effect.Connect connect) {
      wire.connect(this, connect.connection(), connect.after());
    } else if (effect instanceof Effect.Ask ask) {
      wire.ask(this, ask.question());
    } else if (effect instanceof Effect.Tell tell) {
      CompletableFuture<Boolean> answer = waiting.remove(tell.ticket());
      if (answer != null) {
        answer.complete(tell.answered());
        told.wake();
      }
    } else if (effect instanceof Effect.Save save) {
      scheduler.after(scheduler.between(0, 100), host, () -> {
        disk.table = save.table();
        on(new Event.SaveEnded());
      });
    }
  }

  private void publish(RouteView next) {
    long before = view.table().revision();
    long after = next.table().revision();
    if (after < before) {
      throw new AssertionError("does not hold: revisions at each watcher only grow (" + host + " went from " + before
          + " to " + after + ")");
    }
    if (view.cutOff() && !next.cutOff()) {
      cutOffNanos = scheduler.nowNanos();
    }
    if (after != before || view.cutOff() != next.cutOff()) {
      scheduler.trace(() -> host + " knows revision " + after + (next.cutOff() ? ", cut off" : ""));
    }
    view = next;
  }
}
