package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.controlplane.kafka.Copy;
import dev.lanekeeper.controlplane.kafka.GroupReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Gives one record each time it is read, up to so many, once it has joined: that takes so many polls. */
final class OneByOne implements GroupReader {

  private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

  private final int records;
  private int toJoin;
  private int read;
  private long committed;
  private long seat;
  private final Headers headers = new RecordHeaders();
  private final List<Copy> copies = new ArrayList<>();

  OneByOne(int records, int toJoin) {
    this.records = records;
    this.toJoin = toJoin;
  }

  /** Of all its records. */
  Headers headers() {
    return headers;
  }

  /** The offset that was committed last. */
  long committed() {
    return committed;
  }

  /** What was written with the offsets. */
  List<Copy> copies() {
    return copies;
  }

  /** It loses its seat, and gets another one, where it reads from the first record on. */
  void beginAnew() {
    seat++;
    read = 0;
  }

  @Override
  public List<ConsumerRecord<byte[], byte[]>> read(Duration patience) {
    if (toJoin > 0) {
      toJoin--;
      return List.of();
    }
    return read == records ? List.of() : List.of(record(read++));
  }

  /** Its timestamp is ahead of every clock: if it bears a tag, nobody can tell whose it is. */
  private ConsumerRecord<byte[], byte[]> record(int offset) {
    return new ConsumerRecord<>("orders", 0, offset, Long.MAX_VALUE / 2, TimestampType.CREATE_TIME, -1, 1, null,
        new byte[1], headers, Optional.empty());
  }

  @Override
  public boolean hasJoined() {
    return toJoin == 0;
  }

  @Override
  public long seat() {
    return seat;
  }

  @Override
  public void back(TopicPartition partition, long offset) {
    read = (int) offset;
  }

  @Override
  public List<Copy> commit(Map<TopicPartition, Long> offsets, List<Copy> written) {
    committed = offsets.getOrDefault(ORDERS, committed);
    copies.addAll(written);
    return List.of();
  }

  @Override
  public Map<TopicPartition, Long> positions() {
    return Map.of(ORDERS, (long) read);
  }

  @Override
  public Map<TopicPartition, Long> claims() {
    return Map.of();
  }

  @Override
  public Set<TopicPartition> begunAnew() {
    return Set.of();
  }

  @Override
  public List<String> news() {
    return List.of();
  }

  @Override
  public void close() {}
}
