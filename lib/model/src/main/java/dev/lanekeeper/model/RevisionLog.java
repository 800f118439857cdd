package dev.lanekeeper.model;

import java.util.Arrays;

/**
 * The revisions of a table with their seals and commit times, oldest first: within an epoch of the store without a gap.
 *
 * <p>Immutable to look at. Logs that grew out of each other share their arrays, of which each sees its own length.
 */
public final class RevisionLog {

  /** No revision yet. */
  public static final RevisionLog EMPTY = new RevisionLog(new Rows(16), 0);

  private final Rows rows;
  private final int length;
  private final long oldest;
  private final long newest;

  private RevisionLog(Rows rows, int length) {
    this.rows = rows;
    this.length = length;
    this.oldest = length == 0 ? 0 : rows.revisions[0];
    this.newest = length == 0 ? 0 : rows.revisions[length - 1];
  }

  /** What logs share. Only {@link RevisionLog#append} writes, behind what any log sees. */
  private static final class Rows {
    private final long[] revisions;
    private final int[] seals;
    private final long[] commitMillis;
    private int used;

    Rows(int capacity) {
      revisions = new long[capacity];
      seals = new int[capacity];
      commitMillis = new long[capacity];
    }

    Rows(Rows from, int length, int capacity) {
      revisions = Arrays.copyOf(Arrays.copyOf(from.revisions, length), capacity);
      seals = Arrays.copyOf(Arrays.copyOf(from.seals, length), capacity);
      commitMillis = Arrays.copyOf(Arrays.copyOf(from.commitMillis, length), capacity);
      used = length;
    }
  }

  /** Whether there is no revision yet. */
  public boolean isEmpty() {
    return length == 0;
  }

  /** How many revisions there are. */
  public int size() {
    return length;
  }

  /** The revision in a row, from 0, oldest first. */
  public long revision(int row) {
    return rows.revisions[checked(row)];
  }

  /** The seal in a row. */
  public int seal(int row) {
    return rows.seals[checked(row)];
  }

  /** The commit time in a row, ms since 1970. */
  public long commitMillis(int row) {
    return rows.commitMillis[checked(row)];
  }

  private int checked(int row) {
    if (row < 0 || row >= length) {
      throw new IndexOutOfBoundsException("row: " + row + " (expected: 0 to " + (length - 1) + ")");
    }
    return row;
  }

  /** The newest revision; 0 if there is none. */
  public long newest() {
    return newest;
  }

  /** The oldest revision; 0 if there is none. */
  public long oldest() {
    return oldest;
  }

  /** The stamp of the newest revision; {@link Stamp#NONE} if there is none. */
  public Stamp newestStamp() {
    return length == 0 ? Stamp.NONE : new Stamp(newest(), rows.seals[length - 1]);
  }

  /**
   * This log with one more revision.
   *
   * @throws IllegalArgumentException unless the revision is the next one, or the first of a later epoch, and the commit
   *     time is not less than the one before
   */
  public RevisionLog append(long revision, int seal, long commitMillis) {
    if (revision <= 0 || revision > Stamp.LARGEST_REVISION) {
      throw new IllegalArgumentException("revision: " + revision + " (expected: 1 to " + Stamp.LARGEST_REVISION + ")");
    }
    if (length > 0) {
      boolean next = revision == newest() + 1;
      boolean laterEpoch = Stamp.epochOf(revision) > Stamp.epochOf(newest());
      if (!next && !laterEpoch) {
        throw new IllegalArgumentException("revision: " + revision + " (expected: " + (newest() + 1) + ")");
      }
      if (commitMillis < rows.commitMillis[length - 1]) {
        throw new IllegalArgumentException("commit time: " + commitMillis + " (expected: at least "
            + rows.commitMillis[length - 1] + ", that of the revision before)");
      }
    }
    synchronized (rows) {
      Rows target = rows;
      if (length == rows.revisions.length || rows.used != length) {
        target = new Rows(rows, length, Math.max(16, length + (length >> 1) + 1));
      }
      target.revisions[length] = revision;
      target.seals[length] = seal;
      target.commitMillis[length] = commitMillis;
      target.used = length + 1;
      return new RevisionLog(target, length + 1);
    }
  }

  /** In which row a revision stands; negative if in none. */
  int row(long revision) {
    if (revision < oldest || revision > newest || length == 0) {
      return -1;
    }
    if (newest - oldest == length - 1) {
      return (int) (revision - oldest);
    }
    return Arrays.binarySearch(rows.revisions, 0, length, revision);
  }

  /** The last revision whose commit time is not after this time; 0 if all are. */
  long newestAt(long millis) {
    int low = 0;
    int high = length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (rows.commitMillis[middle] <= millis) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == 0 ? 0 : rows.revisions[low - 1];
  }
}
