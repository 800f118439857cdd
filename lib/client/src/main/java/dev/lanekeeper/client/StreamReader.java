package dev.lanekeeper.client;

import dev.lanekeeper.client.protocol.Event;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the route stream: what it brings becomes events of the protocol, the last one that it is over.
 *
 * <p><b>Threads.</b> One runs it, and blocks in it; any may close it.
 */
final class StreamReader implements Runnable {

  private static final int GOOD = 200;
  private static final int LONGEST_REFUSAL = 64 * 1024;

  private final ControlPlane controlPlane;
  private final long connection;
  private final long after;
  private final int longestEvent;
  private final Consumer<Event> events;
  private final Exchange exchange;

  StreamReader(ControlPlane controlPlane, long connection, long after, int longestEvent, Consumer<Event> events) {
    this.controlPlane = controlPlane;
    this.connection = connection;
    this.after = after;
    this.longestEvent = longestEvent;
    this.events = events;
    this.exchange = controlPlane.stream();
  }

  @Override
  public void run() {
    Event last;
    try (exchange) {
      last = new Event.ConnectionLost(connection, follow());
    } catch (RouteFormatException e) {
      last = new Event.BrokenArrived(connection, String.valueOf(e.getMessage()));
    } catch (IOException | RuntimeException e) {
      last = new Event.ConnectionLost(connection, e.toString());
    }
    events.accept(last);
  }

  void close() {
    exchange.abort();
  }

  /** Reads until the stream ends; gives the reason. */
  private String follow() throws IOException, RouteFormatException {
    int status = exchange.send("GET", "/v1/routes/watch?after=" + after, controlPlane.token(), null);
    if (status != GOOD) {
      return "refused: " + Problem
          .of(new ControlPlane.Reply(status, new String(exchange.wholeBody(LONGEST_REFUSAL), StandardCharsets.UTF_8)))
          .text();
    }
    if (!exchange.contentType().startsWith("text/event-stream")) {
      return "content type: " + RouteFormatException.quoted(exchange.contentType()) + " (expected: text/event-stream)";
    }
    ServerEvents stream = new ServerEvents(exchange.body(), longestEvent);
    for (ServerEvents.ServerEvent next = stream.next(); next != null; next = stream.next()) {
      Event event = event(next);
      if (event != null) {
        events.accept(event);
      }
    }
    return "the control plane ended the stream";
  }

  private @Nullable Event event(ServerEvents.ServerEvent event) throws RouteFormatException {
    switch (event.type()) {
      case "change" -> {
        return new Event.ChangeArrived(connection, RouteJson.readChange(event.data()));
      }
      case "current" -> {
        RouteJson.Current current = RouteJson.readCurrent(event.data());
        return new Event.CurrentArrived(connection, current.revision(), current.asOfMillis());
      }
      case "reset" -> {
        RouteJson.Snapshot snapshot = RouteJson.readTable(event.data());
        return new Event.TableArrived(connection, snapshot.table(), snapshot.asOfMillis());
      }
      default -> {
        return null; // Of a later version.
      }
    }
  }
}
