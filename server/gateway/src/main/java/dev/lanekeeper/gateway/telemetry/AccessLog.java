package dev.lanekeeper.gateway.telemetry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.lanekeeper.gateway.http.RequestHead;
import dev.lanekeeper.gateway.proxy.Ended;
import dev.lanekeeper.gateway.proxy.Observer;
import dev.lanekeeper.model.TrafficClass;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A line of JSON for each request that is over, in a file. What stands behind the {@code ?} of a target is left out: it is where people
 * put what is secret. A file that was moved away is begun anew, so that it can be rotated.
 *
 * <p><b>Threads.</b> Event loops hand lines over and never wait: what the disk does not take is lost, and counted. One of its own writes.
 */
public final class AccessLog implements AutoCloseable {

  private static final Logger LOG = System.getLogger(AccessLog.class.getName());
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final int MOST_WAITING = 20_000;
  private static final int LONGEST_PATH = 2_000;
  private static final long LOOK_MILLIS = 500;
  private static final double MILLIS = 1e6;

  private final Path file;
  private final BlockingQueue<String> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final LongAdder lost = new LongAdder();
  private final Thread thread = new Thread(this::write, "lanekeeper-access-log");
  private Writer writer;
  private @Nullable Object key;
  private boolean failing;
  private volatile boolean closed;

  private AccessLog(Path file) throws IOException {
    this.file = file;
    writer = open();
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Begins to write, behind what the file holds.
   *
   * @throws IOException if it cannot be opened
   */
  public static AccessLog to(Path file) throws IOException {
    return new AccessLog(file);
  }

  private Writer open() throws IOException {
    Writer opened =
        Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    key = key();
    return opened;
  }

  private @Nullable Object key() throws IOException {
    return Files.exists(file)
        ? Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class).fileKey()
        : null;
  }

  /** What a listener with this role tells of its requests. */
  public Observer of(String role) {
    return request -> add(role, request);
  }

  /** How many requests stand nowhere: {@code access-log.lost}. */
  public Map<String, Long> counters() {
    return lost.sum() == 0 ? Map.of() : Map.of("access-log.lost", lost.sum());
  }

  private void add(String role, Ended request) {
    if (!waiting.offer(line(role, request))) {
      lost.increment();
    }
  }

  private static String line(String role, Ended request) {
    RequestHead head = request.head();
    StringWriter text = new StringWriter(300);
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      out.writeStartObject();
      out.writeStringField("time", Instant.ofEpochMilli(request.beganMillis()).toString());
      out.writeStringField("role", role);
      out.writeStringField("class", TrafficClass.of(request.tag()).code());
      out.writeStringField("tenancy", request.tag().isNone() ? "" : request.tag().toString());
      out.writeStringField("peer", request.peer().address().getHostAddress());
      out.writeStringField("method", head.method());
      out.writeStringField("host", head.authority().text());
      out.writeStringField("path", path(head.target()));
      out.writeNumberField("status", request.status());
      out.writeBooleanField("whole", request.whole());
      out.writeNumberField("ms", Math.round(request.tookNanos() / MILLIS * 1_000) / 1e3);
      out.writeStringField("reason", request.reason());
      out.writeStringField("to", request.to());
      out.writeEndObject();
    } catch (IOException impossible) {
      throw new IllegalStateException("memory does not fail", impossible);
    }
    return text.append('\n').toString();
  }

  private static String path(String target) {
    int end = target.indexOf('?') < 0 ? target.length() : target.indexOf('?');
    return target.substring(0, Math.min(end, LONGEST_PATH));
  }

  private void write() {
    while (!closed || !waiting.isEmpty()) {
      try {
        String line = waiting.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        reopenIfMoved();
        for (; line != null; line = waiting.poll()) {
          writer.write(line);
        }
        writer.flush();
        failing = false;
      } catch (IOException e) {
        failed(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void reopenIfMoved() throws IOException {
    Object now = key();
    if (now == null || !now.equals(key)) {
      writer.close();
      writer = open();
    }
  }

  /** A disk that is full is no reason to stop: it may be emptied. Said once, until it takes something again. */
  private void failed(IOException why) {
    lost.increment();
    if (!failing) {
      LOG.log(Level.WARNING, "the access log cannot be written: " + file, why);
      failing = true;
    }
  }

  /** Writes what waits, and ends; takes two seconds at most. */
  @Override
  public void close() {
    closed = true;
    try {
      thread.join(2_000);
      writer.close();
    } catch (IOException e) {
      failed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
