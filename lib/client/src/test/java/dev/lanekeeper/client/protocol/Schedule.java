package dev.lanekeeper.client.protocol;

import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.RouteView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One random course of things: a store that commits, a network that loses, delays, repeats and garbles, processes that
 * are killed and start from their disk. Whatever must hold is checked after each step.
 */
final class Schedule {

  private static final long PATIENCE = 2_000;
  private static final long OUTAGE_NOTICED = 10_500;

  private final Random random;
  private final Protocol protocol;
  private final ModelServer server = new ModelServer();
  private final PriorityQueue<Due> queue = new PriorityQueue<>();
  private final Map<Long, Ticket> tickets = new HashMap<>();
  private ProtocolState state = ProtocolState.INITIAL;
  private @Nullable RouteTable disk;
  private RouteView seen = RouteView.NOTHING;
  private long now;
  private long heard;
  private long sequence;
  private long ticketNumber;
  private int process;
  private boolean up = true;
  private boolean blackHole;
  private boolean faults = true;
  /** The stream of this process: how far it has got, and when its last event arrives. */
  private long streamed = -1;
  private long streamTail;
  int answered;
  int changesApplied;

  Schedule(Protocol protocol, long seed) {
    this.protocol = protocol;
    this.random = new Random(seed);
  }

  /** Something that happens at a time; only to the process for which it was meant. */
  private record Due(long at, long sequence, int process, Runnable what) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(sequence, other.sequence);
    }
  }

  /** A question as it was when it was asked. */
  private record Ticket(long newest, int histories, long deadline) {}

  void run(int actions) {
    server.commit(now);
    on(new Event.Started(null));
    for (int i = 0; i < actions; i++) {
      pass(random.nextInt(10) == 0 ? random.nextInt(8_000) : random.nextInt(150));
      act(random.nextInt(100));
    }
    heal();
  }

  private void act(int dice) {
    if (dice < 45) {
      commit();
    } else if (dice < 70) {
      ask();
    } else if (dice < 76) {
      up = false;
      breakStream("killed");
    } else if (dice < 86) {
      up = true;
      blackHole = false;
    } else if (dice < 89) {
      blackHole = true;
    } else if (dice < 93) {
      breakStream("reset by peer");
    } else if (dice < 97) {
      restart();
    } else if (dice < 98) {
      server.loseFrom(random.nextInt(server.size() + 1));
      breakStream("store replaced");
    }
  }

  private void heal() {
    faults = false;
    up = true;
    blackHole = false;
    // Two restored stores in a row may have given the same number: only a later change tells them apart.
    while (server.newest() < state.view().table().revision()) {
      server.commit(now);
    }
    commit();
    pass(120_000);
    check(state.view().table().revision() == server.newest() && server.holds(state.view().table()), "is up to date");
    check(heard > now - 2_000 && !state.view().cutOff(), "is no longer cut off");
    check(state.view().asOfMillis() > ModelServer.clock(now - 5_000), "is current");
    check(tickets.isEmpty(), "nobody waits");
    check(disk == state.view().table(), "has saved");
  }

  // Time

  private void pass(long millis) {
    long end = now + millis;
    while (true) {
      Due next = queue.peek();
      long due = Math.min(state.dueMillis(protocol.timing()), next == null ? Long.MAX_VALUE : next.at());
      if (due > end) {
        now = end;
        return;
      }
      now = Math.max(now, due);
      if (next != null && next.at() <= now) {
        queue.remove();
        if (next.process() == process) {
          next.what().run();
        }
      } else {
        on(new Event.TimePassed());
      }
    }
  }

  private void later(long millis, Runnable what) {
    queue.add(new Due(now + millis, sequence++, process, what));
  }

  // The process

  private void restart() {
    tickets.clear();
    process++;
    streamed = -1;
    state = ProtocolState.INITIAL;
    seen = RouteView.NOTHING;
    on(new Event.Started(disk));
  }

  private void ask() {
    long ticket = ++ticketNumber;
    tickets.put(ticket, new Ticket(server.newest(), server.histories(), now + PATIENCE));
    boolean wasCutOff = state.view().cutOff();
    on(new Event.Asked(ticket, now + PATIENCE));
    check(!wasCutOff || !tickets.containsKey(ticket), "nobody waits in an outage");
  }

  private void on(Event event) {
    if (!(event instanceof Event.TimePassed || event instanceof Event.Asked || event instanceof Event.SaveEnded)) {
      heard = now;
    }
    Step step = protocol.step(state, event, now, random);
    if (event instanceof Event.ChangeArrived && step.state().view().table() != state.view().table()) {
      changesApplied++;
    }
    state = step.state();
    // Once to notice that the stream is silent, and once for an attempt that may be made before that.
    check(now - heard <= OUTAGE_NOTICED || state.view().cutOff(), "an outage is noticed");
    step.effects().forEach(this::carryOut);
    for (Ticket ticket : tickets.values()) {
      check(now <= ticket.deadline(), "nobody waits longer than his patience");
    }
  }

  private void carryOut(Effect effect) {
    if (effect instanceof Effect.Publish publish) {
      published(publish.view());
    } else if (effect instanceof Effect.Connect connect) {
      connect(connect.connection(), connect.after());
    } else if (effect instanceof Effect.Ask ask) {
      question(ask.question());
    } else if (effect instanceof Effect.Tell tell) {
      told(tell);
    } else if (effect instanceof Effect.Save save) {
      later(random.nextInt(500), () -> {
        disk = save.table();
        on(new Event.SaveEnded());
      });
    }
  }

  private void published(RouteView view) {
    boolean back = view.table().revision() < seen.table().revision()
        && (view.table().revision() == 0 || History.match(seen.table(), view.table()) == History.Match.SAME);
    check(!back, "no way back within a history");
    boolean sameHistory = server.holds(view.table());
    if (sameHistory && server.holds(seen.table())) {
      check(view.table().revision() >= seen.table().revision(), "revisions only grow");
      check(view.asOfMillis() >= seen.asOfMillis() || server.newest() < view.table().revision(), "time only grows");
    }
    check(!sameHistory || server.newestBefore(view.asOfMillis()) <= view.table().revision(),
        "all that was committed before asOf is known");
    check(view.table().log().size() == view.table().content().tenants().size(), "no revision without its content");
    for (int row = 0; row < view.table().log().size(); row++) {
      check(view.table().log().revision(row) == row + 1, "no gap");
    }
    seen = view;
  }

  private void told(Effect.Tell tell) {
    Ticket ticket = tickets.remove(tell.ticket());
    check(ticket != null, "everybody is told once");
    if (ticket != null && tell.answered()) {
      answered++;
      if (ticket.histories() == server.histories()) {
        check(seen.table().revision() >= ticket.newest(), "an answer is as new as its question");
      }
    }
  }

  // The network

  private boolean isFault(int perMille) {
    return faults && random.nextInt(1_000) < perMille;
  }

  private void connect(long connection, long after) {
    streamed = -1;
    if (blackHole) {
      return;
    }
    later(1 + random.nextInt(40), () -> {
      if (!up) {
        on(new Event.ConnectionLost(connection, "refused"));
      } else if (connection == state.connections()) {
        opened(connection, after);
      }
    });
  }

  private void opened(long connection, long after) {
    streamTail = now;
    if (isFault(500) || !faults) {
      current(connection);
    }
    if (after == 0 || after > server.newest()) {
      RouteTable table = server.table();
      long asOf = ModelServer.clock(now);
      deliver(new Event.TableArrived(connection, table, asOf), connection);
      streamed = server.newest();
    } else {
      streamed = after;
    }
    stream(connection);
    current(connection);
    beat(connection);
  }

  private void beat(long connection) {
    later(1_000, () -> {
      if (connection == state.connections() && up && streamed >= 0) {
        current(connection);
        beat(connection);
      }
    });
  }

  private void current(long connection) {
    deliver(new Event.CurrentArrived(connection, server.newest(), ModelServer.clock(now)), connection);
  }

  private void commit() {
    if (up) {
      server.commit(now);
      if (streamed >= 0) {
        stream(state.connections());
      }
    }
  }

  private void stream(long connection) {
    for (Change change : server.after(streamed)) {
      streamed = change.revision();
      if (!isFault(15)) {
        deliver(new Event.ChangeArrived(connection, change), connection);
      }
    }
  }

  private void deliver(Event event, long connection) {
    if (blackHole) {
      return;
    }
    long delay = isFault(20) ? random.nextInt(4_000) : random.nextInt(20);
    streamTail = Math.max(streamTail, now + delay);
    boolean broken = isFault(10);
    int times = isFault(30) ? 2 : 1;
    for (int i = 0; i < times; i++) {
      later(streamTail - now, () -> on(broken ? new Event.BrokenArrived(connection, "garbled") : event));
    }
  }

  private void breakStream(String problem) {
    long connection = state.connections();
    if (streamed >= 0 && !blackHole) {
      later(random.nextInt(20), () -> on(new Event.ConnectionLost(connection, problem)));
    }
    streamed = -1;
  }

  private void question(long question) {
    if (blackHole) {
      later(5_000, () -> on(new Event.QuestionFailed(question, "timed out")));
      return;
    }
    later(random.nextInt(20), () -> {
      if (!up) {
        on(new Event.QuestionFailed(question, "refused"));
        return;
      }
      Event answer = new Event.QuestionAnswered(question, server.newest(), ModelServer.clock(now));
      later(isFault(100) ? random.nextInt(6_000) : random.nextInt(20), () -> on(answer));
    });
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError("does not hold: " + what);
    }
  }

  /** Where it stands, for a look at one schedule. */
  @Override
  public String toString() {
    return "at " + now + ": " + state;
  }

  static List<Long> seeds(long first, int count) {
    List<Long> seeds = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      seeds.add(first + i);
    }
    return seeds;
  }
}
