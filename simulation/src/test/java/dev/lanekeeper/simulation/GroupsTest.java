package dev.lanekeeper.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.junit.jupiter.api.Test;

/** What the simulated broker has in common with the real one, of what the protocol rests on. */
class GroupsTest {

  private static final String GROUP = "c";
  private static final String TOPIC = "orders";
  private static final TopicPartition ZERO = new TopicPartition(TOPIC, 0);
  private static final long SECOND = 1_000_000_000;

  private final Scheduler scheduler = new Scheduler(1, false);
  private final Broker broker = new Broker(scheduler, new Faults(null));
  private final Groups groups = broker.groups();
  private final Host host = new Host("c1");

  GroupsTest() {
    broker.logs().make(TOPIC, 2);
  }

  private String join(String memberId, String assignor) {
    return groups.join(GROUP, memberId, "client", assignor, Set.of(TOPIC), host);
  }

  @Test
  void offsets_ofAGroupWithAMember_areNotAltered() {
    join("", "range");

    assertThat(groups.alter(GROUP, Map.of(ZERO, 5L))).isFalse();
    assertThat(groups.committed(GROUP, ZERO)).isNull();
  }

  @Test
  void offsets_ofAGroupThatIsNotThere_makeIt() {
    assertThat(groups.alter(GROUP, Map.of(ZERO, 5L))).isTrue();

    assertThat(groups.names()).containsExactly(GROUP);
    assertThat(groups.committed(GROUP, ZERO)).isEqualTo(5);
  }

  @Test
  void group_withAMember_isNotDeleted() {
    String member = join("", "range");

    assertThat(groups.delete(GROUP)).isFalse();
    groups.leave(GROUP, member);
    assertThat(groups.delete(GROUP)).isTrue();
    assertThat(groups.names()).isEmpty();
  }

  @Test
  void assignor_thatTheOthersDoNotHave_isRefused() {
    join("", "range");

    assertThatThrownBy(() -> join("", "lk-undertaker")).isInstanceOf(InconsistentGroupProtocolException.class);
  }

  @Test
  void undertaker_afterEviction_keepsTheMembersOfBeforeOut() {
    String evicted = join("", "range");
    int generation = groups.generation(GROUP);
    groups.evict(GROUP);

    join("", "lk-undertaker");

    assertThatThrownBy(() -> join(evicted, "range")).isInstanceOf(InconsistentGroupProtocolException.class);
    assertThatThrownBy(() -> groups.commit(GROUP, evicted, generation, Map.of(ZERO, new OffsetAndMetadata(1))))
        .isInstanceOf(CommitFailedException.class);
  }

  @Test
  void memberThatComesToADeletedGroup_makesItAgainWithoutOffsets() {
    groups.alter(GROUP, Map.of(ZERO, 5L));
    groups.delete(GROUP);

    join("", "range");

    assertThat(groups.names()).containsExactly(GROUP);
    assertThat(groups.committed(GROUP, ZERO)).isNull();
  }

  @Test
  void partitions_areGivenOnceAllHaveJoinedAgain() {
    String first = join("", "range");
    assertThat(groups.assignment(GROUP, first)).hasSize(2);

    String second = join("", "range");
    assertThat(groups.hasToJoin(GROUP, first)).isTrue();
    assertThat(groups.generation(GROUP)).isEqualTo(-1);
    join(first, "range");

    assertThat(groups.assignment(GROUP, first)).hasSize(1)
        .doesNotContainAnyElementsOf(groups.assignment(GROUP, second));
  }

  @Test
  void member_thatDoesNotJoinAgain_isExpelled() {
    String first = join("", "range");
    String second = join("", "range");

    scheduler.run(10 * SECOND);

    assertThat(groups.isMember(GROUP, first)).isFalse();
    assertThat(groups.assignment(GROUP, second)).hasSize(2);
  }

  @Test
  void member_whoseProcessIsStopped_isExpelledAfterItsSession() {
    String member = join("", "range");
    host.stop(scheduler.nowNanos(), 60 * SECOND);

    scheduler.run(2 * SECOND);
    assertThat(groups.isMember(GROUP, member)).isTrue();
    scheduler.run(8 * SECOND);

    assertThat(groups.isMember(GROUP, member)).isFalse();
  }

  @Test
  void commit_ofAnOlderGeneration_isRefused() {
    String first = join("", "range");
    int generation = groups.generation(GROUP);
    join("", "range");
    join(first, "range");

    assertThatThrownBy(() -> groups.commit(GROUP, first, generation, Map.of(ZERO, new OffsetAndMetadata(1))))
        .isInstanceOf(CommitFailedException.class);
  }
}
