package dev.lanekeeper.gateway.mocks;

import dev.lanekeeper.model.Incarnation;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Stubs on disk, so that a gateway can answer while the control plane is away: a line with a checksum, then their JSON. Since the stubs of
 * a life never change, what is there is never asked for again.
 *
 * <p><b>Threads.</b> Any.
 */
public final class KeptStubs implements StubSource {

  private static final Logger LOG = System.getLogger(KeptStubs.class.getName());
  private static final String SUFFIX = ".stubs";
  private static final int MOST_FILES = 20_000;
  private static final long LEFT_OVER_MILLIS = 60_000;

  private final Path directory;
  private final StubSource origin;

  /** Stubs of {@code origin}, kept in a directory that is made where it is not there. */
  public KeptStubs(Path directory, StubSource origin) {
    this.directory = directory;
    this.origin = origin;
  }

  @Override
  public @Nullable String stubs(Incarnation mock) throws IOException {
    Path file = directory.resolve(mock.id() + SUFFIX);
    String kept = read(file);
    if (kept != null) {
      return kept;
    }
    String stubs = origin.stubs(mock);
    if (stubs != null) {
      try {
        write(file, stubs);
      } catch (IOException | SecurityException noDisk) {
        LOG.log(Level.WARNING, file + ": the stubs are not kept (" + noDisk + "); they are asked for again");
      }
    }
    return stubs;
  }

  private static @Nullable String read(Path file) {
    try {
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      int end = text.indexOf('\n');
      String stubs = text.substring(end + 1);
      if (end > 0 && text.substring(0, end).equals(checksum(stubs))) {
        return stubs;
      }
      LOG.log(Level.WARNING, file + ": broken; it is asked for again");
    } catch (NoSuchFileException none) {
      return null;
    } catch (IOException unreadable) {
      LOG.log(Level.WARNING, file + ": cannot be read (" + unreadable + "); it is asked for again");
    }
    return null;
  }

  private void write(Path file, String stubs) throws IOException {
    Files.createDirectories(directory);
    Path fresh = Files.createTempFile(directory, "new", ".tmp");
    try {
      Files.writeString(fresh, checksum(stubs) + "\n" + stubs);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
    forgetOldest();
  }

  private void forgetOldest() throws IOException {
    List<Map.Entry<Path, Long>> files;
    try (Stream<Path> all = Files.list(directory)) {
      files = all.filter(path -> path.toString().endsWith(SUFFIX) || isLeftOver(path))
          .map(path -> Map.entry(path, age(path))).toList();
    }
    for (Map.Entry<Path, Long> old : files.stream().sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .skip(MOST_FILES).toList()) {
      Files.deleteIfExists(old.getKey());
    }
    for (Map.Entry<Path, Long> file : files) {
      if (isLeftOver(file.getKey())) {
        Files.deleteIfExists(file.getKey());
      }
    }
  }

  /** Of a process that was killed while it wrote. */
  private static boolean isLeftOver(Path path) {
    return path.toString().endsWith(".tmp") && System.currentTimeMillis() - age(path) > LEFT_OVER_MILLIS;
  }

  private static long age(Path path) {
    return path.toFile().lastModified();
  }

  private static String checksum(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return "lanekeeper-stubs 1 " + Long.toHexString(crc.getValue());
  }
}
