package dev.lanekeeper.gateway.admission;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What a file holds, read again when it has changed: looked at once a second at most, when it is asked for. Where it cannot be read
 * then, what was read before goes on; it is said once for each change.
 *
 * <p><b>Threads.</b> Any: one of those who ask reads, the others go on with what was read before.
 */
final class Renewed<T> {

  private static final Logger LOG = System.getLogger(Renewed.class.getName());
  private static final long EVERY = Duration.ofSeconds(1).toNanos();

  /** Reads a file. */
  @FunctionalInterface
  interface Reading<T> {
    T from(Path file) throws IOException;
  }

  private final Path file;
  private final Reading<T> reading;
  private final AtomicLong lookedNanos;
  private volatile List<@Nullable Object> seen;
  private volatile T value;

  /**
   * Reads it for the first time.
   *
   * @throws IOException if it cannot be read
   */
  Renewed(Path file, Reading<T> reading) throws IOException {
    this.file = file;
    this.reading = reading;
    seen = marks(file); // before it is read: what changes meanwhile is read again
    value = reading.from(file);
    lookedNanos = new AtomicLong(System.nanoTime());
  }

  /** By what a change shows. */
  private static List<@Nullable Object> marks(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return java.util.Arrays.asList(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
  }

  /** What it holds. */
  T get() {
    long now = System.nanoTime();
    long before = lookedNanos.get();
    if (now - before > EVERY && lookedNanos.compareAndSet(before, now)) {
      look();
    }
    return value;
  }

  private void look() {
    try {
      List<@Nullable Object> now = marks(file);
      if (!now.equals(seen)) {
        seen = now;
        value = reading.from(file);
        LOG.log(Level.INFO, file + " was read again");
      }
    } catch (IOException unusable) {
      LOG.log(Level.WARNING, unusable.getMessage() + "; what was read before goes on");
    }
  }
}
