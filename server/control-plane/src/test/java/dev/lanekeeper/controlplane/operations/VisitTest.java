package dev.lanekeeper.controlplane.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.Copy;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.kafka.GroupOccupiedException;
import dev.lanekeeper.controlplane.kafka.GroupReader;
import dev.lanekeeper.controlplane.lifecycle.Start;
import dev.lanekeeper.controlplane.store.InMemoryStore;
import dev.lanekeeper.controlplane.store.Memory;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.PartitionOffset;
import dev.lanekeeper.model.Residue;
import dev.lanekeeper.model.ServiceName;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class VisitTest {

  /** Reads one record in its first seat, loses that, and finds a workload in the group when it comes back. */
  private static final class Loser implements GroupReader {
    private int polls;
    private long seat = 1;

    @Override
    public List<ConsumerRecord<byte[], byte[]>> read(Duration patience) {
      polls++;
      if (polls == 1) {
        return List.of(new ConsumerRecord<>("orders", 0, 0, 1, TimestampType.CREATE_TIME, -1, 1, null, new byte[1],
            new RecordHeaders(), Optional.empty()));
      }
      seat++;
      throw new GroupOccupiedException("c.lk.i", new IllegalStateException("members"));
    }

    @Override
    public boolean hasJoined() {
      return seat == 1;
    }

    @Override
    public long seat() {
      return seat;
    }

    @Override
    public void back(TopicPartition partition, long offset) {}

    @Override
    public List<Copy> commit(Map<TopicPartition, Long> offsets, List<Copy> copies) {
      if (seat != 1) {
        throw BrokerException.refused("default", "commit", new IllegalStateException("the seat is lost"));
      }
      return List.of();
    }

    @Override
    public Map<TopicPartition, Long> positions() {
      return Map.of(new TopicPartition("orders", 0), 1L);
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

  private static final OwnGroups.Own GROUP = new OwnGroups.Own(
      new ClusterDocument("default", "127.0.0.1:9092", Map.of()), "c.lk.i", Set.of("orders"), List.of());

  /** A visit to where one record stands after the other; in which the group stands where it committed. */
  private static boolean visited(OneByOne reader, long to) {
    GroupBroker broker = (GroupBroker) Proxy.newProxyInstance(VisitTest.class.getClassLoader(),
        new Class<?>[]{GroupBroker.class}, (_, method, _) -> method.getName().equals("positions")
            ? List.of(new Start("default", "c.lk.i", "orders", "", 0, reader.committed()))
            : List.of());
    AtomicLong nanos = new AtomicLong();
    try (Store store = new InMemoryStore(new Memory(), InstantSource.system(), new SplittableRandom(1));
        Visit visit = new Visit(broker, () -> nanos.addAndGet(1_000_000),
            group -> new Undertaker(
                new Undertaker.Estate(ServiceName.of("C"), new Incarnation("i"), Residue.QUARANTINE, false), "c",
                Set.of("orders"), reader, store, Undertaker.Handing.NONE, () -> true, new Tally()))) {
      return visit.run(
          List.of(new Visit.Errand(GROUP, List.of(new PartitionOffset("default", "orders", "", 0, to)), List.of())));
    }
  }

  @Test
  void run_joinsAndReadsAllThatIsThere() {
    OneByOne reader = new OneByOne(12, 5);
    assertThat(visited(reader, 12)).isTrue();
    assertThat(reader.committed()).isEqualTo(12);
  }

  @Test
  void run_whereItCannotJoin_comesToAnEnd() {
    OneByOne reader = new OneByOne(12, Integer.MAX_VALUE);
    assertThat(visited(reader, 12)).isFalse();
    assertThat(reader.committed()).isZero();
  }

  @Test
  void run_whileOthersWriteOn_endsWhereItWasTo() {
    OneByOne reader = new OneByOne(Integer.MAX_VALUE, 0);
    assertThat(visited(reader, 300)).isTrue();
    assertThat(reader.committed()).isBetween(300L, 1_000L);
  }

  @Test
  void seatLost_workloadInIt_isFoundOccupied_andNothingIsCommittedOfTheSeatBefore() {
    GroupBroker broker = (GroupBroker) Proxy.newProxyInstance(getClass().getClassLoader(),
        new Class<?>[]{GroupBroker.class}, (_, _, _) -> List.of());
    try (Store store = new InMemoryStore(new Memory(), InstantSource.system(), new SplittableRandom(1));
        Visit visit = new Visit(broker, System::nanoTime,
            group -> new Undertaker(
                new Undertaker.Estate(ServiceName.of("C"), new Incarnation("i"), Residue.QUARANTINE, false), "c",
                Set.of("orders"), new Loser(), store, Undertaker.Handing.NONE, () -> true, new Tally()))) {
      assertThat(
          visit.run(
              List.of(new Visit.Errand(GROUP, List.of(new PartitionOffset("default", "orders", "", 0, 5)), List.of()))))
          .isFalse();
      assertThat(visit.occupied()).isEqualTo(GROUP);
    }
  }
}
