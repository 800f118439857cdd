package dev.lanekeeper.simulation;

import dev.lanekeeper.client.RouteJson;
import dev.lanekeeper.client.protocol.Event;
import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.RouteTable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The route stream and questions, between data planes and the control plane. It stands for {@code RouteFeed}, REST, and the encodings
 * between them: what is sent are the product's own values.
 */
final class Wire {

  private final Scheduler scheduler;
  private final Network network;
  private final Faults faults;
  private final Map<DataPlane, Watcher> watchers = new LinkedHashMap<>();
  private Control control;

  /** Where one data plane's connection stands. */
  private static final class Watcher {
    private final long connection;
    private final Control server;
    private long tailNanos;
    private boolean broken;

    Watcher(long connection, Control server) {
      this.connection = connection;
      this.server = server;
    }
  }

  Wire(Scheduler scheduler, Network network, Control control, Faults faults) {
    this.scheduler = scheduler;
    this.network = network;
    this.control = control;
    this.faults = faults;
  }

  /** Another control plane is in the place of the one before. */
  void serve(Control newControl) {
    control = newControl;
  }

  Control control() {
    return control;
  }

  /** A data plane makes a connection. */
  void connect(DataPlane plane, long connection, long after) {
    Control server = control;
    watchers.remove(plane);
    network.send(plane.host(), server.host(), () -> {
      Watcher watcher = new Watcher(connection, server);
      watchers.put(plane, watcher);
      open(plane, watcher, after);
    }, () -> plane.on(new Event.ConnectionLost(connection, "refused")));
  }

  private void open(DataPlane plane, Watcher watcher, long after) {
    RouteTable table = control.store().catalog().table();
    RouteJson.Current current = control.current();
    if (after == 0 || after > table.revision()) {
      deliver(plane, watcher,
          new Event.TableArrived(watcher.connection, faults.served(table), current.asOfMillis()));
    } else {
      control.changesAfter(after)
          .forEach(change -> deliver(plane, watcher, new Event.ChangeArrived(watcher.connection, change)));
    }
    deliver(plane, watcher,
        new Event.CurrentArrived(watcher.connection, current.revision(), current.asOfMillis()));
  }

  /** A change was committed. */
  void committed(Change change) {
    watchers.forEach((plane, watcher) -> deliver(plane, watcher,
        new Event.ChangeArrived(watcher.connection, faults.served(change))));
  }

  /** Tells every watcher what is current. */
  void tick(Control server) {
    RouteJson.Current current = server.current();
    watchers.forEach((plane, watcher) -> {
      if (watcher.server == server) {
        deliver(plane, watcher,
            new Event.CurrentArrived(watcher.connection, current.revision(), current.asOfMillis()));
      }
    });
  }

  /** What is sent comes in order, or not at all. */
  private void deliver(DataPlane plane, Watcher watcher, Event event) {
    watcher.tailNanos = Math.max(watcher.tailNanos, scheduler.nowNanos() + network.delayNanos());
    scheduler.after(watcher.tailNanos - scheduler.nowNanos(), Scheduler.world(), () -> {
      watcher.broken |= network.isCut(plane.host());
      if (!watcher.broken) {
        scheduler.after(0, plane.host(), () -> plane.on(event));
      }
    });
  }

  /** The control plane died: those who were connected to it hear of that. */
  void lost(Control server) {
    watchers.forEach((plane, watcher) -> {
      if (watcher.server == server && !watcher.broken) {
        watcher.broken = true;
        scheduler.after(scheduler.between(0, 30), plane.host(),
            () -> plane.on(new Event.ConnectionLost(watcher.connection, "reset by peer")));
      }
    });
    watchers.values().removeIf(watcher -> watcher.server == server);
  }

  /** A data plane asks what is current. */
  void ask(DataPlane plane, long question) {
    Control server = control;
    Runnable failed = () -> plane.on(new Event.QuestionFailed(question, "no answer"));
    network.send(plane.host(), server.host(), () -> {
      RouteJson.Current current = server.answer();
      network.send(plane.host(), plane.host(),
          () -> plane.on(new Event.QuestionAnswered(question, current.revision(), current.asOfMillis())), failed);
    }, failed);
  }
}
