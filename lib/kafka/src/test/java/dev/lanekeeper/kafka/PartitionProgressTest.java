package dev.lanekeeper.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PartitionProgressTest {

  private final PartitionProgress progress = new PartitionProgress();

  private void shown(long from, long end, long handedOver) {
    progress.begin(from);
    progress.shown(end, handedOver);
  }

  @Test
  void committable_isAllThatWasShown_onceWhatWasHandedOverIsCommitted() {
    shown(0, 5, 3);
    assertThat(progress.committable()).isEqualTo(-1);
    progress.commit(3);
    assertThat(progress.committable()).isEqualTo(5);
    progress.committedByUs(5);
    assertThat(progress.committable()).isEqualTo(-1);
  }

  @Test
  void committable_whereTheApplicationSought_isNothingUntilItCommits() {
    progress.sought();
    shown(100, 110, -1);
    assertThat(progress.committable()).isEqualTo(-1);
    progress.commit(100);
    assertThat(progress.committable()).isEqualTo(110);
  }

  @Test
  void committable_afterAReplay_isNothingUntilTheFarthestIsPassedAgain() {
    shown(0, 100, 100);
    progress.commit(100);
    progress.sought();
    progress.commitAll();
    shown(10, 20, 20);
    progress.commit(20);
    shown(20, 60, -1);
    assertThat(progress.committable()).isEqualTo(-1);
    shown(60, 101, 100);
    progress.commit(100);
    assertThat(progress.committable()).isEqualTo(101);
  }

  @Test
  void settled_wherePositionsAreCommittedThatNobodyKnows_isNot() {
    shown(0, 2, 2);
    progress.commit(2);
    assertThat(progress.isSettled()).isTrue();
    progress.sought();
    progress.commitAll();
    assertThat(progress.isSettled()).isFalse();
  }

  @Test
  void takenBack_whatWasHandedOverBefore_isStillInWork_andWhatWasNot_isNotCommitted() {
    PartitionProgress progress = new PartitionProgress();
    progress.begin(0);
    progress.shown(3, 2);
    progress.begin(3);
    progress.passedOver(3, 5);
    progress.shown(5, -1);

    progress.takenBack();
    progress.commitAll();

    assertThat(progress.uncommitted()).isEqualTo(-1);
    progress.begin(3);
    progress.passedOver(3, 5);
    progress.shown(5, -1);
    assertThat(progress.committable()).isEqualTo(-1);
    progress.commit(2);
    assertThat(progress.committable()).isEqualTo(5);
  }
}
