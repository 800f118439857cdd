package dev.lanekeeper.controlplane.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** The places of records that are read again later. */
class LaterTest {

  private static final TopicPartition ZERO = new TopicPartition("q", 0);
  private static final TopicPartition ONE = new TopicPartition("q", 1);

  private final Later later = new Later();

  @Test
  void settled_isUpToTheFirst_alsoOneThatIsAddedBeforeOthers() {
    later.add(ZERO, 1_000_000_000_007L, 5);
    later.add(ZERO, 1_000_000_000_003L, 5);

    assertThat(later.settled(ZERO, 1_000_000_000_009L)).isEqualTo(1_000_000_000_003L);
    assertThat(later.settled(ONE, 9)).isEqualTo(9);
    assertThat(later.contains(ZERO, 1_000_000_000_007L)).isTrue();
    assertThat(later.contains(ZERO, 1_000_000_000_004L)).isFalse();
    later.remove(ZERO, 1_000_000_000_003L);
    assertThat(later.settled(ZERO, 1_000_000_000_009L)).isEqualTo(1_000_000_000_007L);
  }

  @Test
  void due_onceTheEarliestIs_andNotWhileTheyAreRead() {
    later.add(ZERO, 3, 20);
    later.add(ZERO, 4, 10);
    assertThat(later.due(9)).isEmpty();
    assertThat(later.due(10)).containsExactly(ZERO);

    assertThat(later.begin(ZERO)).isEqualTo(3);

    assertThat(later.due(30)).isEmpty();
    assertThat(later.isReading(ZERO)).isTrue();
    later.met(ZERO, 3);
    later.add(ZERO, 3, 40);
    later.met(ZERO, 4);
    later.add(ZERO, 4, 30);
    later.end(ZERO, 5);
    assertThat(later.due(29)).isEmpty();
    assertThat(later.due(30)).containsExactly(ZERO);
  }

  @Test
  void readAgain_whatIsGoneFromTheTopic_isForgotten() {
    later.add(ZERO, 3, 0);
    later.add(ZERO, 5, 0);
    later.add(ZERO, 8, 0);
    later.begin(ZERO);

    later.met(ZERO, 5);

    assertThat(later.contains(ZERO, 3)).isFalse();
    assertThat(later.contains(ZERO, 5)).isTrue();
    later.add(ZERO, 5, 100);
    later.end(ZERO, 9);
    assertThat(later.contains(ZERO, 5)).as("still undecided").isTrue();
    assertThat(later.contains(ZERO, 8)).isFalse();
  }

  @Test
  void manyOfThem_takeABitEach_andNoneOnceTheyAreSettled() {
    for (long offset = 0; offset < 200_000; offset++) {
      later.add(ZERO, offset, 0);
    }
    for (long offset = 0; offset < 199_999; offset++) {
      later.remove(ZERO, offset);
    }
    assertThat(later.settled(ZERO, 300_000)).isEqualTo(199_999);
    assertThat(later.count()).isEqualTo(1);

    later.remove(ZERO, 199_999);

    assertThat(later.settled(ZERO, 300_000)).isEqualTo(300_000);
  }

  @Test
  void keepOnly_forgetsThePartitionsOfOthers() {
    later.add(ZERO, 3, 0);
    later.add(ONE, 3, 0);

    later.keepOnly(Set.of(ONE));

    assertThat(later.due(1)).containsExactly(ONE);
    later.clear();
    assertThat(later.count()).isZero();
  }
}
