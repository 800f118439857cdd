package dev.lanekeeper.controlplane.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.QuarantinedRecord.Reason;
import dev.lanekeeper.model.ServiceName;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

/** What is kept in mind of quarantines. */
class UndecidedTest {

  private static final TopicPartition ZERO = new TopicPartition("q", 0);
  private static final TopicPartition ONE = new TopicPartition("q", 1);

  private static Undecided.Held held(TopicPartition partition, long offset, int size) {
    return new Undecided.Held(partition, offset, partition + "@" + offset, new QuarantinedRecord(ServiceName.of("C"),
        Reason.IN_DOUBT, "", "c", "orders", 0, offset, 1, null, new byte[size], new RecordHeaders()));
  }

  @Test
  void settled_isUpToTheLowestThatIsKept() {
    Undecided undecided = new Undecided(10, 10_000);
    undecided.add(held(ZERO, 7, 1));
    undecided.add(held(ZERO, 5, 1));

    assertThat(undecided.settled(ZERO, 9)).isEqualTo(5);
    assertThat(undecided.settled(ONE, 9)).isEqualTo(9);
    undecided.remove(held(ZERO, 5, 1));
    assertThat(undecided.settled(ZERO, 9)).isEqualTo(7);
  }

  @Test
  void overfull_withTooMany_butNotWithOneThatIsReadAgain() {
    Undecided undecided = new Undecided(2, 10_000);
    undecided.add(held(ZERO, 1, 1));
    undecided.add(held(ZERO, 1, 1));
    undecided.add(held(ZERO, 2, 1));
    assertThat(undecided.isOverfull()).isFalse();
    undecided.add(held(ZERO, 3, 1));
    assertThat(undecided.isOverfull()).isTrue();

    undecided.remove(held(ZERO, 1, 1));

    assertThat(undecided.isOverfull()).isFalse();
  }

  @Test
  void overfull_withTooMuch_butNeverWithASingleOne() {
    Undecided undecided = new Undecided(10, 1_000);
    undecided.add(held(ZERO, 1, 5_000));
    assertThat(undecided.isOverfull()).isFalse();
    undecided.add(held(ZERO, 2, 1));

    assertThat(undecided.isOverfull()).isTrue();
  }

  @Test
  void settled_removesAllCopies() {
    Undecided undecided = new Undecided(10, 10_000);
    Undecided.Held one = held(ZERO, 1, 1);
    undecided.add(one);
    undecided.add(new Undecided.Held(ONE, 7, one.key(), one.record()));
    undecided.add(held(ZERO, 2, 1));
    assertThat(undecided.copies(one.key())).hasSize(2);

    undecided.settled(one.key());

    assertThat(undecided.all()).extracting(Undecided.Held::offset).containsExactly(2L);
  }

  @Test
  void keepOnly_forgetsThePartitionsOfOthers() {
    Undecided undecided = new Undecided(10, 10_000);
    undecided.add(held(ZERO, 1, 1));
    undecided.add(held(ONE, 1, 1));

    undecided.keepOnly(Set.of(ONE));

    assertThat(undecided.all()).extracting(Undecided.Held::partition).containsExactly(ONE);
    assertThat(undecided.copies(ZERO + "@1")).isEmpty();
    undecided.clear();
    assertThat(undecided.isEmpty()).isTrue();
  }
}
