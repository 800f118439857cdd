package dev.lanekeeper.client.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.client.Tables;
import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.TenantLife;
import org.junit.jupiter.api.Test;

/** Each arrow of the state machine. */
class ProtocolTest {

  private final Machine machine = new Machine();

  // The table

  @Test
  void start_withoutDisk_asksForEverything() {
    machine.on(new Event.Started(null));
    assertThat(machine.effects).containsExactly(new Effect.Connect(1, 0));
    assertThat(machine.view()).isSameAs(RouteView.NOTHING);
  }

  @Test
  void start_fromDisk_publishesAtOnceWithoutKnowingItsAge() {
    RouteTable table = Tables.table(7, 0);
    machine.on(new Event.Started(table));
    assertThat(machine.effects).containsExactly(new Effect.Connect(1, 6),
        new Effect.Publish(new RouteView(table, 0, false)));
  }

  @Test
  void table_first_isPublishedAndSaved() {
    machine.following(3);
    assertThat(machine.view().table().revision()).isEqualTo(3);
    assertThat(machine.view().asOfMillis()).isEqualTo(Machine.asOf(0));
    assertThat(machine.of(Effect.Save.class)).hasSize(1);
  }

  @Test
  void change_next_isAppliedAndRaisesAsOfToItsCommit() {
    machine.on(new Event.Started(null))
        .on(new Event.TableArrived(1, Tables.table(3, 0), Tables.change(3, 0).commitMillis()));
    machine.change(4);
    assertThat(machine.view().table().revision()).isEqualTo(4);
    assertThat(machine.view().asOfMillis()).isEqualTo(Tables.change(4, 0).commitMillis());
  }

  @Test
  void change_heldWithSameSeal_isPassedOver() {
    machine.following(3).change(2);
    assertThat(machine.effects).isEmpty();
    assertThat(machine.state.link()).isInstanceOf(Link.Following.class);
  }

  @Test
  void change_heldWithOtherSeal_asksForEverything() {
    machine.following(3).on(new Event.ChangeArrived(1, Tables.change(3, 9)));
    assertThat(machine.troubles()).containsExactly(Trouble.OTHER_HISTORY);
    assertThat(machine.run(6_000)).contains(new Effect.Connect(2, 0));
    machine.on(new Event.TableArrived(2, Tables.table(2, 9), 5));
    assertThat(machine.view().table().stamp()).isEqualTo(Tables.change(2, 9).stamp());
    assertThat(machine.view().asOfMillis()).isEqualTo(5);
  }

  @Test
  void gap_once_connectsAgainFromWhatIsHeld() {
    machine.following(3).change(5);
    assertThat(machine.view().table().revision()).isEqualTo(3);
    assertThat(machine.troubles()).containsExactly(Trouble.GAP);
    assertThat(machine.of(Effect.Disconnect.class)).hasSize(1);
    assertThat(machine.run(5_000)).contains(new Effect.Connect(2, 2));
  }

  @Test
  void gap_twiceWithoutProgress_asksForEverything() {
    machine.following(3).change(5).run(300);
    machine.change(3).change(5);
    assertThat(machine.run(6_000)).contains(new Effect.Connect(3, 0));
  }

  @Test
  void broken_line_isCountedAndNothingOfItApplied() {
    RouteView before = machine.following(3).view();
    machine.on(new Event.BrokenArrived(1, "line 1: no JSON"));
    assertThat(machine.troubles()).containsExactly(Trouble.BROKEN);
    assertThat(machine.view().table()).isSameAs(before.table());
    assertThat(machine.run(5_000)).contains(new Effect.Connect(2, 2));
  }

  @Test
  void change_earlierThanTheOneBefore_isBroken() {
    machine.following(3);
    var change = Tables.change(4, 0);
    machine.on(new Event.ChangeArrived(1, new Change(4, 1, Tables.BEGIN - 1, change.tenants(),
        change.overrides(), change.services(), change.removedServices(), change.instances(), null)));
    assertThat(machine.troubles()).containsExactly(Trouble.BROKEN);
    assertThat(machine.view().table().revision()).isEqualTo(3);
  }

  @Test
  void reconnected_beforeItsHistoryIsProved_nothingCounts() {
    machine.on(new Event.Started(Tables.table(3, 0))).current(3, Machine.asOf(5));
    assertThat(machine.view().asOfMillis()).isZero();
    machine.change(3);
    assertThat(machine.view().asOfMillis()).isEqualTo(Machine.asOf(5));
  }

  @Test
  void reconnected_toAnotherHistoryWithLaterRevision_takesItsTable() {
    machine.on(new Event.Started(Tables.table(3, 0))).on(new Event.ChangeArrived(1, Tables.change(3, 9)));
    machine.run(6_000);
    machine.on(new Event.TableArrived(2, Tables.table(8, 9), 5));
    assertThat(machine.view().table().stamp()).isEqualTo(Tables.change(8, 9).stamp());
    assertThat(machine.view().table().content().tenants().stream().map(TenantLife::from)).hasSize(8);
  }

  @Test
  void reconnected_toAnOlderNewest_asksForEverything() {
    machine.on(new Event.Started(Tables.table(3, 0))).current(2, Machine.asOf(1));
    assertThat(machine.troubles()).containsExactly(Trouble.BEHIND);
    assertThat(machine.run(6_000)).contains(new Effect.Connect(2, 0));
    machine.current(2, Machine.asOf(1)).on(new Event.TableArrived(2, Tables.table(2, 1), Machine.asOf(1)));
    assertThat(machine.view().table().stamp()).isEqualTo(Tables.change(2, 1).stamp());
  }

  @Test
  void table_olderOfSameHistory_isNotTaken() {
    machine.on(new Event.Started(Tables.table(7, 0)))
        .on(new Event.TableArrived(1, Tables.table(4, 0), Machine.asOf(0)));
    assertThat(machine.troubles()).containsExactly(Trouble.BEHIND);
    assertThat(machine.view().table().revision()).isEqualTo(7);
    assertThat(machine.view().cutOff()).isTrue();
  }

  @Test
  void table_empty_doesNotTakeThePlaceOfOne() {
    machine.on(new Event.Started(Tables.table(7, 0)))
        .on(new Event.TableArrived(1, Tables.table(0, 0), Machine.asOf(0)));
    assertThat(machine.troubles()).containsExactly(Trouble.BEHIND);
  }

  @Test
  void table_ofNextEpoch_isTaken() {
    RouteTable restored = Tables.table(2, 0).with(Tables.change((1L << 40) + 3, 4));
    machine.following(7).on(new Event.TableArrived(1, restored, Machine.asOf(1)));
    assertThat(machine.view().table()).isSameAs(restored);
    assertThat(machine.troubles()).containsExactly(Trouble.OTHER_HISTORY);
  }

  @Test
  void lateEvents_ofAnOldConnection_areIgnored() {
    machine.following(3).change(5).run(300);
    machine.on(new Event.ChangeArrived(1, Tables.change(4, 0))).on(new Event.ConnectionLost(1, "closed"))
        .on(new Event.BrokenArrived(1, "?")).on(new Event.TableArrived(1, Tables.table(9, 3), 1));
    assertThat(machine.effects).isEmpty();
    assertThat(machine.view().table().revision()).isEqualTo(3);
  }

  // Currency

  @Test
  void current_sameRevision_raisesAsOf() {
    machine.following(3).current(3, Machine.asOf(7));
    assertThat(machine.view().asOfMillis()).isEqualTo(Machine.asOf(7));
    machine.current(3, Machine.asOf(6));
    assertThat(machine.view().asOfMillis()).isEqualTo(Machine.asOf(7));
  }

  @Test
  void current_laterRevision_countsWhenThatArrived() {
    machine.following(3).current(5, Machine.asOf(7));
    assertThat(machine.view().asOfMillis()).isEqualTo(Machine.asOf(0));
    machine.change(4);
    assertThat(machine.view().asOfMillis()).isEqualTo(Machine.asOf(0));
    machine.change(5);
    assertThat(machine.view().asOfMillis()).isEqualTo(Machine.asOf(7));
  }

  @Test
  void current_laterRevisionThatDoesNotArrive_connectsAgain() {
    machine.following(3).current(5, Machine.asOf(7)).after(1_000);
    assertThat(machine.troubles()).containsExactly(Trouble.GAP);
  }

  @Test
  void current_earlierRevision_countsForNothing() {
    machine.following(3);
    for (int i = 0; i < 4; i++) {
      machine.after(1_000).current(2, Machine.asOf(7 + i));
    }
    assertThat(machine.view().asOfMillis()).isEqualTo(Machine.asOf(0));
    machine.after(1_000);
    assertThat(machine.troubles()).containsExactly(Trouble.SILENT);
  }

  // Outage

  @Test
  void attempt_failed_isAnOutage() {
    machine.on(new Event.Started(null)).on(new Event.ConnectionLost(1, "refused"));
    assertThat(machine.view().cutOff()).isTrue();
  }

  @Test
  void steadyConnection_lost_isNoOutageUntilTheNextAttemptFails() {
    machine.following(3);
    for (int i = 0; i < 6; i++) {
      machine.after(1_000).current(3, Machine.asOf(i));
    }
    machine.on(new Event.ConnectionLost(1, "closed"));
    assertThat(machine.view().cutOff()).isFalse();
    assertThat(machine.run(200)).contains(new Effect.Connect(2, 2));
    machine.on(new Event.ConnectionLost(2, "refused"));
    assertThat(machine.view().cutOff()).isTrue();
  }

  @Test
  void flappingConnection_lost_isAnOutageAtOnce() {
    machine.following(3).after(1_000).on(new Event.ConnectionLost(1, "closed"));
    assertThat(machine.view().cutOff()).isTrue();
  }

  @Test
  void silence_ofFiveSeconds_isAnOutage() {
    machine.following(3).after(4_999);
    assertThat(machine.view().cutOff()).isFalse();
    machine.after(1);
    assertThat(machine.view().cutOff()).isTrue();
    assertThat(machine.of(Effect.Disconnect.class)).hasSize(1);
  }

  @Test
  void silence_whileConnecting_isAnOutageButTheConnectionMayStillBringATable() {
    machine.on(new Event.Started(null)).after(5_000);
    assertThat(machine.view().cutOff()).isTrue();
    assertThat(machine.of(Effect.Disconnect.class)).isEmpty();
    machine.on(new Event.TableArrived(1, Tables.table(3, 0), Machine.asOf(0)));
    assertThat(machine.view().cutOff()).isFalse();
  }

  @Test
  void outage_isOverWhenTheViewIsCurrent() {
    machine.following(3).on(new Event.ConnectionLost(1, "closed")).run(300);
    machine.change(3);
    assertThat(machine.view().cutOff()).isTrue();
    machine.current(4, Machine.asOf(9));
    assertThat(machine.view().cutOff()).isTrue();
    machine.change(4);
    assertThat(machine.view().cutOff()).isFalse();
    assertThat(machine.view().asOfMillis()).isEqualTo(Machine.asOf(9));
  }

  @Test
  void attempts_thatFail_comeEverMoreRarely() {
    machine.on(new Event.Started(null));
    long last = 0;
    for (int i = 0; i < 12; i++) {
      machine.on(new Event.ConnectionLost(machine.connection(), "refused"));
      last = machine.state.link().dueMillis(Timing.STANDARD) - machine.now;
      assertThat(last).isBetween(Math.min(2_500L, 100L << i), Math.min(5_000L, 200L << i));
      machine.run(last);
    }
    assertThat(last).isGreaterThanOrEqualTo(2_500);
  }

  // Questions

  @Test
  void question_answeredWithOurRevision_isToldAfterPublishing() {
    machine.following(3).on(new Event.Asked(1, machine.now + 2_000));
    assertThat(machine.effects).containsExactly(new Effect.Ask(1));
    machine.on(new Event.QuestionAnswered(1, 3, Machine.asOf(8)));
    assertThat(machine.effects).containsExactly(new Effect.Publish(machine.view()), new Effect.Tell(1, true));
    assertThat(machine.view().asOfMillis()).isEqualTo(Machine.asOf(8));
  }

  @Test
  void question_answeredWithLaterRevision_waitsForIt() {
    machine.following(3).on(new Event.Asked(1, machine.now + 2_000))
        .on(new Event.QuestionAnswered(1, 4, Machine.asOf(8)));
    assertThat(machine.of(Effect.Tell.class)).isEmpty();
    machine.change(4);
    assertThat(machine.of(Effect.Tell.class)).containsExactly(new Effect.Tell(1, true));
    assertThat(machine.view().asOfMillis()).isEqualTo(Machine.asOf(8));
  }

  @Test
  void question_overtakenByAChange_isAnswered() {
    machine.following(3).on(new Event.Asked(1, machine.now + 2_000)).change(4);
    machine.on(new Event.QuestionAnswered(1, 3, Machine.asOf(8)));
    assertThat(machine.of(Effect.Tell.class)).containsExactly(new Effect.Tell(1, true));
  }

  @Test
  void question_whileOneIsOpen_waitsForTheNext() {
    long deadline = machine.following(3).now + 2_000;
    machine.on(new Event.Asked(1, deadline)).on(new Event.Asked(2, deadline)).on(new Event.Asked(3, deadline));
    assertThat(machine.effects).isEmpty();
    machine.on(new Event.QuestionAnswered(1, 3, Machine.asOf(8)));
    assertThat(machine.effects).contains(new Effect.Tell(1, true), new Effect.Ask(2))
        .doesNotContain(new Effect.Tell(2, true));
    machine.on(new Event.QuestionAnswered(2, 3, Machine.asOf(9)));
    assertThat(machine.of(Effect.Tell.class)).containsExactly(new Effect.Tell(2, true), new Effect.Tell(3, true));
  }

  @Test
  void question_duringAnOutage_isLeftUnansweredAtOnce() {
    machine.on(new Event.Started(null)).on(new Event.ConnectionLost(1, "refused"))
        .on(new Event.Asked(1, machine.now + 2_000));
    assertThat(machine.effects).containsExactly(new Effect.Tell(1, false));
  }

  @Test
  void question_openWhenTheOutageIsNoticed_isLeftUnanswered() {
    machine.on(new Event.Started(null)).on(new Event.Asked(1, machine.now + 60_000))
        .on(new Event.ConnectionLost(1, "refused"));
    assertThat(machine.of(Effect.Tell.class)).containsExactly(new Effect.Tell(1, false));
  }

  @Test
  void question_failedWhileNothingIsFollowed_isAnOutage() {
    machine.on(new Event.Started(null)).on(new Event.Asked(1, machine.now + 60_000))
        .on(new Event.QuestionFailed(1, "refused"));
    assertThat(machine.view().cutOff()).isTrue();
    assertThat(machine.of(Effect.Tell.class)).containsExactly(new Effect.Tell(1, false));
  }

  @Test
  void question_failedWhileFollowing_isNoOutage() {
    machine.following(3).on(new Event.Asked(1, machine.now + 60_000)).on(new Event.QuestionFailed(1, "timed out"));
    assertThat(machine.view().cutOff()).isFalse();
    assertThat(machine.of(Effect.Tell.class)).containsExactly(new Effect.Tell(1, false));
  }

  @Test
  void question_answeredBeforeTheFirstTable_waitsForIt() {
    machine.on(new Event.Started(null)).on(new Event.Asked(1, machine.now + 4_000))
        .on(new Event.QuestionAnswered(1, 3, 1));
    assertThat(machine.of(Effect.Tell.class)).isEmpty();
    machine.on(new Event.TableArrived(1, Tables.table(3, 0), Machine.asOf(0)));
    assertThat(machine.of(Effect.Tell.class)).containsExactly(new Effect.Tell(1, true));
  }

  @Test
  void question_whenPatienceIsOver_isLeftUnanswered() {
    machine.following(3).on(new Event.Asked(1, machine.now + 2_000));
    assertThat(machine.state.dueMillis(Timing.STANDARD)).isEqualTo(machine.now + 2_000);
    machine.after(2_000);
    assertThat(machine.of(Effect.Tell.class)).containsExactly(new Effect.Tell(1, false));
    machine.on(new Event.QuestionAnswered(1, 3, Machine.asOf(1)));
    assertThat(machine.of(Effect.Tell.class)).isEmpty();
  }

  @Test
  void question_answeredWhilePausing_connectsAtOnce() {
    machine.following(3).after(4_000).on(new Event.Asked(1, machine.now + 60_000)).current(3, Machine.asOf(1));
    machine.after(4_000).on(new Event.ConnectionLost(1, "closed"))
        .on(new Event.QuestionAnswered(1, 3, Machine.asOf(2)));
    assertThat(machine.of(Effect.Connect.class)).containsExactly(new Effect.Connect(2, 2));
    machine.change(3);
    assertThat(machine.of(Effect.Tell.class)).containsExactly(new Effect.Tell(1, true));
  }

  // The disk and the end

  @Test
  void changes_inQuickSuccession_areSavedTogether() {
    machine.following(3).on(new Event.SaveEnded()).change(4).change(5);
    assertThat(machine.of(Effect.Save.class)).isEmpty();
    machine.after(1_000);
    assertThat(machine.of(Effect.Save.class))
        .containsExactly(new Effect.Save(machine.view().table(), machine.view().asOfMillis()));
    machine.change(6).after(2_000);
    assertThat(machine.of(Effect.Save.class)).isEmpty();
    machine.on(new Event.SaveEnded());
    assertThat(machine.of(Effect.Save.class)).hasSize(1);
  }

  @Test
  void stop_savesWhatIsUnsavedAndAnswersNobody() {
    machine.following(3).on(new Event.SaveEnded()).change(4).on(new Event.Asked(1, machine.now + 9_000))
        .on(new Event.Stopped());
    assertThat(machine.effects).containsExactly(new Effect.Disconnect(1),
        new Effect.Save(machine.view().table(), machine.view().asOfMillis()), new Effect.Tell(1, false));
    machine.on(new Event.Asked(2, machine.now + 9_000));
    assertThat(machine.effects).containsExactly(new Effect.Tell(2, false));
    assertThat(machine.state.dueMillis(Timing.STANDARD)).isEqualTo(Long.MAX_VALUE);
  }
}
