package dev.lanekeeper.controlplane.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.controlplane.kafka.Copy;
import dev.lanekeeper.controlplane.kafka.GroupReader;
import dev.lanekeeper.controlplane.lifecycle.Start;
import dev.lanekeeper.controlplane.store.InMemoryStore;
import dev.lanekeeper.controlplane.store.Memory;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.PartitionOffset;
import dev.lanekeeper.model.Residue;
import dev.lanekeeper.model.ServiceName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
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
    private long seat;
    private final Headers headers = new RecordHeaders();
    private final List<Copy> copies = new ArrayList<>();

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
    look(reader, Undertaker::work);
  }

  private static void look(OneByOne reader, Consumer<Undertaker> look) {
    try (Store store =
        new InMemoryStore(new Memory(), InstantSource.system(), new SplittableRandom(1));
        Undertaker undertaker = new Undertaker(
            new Undertaker.Estate(ServiceName.of("C"), new Incarnation("i"), Residue.QUARANTINE, false), "c",
            Set.of("orders"), reader, store, record -> true, () -> true)) {
      look.accept(undertaker);
    }
  }

  @Test
  void read_commitsManyAtOnce_andTheRestWhenItIsTold() {
    OneByOne reader = new OneByOne(30_000, 0);
    look(reader, undertaker -> {
      while (undertaker.read(Duration.ZERO)) {
        // reads all
      }
      assertThat(reader.committed).isBetween(1L, 29_999L);
      undertaker.commit();
      assertThat(reader.committed).isEqualTo(30_000);
    });
  }

  @Test
  void read_losesItsSeatAndComesBack_putsNothingAsideTwice() {
    OneByOne reader = new OneByOne(3, 0);
    reader.headers.add("baggage", "tenancy=a".getBytes(StandardCharsets.UTF_8));
    look(reader, undertaker -> {
      undertaker.read(Duration.ZERO);
      undertaker.read(Duration.ZERO);
      reader.seat++;
      reader.read = 0;
      undertaker.work();
    });
    assertThat(reader.committed).isEqualTo(3);
    assertThat(reader.copies).hasSize(3);
  }

  @Test
  void isPast_asksNobody_whereItHasNotReadSoFar() {
    OneByOne reader = new OneByOne(3, 0);
    PartitionOffset fence = new PartitionOffset("default", "orders", "", 0, 3);
    look(reader, undertaker -> {
      undertaker.read(Duration.ZERO);
      assertThat(undertaker.isPast(List.of(fence), () -> {
        throw new AssertionError("asked");
      })).isFalse();
      undertaker.work();
      assertThat(undertaker.isPast(List.of(fence), () -> List
          .of(new Start("default", "c", "orders", "", 0, reader.committed)))).isTrue();
    });
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
