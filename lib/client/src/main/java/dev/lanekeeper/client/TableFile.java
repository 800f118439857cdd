package dev.lanekeeper.client;

import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.Tenancy;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The last table of a service, on disk: a line {@code lanekeeper-routes 1 <crc32c> <bytes>}, then the table's JSON.
 *
 * <p>It is written beside and moved into its place when it is whole, so whoever reads finds one whole table; of two
 * processes of one service the last one's stays. A file that is broken is kept as {@code .corrupt}, said once, and
 * treated as none. Nothing here ever throws: a process without a disk works, it only starts with less.
 *
 * <p><b>Threads.</b> Any; blocks on the disk.
 */
final class TableFile {

  static final String MAGIC = "lanekeeper-routes";
  static final String VERSION = "1";
  private static final int LONGEST_HEADER = 64;
  private static final long LARGEST = 256L << 20;
  private static final Duration LEFT_OVER = Duration.ofMinutes(1);

  private final Path directory;
  private final String name;
  private final Tally tally;

  TableFile(Path directory, Self self, URI controlPlane, Tally tally) {
    this.directory = directory;
    this.name = nameOf(self, controlPlane);
    this.tally = tally;
  }

  private static String nameOf(Self self, URI controlPlane) {
    Tenancy tenancy = self.tenancy();
    // '+' stands in no tenancy; the hash tells those apart that differ in case only.
    String who = self.service().folded() + (tenancy == null ? "" : "." + tenancy.text().replace('/', '+'));
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest((controlPlane + "\n" + who).getBytes(StandardCharsets.UTF_8));
      return who + "-" + HexFormat.of().formatHex(hash, 0, 8) + ".routes";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  Path path() {
    return directory.resolve(name);
  }

  /** The table that was saved last; null if there is none. */
  synchronized @Nullable RouteTable load() {
    removeLeftOvers();
    try {
      if (Files.size(path()) > LARGEST) {
        throw new RouteFormatException("more than " + LARGEST + " bytes (expected: fewer)");
      }
      return read(Files.readAllBytes(path()));
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      tally.trouble("disk-unreadable", ClientLog.Level.WARNING, "the last table cannot be read: " + path() + ": " + e,
          null);
      return null;
    } catch (RouteFormatException e) {
      setAside(e);
      return null;
    }
  }

  private @Nullable RouteTable read(byte[] bytes) throws RouteFormatException {
    int end = 0;
    while (end < bytes.length && end < LONGEST_HEADER && bytes[end] != '\n') {
      end++;
    }
    String header = new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
    String[] words = header.split(" ", -1);
    if (words.length >= 2 && words[0].equals(MAGIC) && !words[1].equals(VERSION) && words[1].matches("[0-9]{1,9}")) {
      tally.trouble("disk-other-version", ClientLog.Level.WARNING, "the last table is of version " + words[1]
          + " (expected: " + VERSION + "); starting without it: " + path(), null);
      return null;
    }
    byte[] json = Arrays.copyOfRange(bytes, Math.min(end + 1, bytes.length), bytes.length);
    if (!header.equals(header(json))) {
      throw new RouteFormatException(
          "header: " + RouteFormatException.quoted(header) + " (expected: \"" + header(json) + "\")");
    }
    return RouteJson.readTable(json).table();
  }

  private static String header(byte[] json) {
    CRC32C sum = new CRC32C();
    sum.update(json);
    return MAGIC + " " + VERSION + " " + HexFormat.of().toHexDigits((int) sum.getValue()) + " " + json.length;
  }

  private void setAside(RouteFormatException problem) {
    Path corrupt = directory.resolve(name + ".corrupt");
    tally.trouble("disk-corrupt", ClientLog.Level.WARNING,
        "the last table is corrupt, starting without it (kept as " + corrupt + "): " + problem.getMessage(), null);
    try {
      Files.move(path(), corrupt, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      tally.trouble("disk-unwritable", ClientLog.Level.WARNING, "cannot be set aside: " + path() + ": " + e, null);
    }
  }

  /** Writes a table; if that fails the last one stays. */
  synchronized void save(RouteTable table, long asOfMillis) {
    byte[] json = RouteJson.writeTable(table, asOfMillis);
    Path temporary = directory.resolve(name + "." + UUID.randomUUID() + ".tmp");
    try {
      Files.createDirectories(directory);
      write(temporary, (header(json) + "\n").getBytes(StandardCharsets.ISO_8859_1), json);
      move(temporary);
      tally.over("disk-unwritable", "tables are saved again: " + path());
    } catch (IOException | SecurityException e) {
      tally.trouble("disk-unwritable", ClientLog.Level.WARNING, "the table cannot be saved, a restart while the control"
          + " plane is away would begin without it: " + path() + ": " + e, null);
      remove(temporary);
    }
  }

  private static void write(Path file, byte[] header, byte[] json) throws IOException {
    try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer[] parts = {ByteBuffer.wrap(header), ByteBuffer.wrap(json)};
      while (parts[1].hasRemaining()) {
        out.write(parts);
      }
      out.force(true);
    }
  }

  private void move(Path temporary) throws IOException {
    try {
      Files.move(temporary, path(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(temporary, path(), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** What a process left that was killed while it wrote; not what another one may be writing now. */
  private void removeLeftOvers() {
    if (!Files.isDirectory(directory)) {
      return;
    }
    Instant old = Instant.now().minus(LEFT_OVER);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, name + ".*.tmp")) {
      for (Path file : files) {
        removeIfOlder(file, old);
      }
    } catch (IOException | RuntimeException e) {
      tally.count("disk-left-overs-unreadable");
    }
  }

  private void removeIfOlder(Path file, Instant old) throws IOException {
    try {
      if (Files.getLastModifiedTime(file).toInstant().isBefore(old)) {
        remove(file);
      }
    } catch (NoSuchFileException e) {
      return; // Another process has finished its save meanwhile.
    }
  }

  private void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      tally.count("disk-left-over");
    }
  }
}
