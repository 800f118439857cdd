package dev.lanekeeper.storm.reading;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What one consumer processed, in a file: written before it is committed, so that whoever is killed has said what it did. The name of
 * the file says in which group, as the broker knows it, and by whom.
 */
public final class Journal implements AutoCloseable {

  private static final String SUFFIX = ".journal";
  private static final String BETWEEN = "~";
  private static final int BYTES = Long.BYTES + Long.BYTES + Long.BYTES + Integer.BYTES + Integer.BYTES;
  private static final int MOST = 500;

  private final FileChannel file;
  private final ByteBuffer buffer = ByteBuffer.allocate(MOST * BYTES);

  /**
   * A journal that is begun.
   *
   * @param directory of all of them
   * @param group in which the consumer is
   * @param instance that is said nowhere else
   */
  public Journal(Path directory, String group, String instance) throws IOException {
    file = FileChannel.open(directory.resolve(group + BETWEEN + instance + SUFFIX), StandardOpenOption.CREATE_NEW,
        StandardOpenOption.WRITE);
  }

  /**
   * That a message was processed.
   *
   * @param id of the message
   * @param millis when
   * @param offset where it stood
   * @param partition where it stood
   * @param handedOver whether it came through a topic of Lanekeeper's own
   */
  public record Entry(long id, long millis, long offset, int partition, boolean handedOver) {}

  /**
   * Whose journal it is.
   *
   * @param group in which the consumer was
   * @param instance which it was
   * @param file its entries
   */
  public record Page(String group, String instance, Path file) {}

  /** Notes that a message is processed. */
  public void add(Entry entry) throws IOException {
    if (!buffer.hasRemaining()) {
      flush();
    }
    buffer.putLong(entry.id).putLong(entry.millis).putLong(entry.offset).putInt(entry.partition)
        .putInt(entry.handedOver ? 1 : 0);
  }

  /** Gives all that was noted to the operating system, where no signal reaches it. */
  public void flush() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      file.write(buffer);
    }
    buffer.clear();
  }

  @Override
  public void close() throws IOException {
    flush();
    file.close();
  }

  /** All journals in a directory. */
  public static List<Page> in(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().map(Journal::page).toList();
    }
  }

  private static Page page(Path file) {
    String name = file.getFileName().toString();
    int between = name.indexOf(BETWEEN);
    return new Page(name.substring(0, between),
        name.substring(between + BETWEEN.length(), name.length() - SUFFIX.length()), file);
  }

  /** Reads a journal. What was being written when the process was killed was not processed. */
  public static void read(Page page, Consumer<Entry> reader) throws IOException {
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(page.file));
    while (all.remaining() >= BYTES) {
      reader.accept(new Entry(all.getLong(), all.getLong(), all.getLong(), all.getInt(), all.getInt() != 0));
    }
  }
}
