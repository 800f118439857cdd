package dev.lanekeeper.controlplane.quarantine;

import dev.lanekeeper.controlplane.kafka.TopicBrowser;
import dev.lanekeeper.controlplane.kafka.TopicBrowser.Extent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The quarantines of one cluster from their ends: each partition backwards, and of all partitions the one whose newest record is the
 * newest first. Reads them in parts, so that what was looked at is known however far one comes.
 */
final class NewestFirst {

  /** How many offsets are read at once. */
  private static final long PART = 200;

  private final String cluster;
  private final TopicBrowser browser;
  private final Map<TopicPartition, Tail> tails = new HashMap<>();

  /**
   * From places on.
   *
   * @param extents what there is of each partition, up to where it is looked at
   */
  NewestFirst(String cluster, TopicBrowser browser, Map<TopicPartition, Extent> extents) {
    this.cluster = cluster;
    this.browser = browser;
    extents.forEach((partition, extent) -> tails.put(partition, new Tail(partition, extent)));
  }

  /** What is still to come of one partition. */
  private final class Tail {
    private final TopicPartition partition;
    private final long from;
    /** Up to where nothing was read yet. */
    private long unread;
    /** What was read, the newest first. */
    private final Deque<Aside> heads = new ArrayDeque<>();
    /** How much of what was read is no record that was put aside. */
    private long foreign;

    Tail(TopicPartition partition, Extent extent) {
      this.partition = partition;
      this.from = extent.from();
      this.unread = extent.to();
    }

    @Nullable
    Aside head() {
      while (heads.isEmpty() && unread > from) {
        long begin = Math.max(from, unread - PART);
        browser.read(partition, new Extent(begin, unread), record -> {
          Aside aside = Aside.of(cluster, record);
          if (aside == null) {
            foreign++;
          } else {
            heads.addFirst(aside);
          }
        });
        unread = begin;
      }
      return heads.peekFirst();
    }

    /** The offset after the next one that is to come. */
    long place() {
      Aside head = heads.peekFirst();
      return head == null ? unread : head.id().offset() + 1;
    }

    long rest() {
      return place() - from;
    }
  }

  /** The newest record that is left; null if none is. */
  @Nullable
  Aside peek() {
    Aside newest = null;
    for (Tail tail : tails.values()) {
      Aside head = tail.head();
      if (head != null && (newest == null || isNewer(head, newest))) {
        newest = head;
      }
    }
    return newest;
  }

  private static boolean isNewer(Aside one, Aside other) {
    return one.asideMillis() != other.asideMillis()
        ? one.asideMillis() > other.asideMillis()
        : one.id().toString().compareTo(other.id().toString()) > 0;
  }

  /** Goes past what {@link #peek} gave. */
  void pass(Aside head) {
    Tail tail = tails.get(head.id().place());
    if (tail != null) {
      tail.heads.pollFirst();
    }
  }

  /** How many records are left, at most. */
  long rest() {
    return tails.values().stream().mapToLong(Tail::rest).sum();
  }

  /** Up to where each partition is still to be looked at; those of which nothing is left are not in it. */
  Map<TopicPartition, Long> places() {
    Map<TopicPartition, Long> places = new TreeMap<>(
        java.util.Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition));
    tails.forEach((partition, tail) -> {
      if (tail.rest() > 0) {
        places.put(partition, tail.place());
      }
    });
    return places;
  }
}
