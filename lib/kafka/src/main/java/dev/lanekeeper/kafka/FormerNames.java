package dev.lanekeeper.kafka;

import dev.lanekeeper.model.WireNames;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Under which names the tags of records travelled that were held in doubt, and of those before them. INVARIANT: while such a record waits an
 * environment may be given other names; by these it would bear no tag, and be the baseline's.
 */
final class FormerNames {

  private record Pin(long offset, WireNames names) {}

  private final Map<TopicPartition, Pin> pins = new HashMap<>();
  private boolean differ;

  /** A record is held that was read by these names. */
  void held(TopicPartition partition, long offset, WireNames names) {
    pins.put(partition, new Pin(offset, names));
  }

  /** These are the names now. */
  void now(WireNames names) {
    differ = !pins.isEmpty() && pins.values().stream().anyMatch(pin -> !pin.names().equals(names));
  }

  /** Whether there are records that have to be read by other names than those of now. */
  boolean differ() {
    return differ;
  }

  /** The names by which to read a record; null for those of now. */
  @Nullable
  WireNames of(ConsumerRecord<?, ?> record) {
    if (pins.isEmpty()) {
      return null;
    }
    Pin pin = pins.get(new TopicPartition(record.topic(), record.partition()));
    return pin == null || record.offset() > pin.offset() ? null : pin.names();
  }

  /** Before a poll: what the client stands behind will not come again. */
  void settle(Consumer<?, ?> client) {
    if (!pins.isEmpty()) {
      Set<TopicPartition> assigned = client.assignment();
      pins.entrySet().removeIf(
          entry -> !assigned.contains(entry.getKey()) || isBehind(client, entry.getKey(), entry.getValue().offset()));
    }
  }

  private static boolean isBehind(Consumer<?, ?> client, TopicPartition partition, long offset) {
    try {
      return client.position(partition, Duration.ZERO) > offset;
    } catch (TimeoutException | InvalidOffsetException unknown) {
      return false;
    }
  }

  void forget(Collection<TopicPartition> gone) {
    gone.forEach(pins::remove);
  }
}
