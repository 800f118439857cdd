package dev.lanekeeper.controlplane.operations;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UndertakerTest {

  private static void look(OneByOne reader, Consumer<Undertaker> look) {
    try (Store store =
        new InMemoryStore(new Memory(), InstantSource.system(), new SplittableRandom(1));
        Undertaker undertaker = new Undertaker(
            new Undertaker.Estate(ServiceName.of("C"), new Incarnation("i"), Residue.QUARANTINE, false), "c",
            Set.of("orders"), reader, store, Undertaker.Handing.NONE, () -> true, new Tally())) {
      look.accept(undertaker);
    }
  }

  private static void readOn(Undertaker undertaker) {
    while (undertaker.read(Duration.ZERO)) {
      // reads all
    }
  }

  private static void readAll(Undertaker undertaker) {
    readOn(undertaker);
    undertaker.commit();
  }

  @Test
  void read_commitsManyAtOnce_andTheRestWhenItIsTold() {
    OneByOne reader = new OneByOne(30_000, 0);
    look(reader, undertaker -> {
      readOn(undertaker);
      assertThat(reader.committed()).isBetween(1L, 29_999L);
      undertaker.commit();
      assertThat(reader.committed()).isEqualTo(30_000);
    });
  }

  @Test
  void read_losesItsSeatAndComesBack_putsNothingAsideTwice() {
    OneByOne reader = new OneByOne(3, 0);
    reader.headers().add("baggage", "tenancy=a".getBytes(StandardCharsets.UTF_8));
    look(reader, undertaker -> {
      undertaker.read(Duration.ZERO);
      undertaker.read(Duration.ZERO);
      reader.beginAnew();
      readAll(undertaker);
    });
    assertThat(reader.committed()).isEqualTo(3);
    assertThat(reader.copies()).hasSize(3);
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
      readAll(undertaker);
      assertThat(undertaker.isPast(List.of(fence), () -> List
          .of(new Start("default", "c", "orders", "", 0, reader.committed())))).isTrue();
    });
  }
}
