package dev.lanekeeper.controlplane.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.controlplane.kafka.Copy;
import dev.lanekeeper.controlplane.kafka.GroupReader;
import dev.lanekeeper.controlplane.store.InMemoryStore;
import dev.lanekeeper.controlplane.store.Memory;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Residue;
import dev.lanekeeper.model.ServiceName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UndertakerTest {

  private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

  /** Gives one record each time it is read, up to so many, once it has joined: that takes so many polls. */
  private static final class OneByOne implements GroupReader {
    private final int records;
    private int toJoin;
    private int read;
    private long committed;

    OneByOne(int records, int toJoin) {
      this.records = records;
      this.toJoin = toJoin;
    }

    @Override
    public List<ConsumerRecord<byte[], byte[]>> read(Duration patience) {
      if (toJoin > 0) {
        toJoin--;
        return List.of();
      }
      return read == records ? List.of() : List.of(new ConsumerRecord<>("orders", 0, read++, null, new byte[1]));
    }

    @Override
    public boolean hasJoined() {
      return toJoin == 0;
    }

    @Override
    public void back(TopicPartition partition, long offset) {
      read = (int) offset;
    }

    @Override
    public List<Copy> commit(Map<TopicPartition, Long> offsets, List<Copy> copies) {
      committed = offsets.getOrDefault(ORDERS, committed);
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
    public List<String> news() {
      return List.of();
    }

    @Override
    public void close() {}
  }

  private static long committedAfterOneLook(int records, int toJoin) {
    OneByOne reader = new OneByOne(records, toJoin);
    look(reader);
    return reader.committed;
  }

  private static void look(OneByOne reader) {
    try (Store store =
        new InMemoryStore(new Memory(), InstantSource.system(), new SplittableRandom(1));
        Undertaker undertaker = new Undertaker(
            new Undertaker.Estate(ServiceName.of("C"), new Incarnation("i"), Residue.QUARANTINE, false), "c",
            Set.of("orders"), reader, store, record -> true)) {
      undertaker.work();
    }
  }

  @Test
  void work_readsAllThatIsThere() {
    assertThat(committedAfterOneLook(12, 0)).isEqualTo(12);
  }

  @Test
  void work_beforeItHasJoined_joinsAndReads() {
    // The poll that lets it in gives nothing: what it then finds is read with the next look.
    OneByOne reader = new OneByOne(12, 5);
    look(reader);
    assertThat(reader.hasJoined()).isTrue();
    look(reader);
    assertThat(reader.committed).isEqualTo(12);
  }

  @Test
  void work_whereItCannotJoin_comesToAnEnd() {
    assertThat(committedAfterOneLook(12, Integer.MAX_VALUE)).isZero();
  }

  @Test
  void work_whileOthersWriteOn_comesToAnEnd() {
    assertThat(committedAfterOneLook(Integer.MAX_VALUE, 0)).isBetween(12L, 1_000L);
  }
}
