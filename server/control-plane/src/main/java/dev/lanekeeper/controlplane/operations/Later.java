package dev.lanekeeper.controlplane.operations;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * The places of records that nobody can decide for a while, or for which there is no room in memory: a bit for each. They are read
 * again when it is time to. Nothing is committed past them.
 *
 * <p><b>Threads.</b> Belongs to one.
 */
final class Later {

  private static final int WORTH_A_COPY = 1 << 16;

  private final Map<TopicPartition, Places> all = new HashMap<>();

  /** Of one partition. */
  private static final class Places {
    /** The offset of the first bit. */
    private long base;
    private BitSet bits = new BitSet();
    private long dueMillis = Long.MAX_VALUE;
    /** Up to where they were read again; negative where they are not being read. */
    private long cursor = -1;

    Places(long base) {
      this.base = base;
    }

    long first() {
      return base + bits.nextSetBit(0);
    }

    void set(long offset) {
      if (offset < base) {
        BitSet moved = new BitSet();
        int by = (int) (base - offset);
        bits.stream().forEach(bit -> moved.set(bit + by));
        bits = moved;
        base = offset;
      }
      bits.set((int) (offset - base));
    }

    boolean has(long offset) {
      return offset >= base && offset - base <= Integer.MAX_VALUE && bits.get((int) (offset - base));
    }

    void clear(long from, long end) {
      if (end > base) {
        bits.clear((int) Math.max(0, from - base), (int) Math.min(Integer.MAX_VALUE, end - base));
        int first = bits.nextSetBit(0);
        if (first > WORTH_A_COPY) {
          bits = bits.get(first, bits.length());
          base += first;
        }
      }
    }
  }

  /** Adds one, which is to be read again at a time, ms since 1970. */
  void add(TopicPartition partition, long offset, long dueMillis) {
    Places places = all.computeIfAbsent(partition, key -> new Places(offset));
    places.set(offset);
    places.dueMillis = Math.min(places.dueMillis, dueMillis);
  }

  void remove(TopicPartition partition, long offset) {
    Places places = all.get(partition);
    if (places != null && places.has(offset)) {
      places.clear(offset, offset + 1);
      forgetEmpty(partition, places);
    }
  }

  boolean contains(TopicPartition partition, long offset) {
    Places places = all.get(partition);
    return places != null && places.has(offset);
  }

  private void forgetEmpty(TopicPartition partition, Places places) {
    if (places.bits.isEmpty()) {
      all.remove(partition);
    }
  }

  /** The partitions of which some are to be read again, and are not being read. */
  List<TopicPartition> due(long nowMillis) {
    List<TopicPartition> due = new ArrayList<>();
    all.forEach((partition, places) -> {
      if (places.cursor < 0 && places.dueMillis <= nowMillis) {
        due.add(partition);
      }
    });
    return due;
  }

  /** Those of a partition are being read again from now on; the first of them. */
  long begin(TopicPartition partition) {
    Places places = all.get(partition);
    if (places == null) {
      throw new IllegalArgumentException("partition: " + partition + " (expected: one of which something is kept)");
    }
    places.cursor = places.first();
    places.dueMillis = Long.MAX_VALUE;
    return places.cursor;
  }

  /** A record is read again: those before it that were not are gone from the topic. */
  void met(TopicPartition partition, long offset) {
    Places places = all.get(partition);
    if (places != null && places.cursor >= 0) {
      places.clear(places.cursor, offset);
      places.cursor = Math.max(places.cursor, offset + 1);
      forgetEmpty(partition, places);
    }
  }

  /** All that stood below an offset was read again. */
  void end(TopicPartition partition, long offset) {
    met(partition, offset);
    Places places = all.get(partition);
    if (places != null) {
      places.cursor = -1;
    }
  }

  /** Whether those of a partition are being read again. */
  boolean isReading(TopicPartition partition) {
    Places places = all.get(partition);
    return places != null && places.cursor >= 0;
  }

  /** Up to where a partition is settled that is settled otherwise up to an offset. */
  long settled(TopicPartition partition, long offset) {
    Places places = all.get(partition);
    return places == null ? offset : Math.min(offset, places.first());
  }

  /** Forgets all of other partitions than these: somebody else reads them now. */
  void keepOnly(Set<TopicPartition> partitions) {
    all.keySet().retainAll(partitions);
  }

  void clear() {
    all.clear();
  }

  /** How many there are. */
  long count() {
    return all.values().stream().mapToLong(places -> places.bits.cardinality()).sum();
  }
}
