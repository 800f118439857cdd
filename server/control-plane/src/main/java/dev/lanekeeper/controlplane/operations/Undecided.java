package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.controlplane.kafka.Copy;
import dev.lanekeeper.kafka.QuarantinedRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/**
 * Records that were read from quarantines and are not settled yet. In memory, and bounded: what has no room there is read again
 * {@link Later}. Nothing is committed past them.
 *
 * <p><b>Threads.</b> Belongs to one.
 */
final class Undecided {

  private final int most;
  private final long mostBytes;
  private final Map<TopicPartition, NavigableMap<Long, Held>> held = new HashMap<>();
  /** By what copies of one record have in common. */
  private final Map<String, List<Held>> copies = new HashMap<>();
  private int count;
  private long bytes;

  /** No more than so many, nor so much. */
  Undecided(int most, long mostBytes) {
    this.most = most;
    this.mostBytes = mostBytes;
  }

  /**
   * One record.
   *
   * @param partition of the quarantine
   * @param offset in the quarantine
   * @param key what copies have in common that count as one
   * @param record what stands there
   */
  record Held(TopicPartition partition, long offset, String key, QuarantinedRecord record) {
    private long bytes() {
      return Copy.bytes(record.key(), record.value(), record.headers());
    }
  }

  /** Whether there are more than there may be. A single one may always be. */
  boolean isOverfull() {
    return count > 1 && (count > most || bytes > mostBytes);
  }

  void add(Held one) {
    remove(one);
    held.computeIfAbsent(one.partition, partition -> new TreeMap<>()).put(one.offset, one);
    copies.computeIfAbsent(one.key, key -> new ArrayList<>()).add(one);
    count++;
    bytes += one.bytes();
  }

  void remove(Held one) {
    NavigableMap<Long, Held> there = held.get(one.partition);
    Held gone = there == null ? null : there.remove(one.offset);
    if (gone != null) {
      List<Held> alike = copies.getOrDefault(gone.key, List.of());
      alike.remove(gone);
      if (alike.isEmpty()) {
        copies.remove(gone.key);
      }
      count--;
      bytes -= gone.bytes();
    }
  }

  /** Forgets all of other partitions than these: somebody else reads them now. */
  void keepOnly(Set<TopicPartition> partitions) {
    all().stream().filter(one -> !partitions.contains(one.partition)).forEach(this::remove);
  }

  void clear() {
    all().forEach(this::remove);
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** The copies of the same record that are among them. */
  List<Held> copies(String key) {
    return List.copyOf(copies.getOrDefault(key, List.of()));
  }

  /** Removes all copies of one record. */
  void settled(String key) {
    copies(key).forEach(this::remove);
  }

  /** All of them, in the order of their offsets in each partition. */
  List<Held> all() {
    List<Held> all = new ArrayList<>();
    held.values().forEach(there -> all.addAll(there.values()));
    return all;
  }

  /** Up to where a partition is settled that was read up to an offset. */
  long settled(TopicPartition partition, long read) {
    NavigableMap<Long, Held> there = held.get(partition);
    return there == null || there.isEmpty() ? read : Math.min(read, there.firstKey());
  }
}
