package dev.lanekeeper.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What the workload of an override whose residue is handed over again may have begun to process: written to its group before
 * a record is handed over, and carried on by each later commit.
 *
 * <p>INVARIANT: what is not claimed is not handed over. A workload that is killed, or loses its place while it has a record in hand,
 * cannot be kept from having processed it.
 *
 * <p><b>Threads.</b> That of the consumer; {@link #carried} may be called by any.
 */
final class Claims {

  private static final Duration BROKER_PATIENCE = Duration.ofSeconds(2);

  private record Place(String group, TopicPartition partition) {}

  /** Whose is what, for producers that commit offsets of a group. */
  private static final ConcurrentMap<Place, Claims> OF_PLACES = new ConcurrentHashMap<>();

  private final String group;
  private final BooleanSupplier needed;
  private final Function<String, Set<TopicPartition>> placed;
  private final ConcurrentMap<TopicPartition, Long> claimed = new ConcurrentHashMap<>();
  /** Where the broker has forgotten the offsets of the group: all is claimed with the next commit. */
  private final Set<TopicPartition> forgotten = ConcurrentHashMap.newKeySet();
  /** What is committed, as far as this consumer knows. */
  private final Map<TopicPartition, Long> committed = new HashMap<>();
  private volatile boolean transactional;

  /**
   * Of a consumer.
   *
   * @param needed whether what it leaves is handed over to others
   * @param placed the partitions of a topic in which an offset of its group was set when its override began; of a topic that came later, all
   *     in which one was
   */
  Claims(String group, BooleanSupplier needed, Function<String, Set<TopicPartition>> placed) {
    this.group = group;
    this.needed = needed;
    this.placed = placed;
  }

  /** Whether what is not claimed may not be handed over. */
  boolean areNeeded() {
    return needed.getAsBoolean();
  }

  /** Whether it is known what is claimed in a partition, or need not be. */
  boolean areKnown(TopicPartition partition) {
    return claimed.containsKey(partition) || !areNeeded();
  }

  /**
   * Claims records, and waits until that is written.
   *
   * @throws org.apache.kafka.common.KafkaException if it is not written, or nobody can tell: then nothing may be handed over
   */
  void claim(ConsumerRecords<?, ?> own, Consumer<?, ?> client) {
    if (transactional) {
      learn(own.partitions(), client);
    }
    Map<TopicPartition, OffsetAndMetadata> due = new HashMap<>();
    for (TopicPartition partition : own.partitions()) {
      List<? extends ConsumerRecord<?, ?>> records = own.records(partition);
      long end = forgotten.contains(partition) ? Claim.UNKNOWN : records.get(records.size() - 1).offset() + 1;
      if (end > claimed.getOrDefault(partition, Claim.NONE)) {
        long stands = committed.getOrDefault(partition, records.get(0).offset());
        due.put(partition, Claim.with(new OffsetAndMetadata(stands), end));
      }
    }
    if (!due.isEmpty()) {
      client.commitSync(due, BROKER_PATIENCE);
      due.forEach((partition, offset) -> {
        committed.put(partition, offset.offset());
        claimed.put(partition, Claim.of(offset.metadata()));
        forgotten.remove(partition);
      });
    }
  }

  /** What an offset that is committed now is to say. */
  private long due(TopicPartition partition, long known) {
    return forgotten.contains(partition) ? Claim.UNKNOWN : known;
  }

  /**
   * A member that is given a partition goes on with what the one before it claimed. Asks the broker, once for each.
   *
   * @throws org.apache.kafka.common.KafkaException if it does not answer: then nothing may be handed over, or committed
   */
  void learn(Set<TopicPartition> partitions, Consumer<?, ?> client) {
    Set<TopicPartition> unknown = new HashSet<>(partitions);
    if (!transactional) {
      unknown.removeAll(claimed.keySet());
    }
    if (unknown.isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> known = client.committed(unknown, BROKER_PATIENCE);
    for (TopicPartition partition : unknown) {
      OF_PLACES.put(new Place(group, partition), this);
      @Nullable OffsetAndMetadata offset = known.get(partition);
      if (offset == null) {
        committed.remove(partition);
        if (isForgotten(partition, client)) {
          forgotten.add(partition);
        }
        claimed.putIfAbsent(partition, Claim.NONE);
      } else {
        committed.put(partition, offset.offset());
        claimed.merge(partition, Claim.of(offset.metadata()), Math::max);
      }
    }
  }

  /**
   * Whether the broker has forgotten the offsets of the group, so that nobody knows any more what was processed by then: each birth sets
   * some. A partition that came later never had one; of it the others tell that the group reads, also where a member has committed
   * since that nobody knows.
   */
  private boolean isForgotten(TopicPartition partition, Consumer<?, ?> client) {
    Set<TopicPartition> set = placed.apply(partition.topic());
    if (set.contains(partition)) {
      return true;
    }
    Set<String> subscribed = client.subscription();
    Set<TopicPartition> others = new HashSet<>(set);
    others.removeIf(other -> !subscribed.contains(other.topic())); // set in another group, or not read any more
    if (others.isEmpty()) {
      return false;
    }
    others.addAll(client.assignment());
    return client.committed(others, BROKER_PATIENCE).values().stream().noneMatch(Claim::isLeft);
  }

  /**
   * The same of those of which nothing is known, where that matters.
   *
   * @throws org.apache.kafka.common.KafkaException if the broker does not answer: then nothing may be committed
   */
  void learnUnknown(Set<TopicPartition> partitions, Consumer<?, ?> client) {
    if (areNeeded()) {
      Set<TopicPartition> unknown = new HashSet<>(partitions);
      unknown.removeIf(partition -> claimed.containsKey(partition) || HandoverPlaces.isOne(partition));
      if (!unknown.isEmpty()) {
        learn(unknown, client);
      }
    }
  }

  /** Offsets to commit, with what is claimed beyond them. */
  Map<TopicPartition, OffsetAndMetadata> carry(Map<TopicPartition, OffsetAndMetadata> offsets) {
    if (claimed.isEmpty()) {
      return offsets;
    }
    Map<TopicPartition, OffsetAndMetadata> carried = new HashMap<>(offsets);
    carried.replaceAll((partition, offset) -> {
      Long claim = claimed.get(partition);
      if (claim == null || offset == null) {
        return offset;
      }
      committed.put(partition, offset.offset());
      return Claim.with(offset, due(partition, claim));
    });
    return carried;
  }

  /** Offsets of a group that a transaction commits, with what is claimed beyond them. May be called by any thread. */
  static Map<TopicPartition, OffsetAndMetadata> carried(String group, Map<TopicPartition, OffsetAndMetadata> offsets) {
    if (OF_PLACES.isEmpty()) {
      return offsets;
    }
    Map<TopicPartition, OffsetAndMetadata> carried = new HashMap<>(offsets);
    carried.replaceAll((partition, offset) -> {
      Claims claims = OF_PLACES.get(new Place(group, partition));
      if (claims == null || offset == null) {
        return offset;
      }
      claims.transactional = true;
      return Claim.with(offset, claims.due(partition, claims.claimed.getOrDefault(partition, Claim.NONE)));
    });
    return carried;
  }

  /**
   * All positions with what is claimed beyond them, to be committed in their place.
   *
   * @return null where nothing is claimed beyond any of them: then the client may commit them
   */
  @Nullable
  Map<TopicPartition, OffsetAndMetadata> ofPositions(Consumer<?, ?> client) {
    if (claimed.isEmpty()) {
      return null;
    }
    Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
    boolean beyond = false;
    for (TopicPartition partition : client.assignment()) {
      long position = position(partition, client);
      if (position >= 0) {
        positions.put(partition, new OffsetAndMetadata(position));
        beyond |= due(partition, claimed.getOrDefault(partition, Claim.NONE)) > position;
      }
    }
    return beyond ? positions : null;
  }

  /** Where a client stands in a partition; -1 if nowhere yet. Does not wait. */
  static long position(TopicPartition partition, Consumer<?, ?> client) {
    try {
      return client.position(partition, Duration.ZERO);
    } catch (TimeoutException | InvalidOffsetException nowhere) {
      return -1;
    }
  }

  /** Partitions went. */
  void forget(Collection<TopicPartition> gone) {
    for (TopicPartition partition : gone) {
      claimed.remove(partition);
      forgotten.remove(partition);
      committed.remove(partition);
      OF_PLACES.remove(new Place(group, partition), this);
    }
  }

  /** All of them. */
  void forgetAll() {
    forget(Set.copyOf(claimed.keySet()));
  }
}
