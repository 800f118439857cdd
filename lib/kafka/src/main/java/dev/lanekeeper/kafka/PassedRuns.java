package dev.lanekeeper.kafka;

import java.util.Arrays;

/**
 * Which stretches of one partition were passed over: {@code [start, end)} each, ascending, never touching. Adding is at the
 * end only. The oldest are forgotten where there are too many, which costs nothing but accuracy of the lag.
 */
final class PassedRuns {

  private static final int MOST_RUNS = 16_384;

  private long[] starts = new long[8];
  private long[] ends = new long[8];
  private int first;
  private int size;

  /** Adds a stretch that begins at or behind the end of the last one. */
  void add(long start, long end) {
    int last = first + size - 1;
    if (size > 0 && ends[last] >= start) {
      ends[last] = Math.max(ends[last], end);
      return;
    }
    if (last + 1 == starts.length) {
      makeRoom();
      last = first + size - 1;
    }
    starts[last + 1] = start;
    ends[last + 1] = end;
    size++;
  }

  private void makeRoom() {
    if (size >= MOST_RUNS) {
      first += size / 2;
      size -= size / 2;
    }
    int capacity = size > starts.length / 2 ? starts.length * 2 : starts.length;
    long[] newStarts = new long[capacity];
    long[] newEnds = new long[capacity];
    System.arraycopy(starts, first, newStarts, 0, size);
    System.arraycopy(ends, first, newEnds, 0, size);
    starts = newStarts;
    ends = newEnds;
    first = 0;
  }

  /** The end of the stretch in which an offset lies; the offset itself where it lies in none. */
  long lift(long offset) {
    int found = Arrays.binarySearch(starts, first, first + size, offset);
    int run = found >= 0 ? found : -found - 2;
    return run >= first && offset < ends[run] ? ends[run] : offset;
  }

  /** Forgets what ends at or before an offset. */
  void prune(long offset) {
    while (size > 0 && ends[first] <= offset) {
      first++;
      size--;
    }
    if (size == 0) {
      first = 0;
    }
  }

  void clear() {
    first = 0;
    size = 0;
  }

  int size() {
    return size;
  }
}
