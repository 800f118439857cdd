package dev.lanekeeper.controlplane.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Residue;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StageTest {

  private static final List<Start> STARTS = List.of(new Start("default", "c", "orders", "id", 0, 17),
      new Start("default", "c2", "orders", "id", 0, 12), new Start("default", "c", "orders", "id", 1, 3));

  @Test
  void stage_wholeLife_passesThroughEveryStageWithItsEffect() {
    Stage.Intended intended = new Stage.Intended();
    Stage.Measured measured = intended.measured(STARTS);
    Stage.Placed placed = measured.placed();
    Stage.Live live = placed.published();
    Stage.Ending ending = live.ended(400, 1_000);
    Stage.Taken taken = ending.taken();
    Stage.Undertaking undertaking = taken.emptied();
    Stage.Closing closing = undertaking.closing(9);
    Stage.Fenced fenced = closing.fenced();
    Stage.Deleting deleting = fenced.buried();
    Stage.Ended ended = deleting.deleted();

    assertThat(List.of(intended, measured, placed, live, ending, taken, undertaking, closing, fenced, deleting, ended))
        .extracting(Stage::effect)
        .containsExactly(Effect.MEASURE, Effect.PLACE, Effect.PUBLISH, Effect.NOTHING, Effect.DRAIN, Effect.TAKE,
            Effect.UNDERTAKE, Effect.CLOSE, Effect.BURY, Effect.DELETE, Effect.NOTHING);
    assertThat(closing.revision()).isEqualTo(9);
    assertThat(placed.starts()).as("never read anew").isEqualTo(STARTS);
  }

  @Test
  void stage_cancelledBeforeItWasPublished_goesStraightToDeletingUnlessTheBrokerHasNothing() {
    assertThat(new Stage.Intended().cancelled()).isEqualTo(new Stage.Ended());
    assertThat(List.of(new Stage.Measured(STARTS).cancelled(), new Stage.Placed(STARTS).cancelled()))
        .containsOnly(new Stage.Deleting());
  }

  @Test
  void ending_deadline_isOverFromThatMomentOn() {
    assertThat(new Stage.Ending(0, 1_000).isOver(999)).isFalse();
    assertThat(new Stage.Ending(0, 1_000).isOver(1_000)).isTrue();
  }

  @Test
  void undertaking_horizon_countsFromTheEnd() {
    assertThat(new Stage.Undertaking(1_000).isOver(1_499, Duration.ofMillis(500))).isFalse();
    assertThat(new Stage.Undertaking(1_000).isOver(1_500, Duration.ofMillis(500))).isTrue();
  }

  @Test
  void stage_writtenAndRead_isTheSame() {
    for (Stage stage : List.of(new Stage.Intended(), new Stage.Measured(STARTS), new Stage.Placed(STARTS),
        new Stage.Live(), new Stage.Ending(4, 5), new Stage.Taken(4), new Stage.Undertaking(4), new Stage.Closing(6),
        new Stage.Fenced(), new Stage.Deleting(), new Stage.Ended())) {
      assertThat(Stage.of(stage.name(), STARTS, stage.marks())).isEqualTo(stage);
    }
    assertThatThrownBy(() -> Stage.of("unheard-of", STARTS, Stage.Marks.NONE))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("unheard-of");
  }

  @Test
  void life_severalGroupsOnOnePartition_beginsInTheTableWhereTheFirstOfThemDoes() {
    Life life = new Life(new Incarnation("x"), ServiceName.of("C"), new Tenancy("a"), new Target.Workload(),
        Residue.QUARANTINE, List.of(), STARTS, new Stage.Placed(STARTS));

    assertThat(life.entry(7).starts()).extracting(place -> place.partition() + "@" + place.offset())
        .containsExactlyInAnyOrder("0@12", "1@3");
    assertThat(life.entry(7).from()).isEqualTo(7);
    assertThat(life.entry(7).residue()).isEqualTo(Residue.QUARANTINE);
  }
}
