package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.QuarantinedRecord.Reason;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.Tenancy;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the topics through which records are handed over: made, listed, unlisted, deleted. */
@Timeout(60)
class HandoverTopicsTest extends ResolverFixture {

  private static final String AGAIN_D = RedeliveredRecord.topic(C, "d", "orders");

  @Test
  void handOverTopic_inWhichAllIsRead_isUnlisted_andThenDeleted() {
    String stamp = handedOverOnce();
    pass(Duration.ofDays(3));
    await().during(Duration.ofMillis(300)).until(this::redelivers);

    groups.place("c.redelivered", AGAIN, 1);

    long looks = groups.asked("positions c.redelivered");
    await().until(() -> {
      pass(Duration.ofMinutes(1));
      return groups.asked("positions c.redelivered") > looks + 1;
    });
    assertThat(redelivers()).isTrue();
    pass(Duration.ofDays(3));
    await().until(() -> !redelivers());
    assertThat(groups.isThere(AGAIN)).as("somebody may be about to write to it").isTrue();
    pass(Duration.ofMinutes(20));
    await().until(() -> !groups.isThere(AGAIN));
    putAside("another", 8, "a", stamp);
    await().until(() -> handedOver().size() == 1);
    await().until(this::redelivers);
  }

  @Test
  void serviceThatIsRemoved_losesItsHandovers() {
    handedOverOnce();

    client.deleteService("C");

    await().until(() -> watching.table().service(C) == null);
    client.applyYaml("kind: Service\nname: C\nhosts: [\"c:8080\"]\n");
    await().until(() -> watching.table().service(C) != null);
    assertThat(redelivers()).isFalse();
  }

  @Test
  void handOverTopicThatMayNotBeMade_stopsNoOther_andIsTriedAgain() {
    String stamp = applyElsewhere();
    groups.refused.add(RedeliveredRecord.topic(C, "d", "orders"));
    QuarantinedRecord record = record("the baseline's", 7, "a", stamp);
    putAside(new QuarantinedRecord(C, Reason.IN_DOUBT, "", "d", "orders", 0, 7, record.timestampMillis(), null,
        bytes("of group d"), record.headers()));
    putAside(record);
    await().until(() -> !handedOver().isEmpty());

    groups.refused.clear();

    awaitResolved();
    assertThat(groups.logOf(RedeliveredRecord.topic(C, "d", "orders"))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void handOverTopicThatMayNotBeWritten_stopsNoOther_andIsTriedAgain(boolean answers) {
    String stamp = applyElsewhere();
    (answers ? groups.unwritable : groups.mute).add(AGAIN_D);
    QuarantinedRecord record = record("the baseline's", 7, "a", stamp);
    putAside(new QuarantinedRecord(C, Reason.IN_DOUBT, "", "d", "orders", 0, 7, record.timestampMillis(), null,
        bytes("of group d"), record.headers()));
    putAside(record);
    await().until(() -> handedOver().size() == 1);
    assertThat(groups.logOf(AGAIN_D)).isEmpty();

    groups.unwritable.clear();
    groups.mute.clear();

    awaitResolved();
    assertThat(groups.logOf(AGAIN_D)).hasSize(1);
    assertThat(handedOver()).hasSize(1);
  }

  @Test
  void handOverTopicThatWasDeleted_isMadeAgain() {
    String stamp = applyElsewhere();
    putAside("first", 7, "a", stamp);
    awaitResolved();
    groups.deleteTopic(AGAIN);
    groups.mute.add(AGAIN);
    groups.madeAgain(AGAIN);

    putAside("second", 8, "a", stamp);

    awaitResolved();
    assertThat(handedOver()).extracting(ResolverFixture::text).containsExactly("second");
  }

  @Test
  void serviceThatIsAppliedAgain_readsWhatWasHandedOverToIt() {
    handedOverOnce();
    client.deleteService("C");
    await().until(() -> watching.table().service(C) == null);

    client.applyYaml("kind: Service\nname: C\nconsumes: [{ topics: [orders], groups: [c] }]\n");

    await().until(this::redelivers);
    assertThat(handedOver()).hasSize(1);
  }

  @Test
  void handOverTopic_thatIsWrittenToWhileItGoes_isListedAgain() {
    handedOverOnce();
    groups.place("c.redelivered", AGAIN, 1);
    await().until(() -> {
      pass(Duration.ofDays(1));
      return !redelivers();
    });

    groups.append(AGAIN, bytes("by another control plane"));

    await().until(this::redelivers);
    pass(Duration.ofMinutes(20));
    await().during(Duration.ofMillis(300)).until(() -> groups.isThere(AGAIN));
  }

  @Test
  void handOverTopic_thatIsListedAgainWhileItGoes_stays() {
    String stamp = handedOverOnce();
    groups.place("c.redelivered", AGAIN, 1);
    long looks = groups.asked("positions c.redelivered");
    await().until(() -> {
      pass(Duration.ofMinutes(1));
      return groups.asked("positions c.redelivered") > looks + 1;
    });
    pass(Duration.ofDays(3));
    await().until(() -> !redelivers());

    groups.mute.add(AGAIN); // who lists it does not come to write yet
    putAside("another", 8, "a", stamp);
    await().until(this::redelivers);

    pass(Duration.ofMinutes(20));
    await().during(Duration.ofMillis(500)).until(() -> handedOver().size() == 1); // one that was made anew is empty
  }

  @Test
  void handOverTopic_thatMayNotBeDeleted_isWrittenToAgain() {
    String stamp = handedOverOnce();
    groups.place("c.redelivered", AGAIN, 1);
    groups.protectedTopics.add(AGAIN);
    await().until(() -> {
      pass(Duration.ofDays(1));
      return groups.asked("delete topic " + AGAIN) > 0;
    });

    putAside("another", 8, "a", stamp);

    await().until(() -> handedOver().size() == 2);
    await().until(this::redelivers);
  }

  /** A control plane dies in the midst of the deletion of the hand-over topic; the stamp of what is put aside. */
  private String diesWhileItDeletes() throws Exception {
    String stamp = handedOverOnce();
    groups.place("c.redelivered", AGAIN, 1);
    groups.undeletable.add(AGAIN);
    await().until(() -> {
      pass(Duration.ofDays(1));
      return groups.asked("delete topic " + AGAIN) > 0;
    });
    stop();
    groups.undeletable.clear();
    return stamp;
  }

  @Test
  void handOverTopic_whoWasDeletingItDied_goesAllTheSame_andIsMadeAgain() throws Exception {
    String stamp = diesWhileItDeletes();

    open();

    watching = new Watching(controlPlane.uri());
    await().until(() -> {
      pass(Duration.ofMinutes(1));
      return !groups.isThere(AGAIN);
    });
    putAside("another", 8, "a", stamp);
    await().until(() -> handedOver().size() == 1);
    await().until(this::redelivers);
  }

  @Test
  void handOverTopic_whoWasDeletingItDied_andSomethingIsToBeReadThere_isListedAgain() throws Exception {
    diesWhileItDeletes();
    groups.append(AGAIN, bytes("by a store of before"));

    open();

    watching = new Watching(controlPlane.uri());
    await().until(this::redelivers);
    assertThat(handedOver()).hasSize(2);
  }

  @Test
  void handOverTopic_thatIsMadeWhileAllAreListed_isListedAgain() {
    handedOverOnce();
    groups.unseen.add(AGAIN);
    await().until(() -> !redelivers());

    groups.unseen.clear();

    await().until(this::redelivers);
    assertThat(handedOver()).hasSize(1);
  }

  @Test
  void handOverTopic_thatAWorkloadHasYetToRead_stays() {
    String stamp = apply("tenancy: a\noverrides: { C: { workload: {} } }\n");
    String group = "c.redelivered.lk." + watching.table().overrides(new Tenancy("a")).get(0).incarnation();
    putAside("before its start", 4, "a", stamp);
    awaitResolved();
    groups.place("c.redelivered", AGAIN, 1);
    pass(Duration.ofDays(3));
    await().during(Duration.ofMillis(300)).until(this::redelivers);

    groups.place(group, AGAIN, 1);

    await().until(() -> {
      pass(Duration.ofDays(1));
      return !redelivers();
    });
  }

  @Test
  void handOverTopic_whoseDeletionGetsNoAnswer_stopsNoOther() {
    handedOverToBoth();
    groups.place("c.redelivered", AGAIN, 1);
    groups.undeletable.add(AGAIN);
    await().until(() -> {
      pass(Duration.ofDays(1));
      return groups.asked("delete topic " + AGAIN) > 0;
    });

    client.deleteService("C");
    await().until(() -> watching.table().service(C) == null);
    client.applyYaml("kind: Service\nname: C\nconsumes: [{ topics: [orders], groups: [c, d] }]\n");

    await().until(() -> {
      pass(Duration.ofMinutes(1));
      Service service = watching.table().service(C);
      return service != null && service.handovers().stream().anyMatch(one -> one.topic().equals(AGAIN_D));
    });
  }

  @Test
  void handOverTopic_thatMayNotBeDeleted_keepsNoOther() {
    handedOverToBoth();
    groups.place("c.redelivered", AGAIN, 1);
    groups.place("d.redelivered", AGAIN_D, 1);
    groups.protectedTopics.add(AGAIN.compareTo(AGAIN_D) < 0 ? AGAIN : AGAIN_D);

    await().until(() -> {
      pass(Duration.ofHours(2));
      return !groups.isThere(AGAIN) || !groups.isThere(AGAIN_D);
    });
  }

  /** The log was cut below where its readers stand: an unclean election, say. */
  @Test
  void handOverTopic_beyondWhoseEndItsGroupStands_isNotDeletedUnread() {
    handedOverOnce();
    groups.place("c.redelivered", AGAIN, 9);

    await().during(Duration.ofSeconds(3)).until(() -> {
      pass(Duration.ofHours(6));
      return handedOver().size() == 1;
    });
  }

  /** One record, through a topic of which consumers were told; the stamp of its request. */
  private String handedOverOnce() {
    String stamp = applyElsewhere();
    putAside("the baseline's", 7, "a", stamp);
    awaitResolved();
    await().until(this::redelivers);
    return stamp;
  }

  /** One to each of the two groups of the baseline, through topics of their own. */
  private void handedOverToBoth() {
    String stamp = applyElsewhere();
    putAside("c's", 7, "a", stamp);
    QuarantinedRecord record = record("d's", 8, "a", stamp);
    putAside(new QuarantinedRecord(C, Reason.IN_DOUBT, "", "d", "orders", 0, 8, record.timestampMillis(), null,
        bytes("d's"), record.headers()));
    awaitResolved();
    assertThat(groups.logOf(AGAIN_D)).hasSize(1);
  }
}
