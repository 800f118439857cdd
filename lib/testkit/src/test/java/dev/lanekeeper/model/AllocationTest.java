package dev.lanekeeper.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.lanekeeper.testkit.vectors.VectorTable;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading a header and deciding about its record allocates nothing, whoever the owner is. */
class AllocationTest {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int ROUNDS = 20_000;
  /** What measuring itself may cost; one object a round would be 320,000 bytes. */
  private static final long MEASURING = 20_000;

  @ParameterizedTest
  @ValueSource(strings = {"", "userId=alice,serverNode=DF%2028,isProduction=false",
      "tenancy=feature/x,tenancy-rev=3-daa66d13",
      "userId=alice,tenancy=shop/testing/TID1/deep,tenancy-rev=5-17156075;p=1,x=y",
      "tenancy=feature%2Fx,tenancy-rev=3-daa66d13",
      "tenancy=nobody,tenancy-rev=3-daa66d13", "tenancy=nobody%2Bnobody/else", "tenancy=123,tenancy-rev=10-2e2ac0ea",
      "tenancy=123,tenancy-rev=3-daa66d13", "tenancy=shop/production,tenancy-rev=3-daa66d13", "tenancy=a//b",
      "tenancy=feature/x",
      "tenancy=123,tenancy-rev=21-00000000"})
  void record_decided_allocatesNothing(String baggage) {
    byte[] header = baggage.getBytes(StandardCharsets.ISO_8859_1);
    byte[] plain = "feature/x".getBytes(StandardCharsets.ISO_8859_1);
    WireTag tag = new WireTag(WireNames.STANDARD);
    VectorTable lanes = VectorTable.named("lanes");
    RouteView view = new RouteView(lanes.table(), lanes.asOfMillis(), false);
    ServiceName service = ServiceName.of("C");
    Self baseline = new Self(service, null, null);
    Self underTest = new Self(service, new Tenancy("feature/x"), new Incarnation("cfx"));
    List<Integer> partitions = List.of(0, 1, 2);
    decide(tag, header, plain, view, baseline, underTest, partitions);
    long thread = Thread.currentThread().getId();
    long before = THREADS.getThreadAllocatedBytes(thread);
    decide(tag, header, plain, view, baseline, underTest, partitions);
    assertThat(THREADS.getThreadAllocatedBytes(thread) - before).isLessThan(MEASURING);
  }

  private static void decide(WireTag tag, byte[] header, byte[] plain, RouteView view, Self baseline, Self underTest,
      List<Integer> partitions) {
    for (int round = 0; round < ROUNDS; round++) {
      int partition = partitions.get(round % partitions.size());
      tag.clear().baggage(header, 0, header.length).plain(0, plain, 0, plain.length);
      Messages.decide(view, baseline, tag, "orders", partition, 50, 3_000, false);
      Messages.decide(view, underTest, tag, "orders", partition, 50, 3_000, true);
    }
  }
}
