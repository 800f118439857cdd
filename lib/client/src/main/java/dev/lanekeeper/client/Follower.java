package dev.lanekeeper.client;

import dev.lanekeeper.client.protocol.Effect;
import dev.lanekeeper.client.protocol.Event;
import dev.lanekeeper.client.protocol.Protocol;
import dev.lanekeeper.client.protocol.ProtocolState;
import dev.lanekeeper.client.protocol.Step;
import dev.lanekeeper.client.protocol.Trouble;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.RouteView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Runs the {@link Protocol}: turns what sockets, disk and callers do into events, and carries its effects out.
 *
 * <p><b>Threads.</b> One thread of its own makes every step; sockets and disk are used on the threads of the executor,
 * whose results come back through a queue. {@link #view} is one volatile read.
 */
final class Follower {

  private static final long LONGEST_NAP_MILLIS = 60_000;

  private final Protocol protocol;
  private final ControlPlane controlPlane;
  private final @Nullable TableFile disk;
  private final Tally tally;
  private final ExecutorService io;
  private final int longestEvent;
  private final SplittableRandom random = new SplittableRandom();
  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Map<Long, CompletableFuture<Boolean>> waiting = new ConcurrentHashMap<>();
  private final AtomicLong tickets = new AtomicLong();
  private final Thread thread = new Thread(this::run, "lanekeeper-routes");
  private volatile RouteView view = RouteView.NOTHING;
  private volatile boolean ended;
  private ProtocolState state = ProtocolState.INITIAL;
  private @Nullable StreamReader reader;

  Follower(Protocol protocol, ControlPlane controlPlane, @Nullable TableFile disk, Tally tally, ExecutorService io,
      int longestEvent) {
    this.protocol = protocol;
    this.controlPlane = controlPlane;
    this.disk = disk;
    this.tally = tally;
    this.io = io;
    this.longestEvent = longestEvent;
    thread.setDaemon(true);
  }

  /** Begins with the table from disk, which is to be seen when this returns. */
  void start() {
    RouteTable table = disk == null ? null : disk.load();
    step(new Event.Started(table));
    thread.start();
  }

  RouteView view() {
    return view;
  }

  /** True when the view is as new as this call; false when nobody can tell. Completed by the thread of the protocol. */
  CompletableFuture<Boolean> ask(Duration patience) {
    if (ended || view.cutOff()) {
      return CompletableFuture.completedFuture(false);
    }
    long ticket = tickets.incrementAndGet();
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    waiting.put(ticket, answer);
    events.add(new Event.Asked(ticket, nowMillis() + Math.max(0, patience.toMillis())));
    if (ended) {
      tell(ticket, false);
    }
    return answer;
  }

  /** Ends it, saving what is unsaved. Nobody waits any longer afterwards. */
  void close(Duration patience) {
    events.add(new Event.Stopped());
    boolean interrupted = false;
    try {
      thread.join(patience.toMillis());
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static long nowMillis() {
    return System.nanoTime() / 1_000_000;
  }

  private void run() {
    while (!ended) {
      try {
        long nap = Math.min(LONGEST_NAP_MILLIS, state.dueMillis(protocol.timing()) - nowMillis());
        Event event = events.poll(Math.max(0, nap), TimeUnit.MILLISECONDS);
        step(event == null ? new Event.TimePassed() : event);
        ended = event instanceof Event.Stopped;
      } catch (InterruptedException e) {
        tally.count("client-interrupted"); // By the host, which cannot mean us: there is nothing here to give up.
      } catch (RuntimeException | Error e) {
        tally.trouble("client-failed", ClientLog.Level.ERROR, "following the routes failed; going on", e);
      }
    }
    waiting.keySet().forEach(ticket -> tell(ticket, false));
  }

  private void step(Event event) {
    Step step = protocol.step(state, event, nowMillis(), random);
    state = step.state();
    step.effects().forEach(this::carryOut);
  }

  private void carryOut(Effect effect) {
    if (effect instanceof Effect.Publish publish) {
      publish(publish.view());
    } else if (effect instanceof Effect.Connect connect) {
      StreamReader next =
          new StreamReader(controlPlane, connect.connection(), connect.after(), longestEvent, events::add);
      reader = next;
      onOtherThread(next);
    } else if (effect instanceof Effect.Disconnect) {
      if (reader != null) {
        reader.close();
      }
    } else if (effect instanceof Effect.Ask ask) {
      onOtherThread(() -> events.add(answer(ask.question())));
    } else if (effect instanceof Effect.Tell tell) {
      tell(tell.ticket(), tell.answered());
    } else if (effect instanceof Effect.Save save) {
      onOtherThread(() -> save(save));
    } else if (effect instanceof Effect.Note note) {
      note(note.trouble(), note.detail());
    }
  }

  private void onOtherThread(Runnable work) {
    try {
      io.execute(work);
    } catch (RejectedExecutionException e) {
      tally.trouble("client-closed", ClientLog.Level.WARNING, "closed while it was at work", e);
    }
  }

  private void publish(RouteView next) {
    boolean back = view.cutOff() && !next.cutOff();
    view = next;
    if (back) {
      String message = "the control plane is back: revision " + next.table().revision();
      for (Trouble trouble : Trouble.values()) {
        tally.over(trouble.code(), message);
      }
    }
  }

  private void note(Trouble trouble, String detail) {
    // Those that one outage brings are one cause for people.
    boolean outage = trouble == Trouble.LOST || trouble == Trouble.SILENT || trouble == Trouble.UNANSWERED;
    if (outage && !state.view().cutOff()) {
      tally.count(trouble.code());
    } else {
      String what = outage ? "the control plane is out of reach" : "the route stream makes no sense";
      tally.trouble(trouble.code(), ClientLog.Level.WARNING,
          what + ": " + controlPlane.root() + ": " + detail + "; going on"
              + " with revision " + state.view().table().revision(),
          null);
    }
  }

  private void tell(long ticket, boolean answered) {
    CompletableFuture<Boolean> answer = waiting.remove(ticket);
    if (answer != null) {
      answer.complete(answered);
    }
  }

  private Event answer(long question) {
    try {
      ControlPlane.Reply reply = controlPlane.call("GET", "/v1/routes/current", null);
      if (!reply.isGood()) {
        return new Event.QuestionFailed(question, "refused: " + Problem.of(reply).text());
      }
      RouteJson.Current current = RouteJson.readCurrent(reply.body().getBytes(StandardCharsets.UTF_8));
      return new Event.QuestionAnswered(question, current.revision(), current.asOfMillis());
    } catch (IOException | RouteFormatException | RuntimeException e) {
      return new Event.QuestionFailed(question, e.toString());
    }
  }

  private void save(Effect.Save save) {
    try {
      if (disk != null) {
        disk.save(save.table(), save.asOfMillis());
      }
    } catch (RuntimeException e) {
      tally.trouble("disk-unwritable", ClientLog.Level.WARNING, "the table cannot be saved", e);
    } finally {
      events.add(new Event.SaveEnded());
    }
  }

  /** For those who asked. */
  RouteSource.Answer answered(boolean answered) {
    return new RouteSource.Answer(view, answered);
  }
}
