package dev.lanekeeper.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.lanekeeper.model.Hop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tells the control plane what became of requests that somebody traces: soon, many at a time, and never more than it takes. What is
 * too much, or finds nobody, is lost and counted.
 *
 * <p><b>Threads.</b> {@link #add} any, and never blocks; one at a time of the executor's tells.
 */
final class HopReports {

  static final int MOST_AT_ONCE = 200;
  private static final int MOST_WAITING = 2_000;
  private static final int LONGEST_TEXT = 1_024;
  private static final long LOOK_MILLIS = 5;
  private static final JsonFactory FACTORY = new JsonFactory();

  private final ControlPlane controlPlane;
  private final String instance;
  private final Executor io;
  private final Tally tally;
  private final BlockingQueue<Hop> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final AtomicBoolean telling = new AtomicBoolean();
  private volatile boolean closed;

  HopReports(ControlPlane controlPlane, String instance, Executor io, Tally tally) {
    this.controlPlane = controlPlane;
    this.instance = instance;
    this.io = io;
    this.tally = tally;
  }

  void add(Hop hop) {
    if (closed || !waiting.offer(hop)) {
      tally.count("hops-lost");
    } else if (!begin()) {
      tally.count("hops-delayed");
    }
  }

  /** Whether somebody tells. */
  private boolean begin() {
    if (!telling.compareAndSet(false, true)) {
      return true; // and looks again before he ends
    }
    try {
      io.execute(this::tell);
      return true;
    } catch (RuntimeException | Error noThread) { // or the executor has ended: a later hop, or closing, tells of these, too
      telling.set(false);
      return false;
    }
  }

  /** Waits until all was told, and not longer than that; what is left is lost. */
  void close(Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    try {
      while ((telling.get() || !waiting.isEmpty()) && System.nanoTime() - end < 0) {
        begin();
        Thread.sleep(LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closed = true;
    while (waiting.poll() != null) {
      tally.count("hops-lost");
    }
  }

  private void tell() {
    List<Hop> some = new ArrayList<>();
    try {
      while (waiting.drainTo(some, MOST_AT_ONCE) > 0) {
        post(some);
        some.clear();
      }
    } finally {
      telling.set(false);
    }
    if (!waiting.isEmpty() && !begin()) {
      tally.count("hops-delayed");
    }
  }

  private void post(List<Hop> some) {
    try {
      ControlPlane.Reply reply = controlPlane.call("POST", "/v1/traces", json(some));
      if (reply.isGood()) {
        tally.over("hops-refused", "what became of traced requests is heard again");
      } else {
        tally.trouble("hops-refused", ClientLog.Level.WARNING,
            "what became of traced requests was refused: " + Problem.of(reply).text(), null);
      }
    } catch (IOException e) {
      tally.count("hops-lost"); // that it is out of reach is told by others
    }
  }

  private byte[] json(List<Hop> some) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
      out.writeStartObject();
      out.writeStringField("instance", instance);
      out.writeArrayFieldStart("hops");
      for (Hop hop : some) {
        write(out, hop);
      }
      out.writeEndArray();
      out.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** So that a picture can be drawn of it: longer ones no control plane takes. */
  private static String cut(String text) {
    return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT - 3) + "...";
  }

  private static void write(JsonGenerator out, Hop hop) throws IOException {
    Hop.Place place = hop.place();
    out.writeStartObject();
    out.writeStringField("trace", hop.trace());
    out.writeNumberField("at", hop.atMicros());
    out.writeStringField("kind", name(hop.kind()));
    // writeStringField writes null for null.
    out.writeStringField("service", place.service() == null ? null : place.service().text());
    out.writeStringField("incarnation", place.incarnation() == null ? null : place.incarnation().id());
    out.writeStringField("to", hop.to());
    out.writeStringField("tag", cut(hop.tag()));
    out.writeStringField("stamp", hop.stamp());
    out.writeStringField("outcome", name(hop.outcome()));
    out.writeStringField("reason", hop.reason());
    out.writeStringField("address", hop.address() == null ? null : cut(hop.address()));
    out.writeStringField("owner", hop.owner() == null ? null : hop.owner().id());
    out.writeEndObject();
  }
}
