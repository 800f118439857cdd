package dev.lanekeeper.client.protocol;

import dev.lanekeeper.client.Tables;
import dev.lanekeeper.model.RouteView;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Runs the protocol step by step, and keeps what came of it. */
final class Machine {

  final Protocol protocol = new Protocol(Timing.STANDARD);
  private final Random random = new Random(1);
  ProtocolState state = ProtocolState.INITIAL;
  List<Effect> effects = List.of();
  long now = 1_000;

  Machine on(Event event) {
    Step step = protocol.step(state, event, now, random);
    state = step.state();
    effects = step.effects();
    return this;
  }

  Machine after(long millis) {
    now += millis;
    return on(new Event.TimePassed());
  }

  /** Lets time pass, at each moment at which something is due. */
  List<Effect> run(long millis) {
    List<Effect> all = new ArrayList<>();
    long end = now + millis;
    while (state.dueMillis(protocol.timing()) <= end) {
      now = Math.max(now, state.dueMillis(protocol.timing()));
      on(new Event.TimePassed());
      all.addAll(effects);
    }
    now = end;
    return all;
  }

  Machine following(long revision) {
    on(new Event.Started(null));
    on(new Event.TableArrived(connection(), Tables.table(revision, 0), asOf(0)));
    return this;
  }

  Machine change(long revision) {
    return on(new Event.ChangeArrived(connection(), Tables.change(revision, 0)));
  }

  Machine current(long revision, long asOf) {
    return on(new Event.CurrentArrived(connection(), revision, asOf));
  }

  long connection() {
    return state.connections();
  }

  RouteView view() {
    return state.view();
  }

  /** A time by the store's clock, after all commits. */
  static long asOf(long millis) {
    return Tables.BEGIN + 1_000_000 + millis;
  }

  <T extends Effect> List<T> of(Class<T> type) {
    return effects.stream().filter(type::isInstance).map(type::cast).toList();
  }

  List<Trouble> troubles() {
    return of(Effect.Note.class).stream().map(Effect.Note::trouble).toList();
  }
}
