package dev.lanekeeper.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * The group coordinator of the simulated broker, for members of the classic protocol:
 *
 * <pre>
 * Empty --join--&gt; Preparing --all members joined again, or expelled for not doing so--&gt; Stable --join, leave, expulsion--&gt; Preparing
 *   ^                                                                                    |
 *   +-------------------------------- last one left, expelled or evicted ----------------+
 * </pre>
 *
 * <p>A group comes to be by a join or a commit, and goes only when it is deleted. A member that has an assignor which the others do
 * not have is refused. Offsets are taken from members of the present generation; without a membership only while the group is empty.
 */
final class Groups {

  /** After how long without a sign of life a member is expelled. */
  static final long SESSION_NANOS = 3_000_000_000L;
  /** How long members have to join again. */
  private static final long REBALANCE_NANOS = 4_000_000_000L;

  private final Scheduler scheduler;
  private final Logs logs;
  private final Map<String, Group> groups = new TreeMap<>();
  private final Scheduler.Signal news;
  private final Faults faults;
  private final Map<String, String> tenancies = new HashMap<>();
  private int ids;

  Groups(Scheduler scheduler, Logs logs, Scheduler.Signal news, Faults faults) {
    this.scheduler = scheduler;
    this.logs = logs;
    this.news = news;
    this.faults = faults;
  }

  /** A member as the broker knows it. */
  static final class Member {
    private final String id;
    private final String clientId;
    private final String assignor;
    private Set<String> topics;
    private boolean joined;
    private List<TopicPartition> assignment = List.of();

    Member(String id, String clientId, String assignor, Set<String> topics) {
      this.id = id;
      this.clientId = clientId;
      this.assignor = assignor;
      this.topics = topics;
    }

    String id() {
      return id;
    }

    String clientId() {
      return clientId;
    }

    String assignor() {
      return assignor;
    }
  }

  private static final class Group {
    private final Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    private final Map<String, Member> members = new TreeMap<>();
    private int generation;
    private boolean preparing;
    private long round;
  }

  /** Whose a life is. */
  void born(String incarnation, String tenancy) {
    tenancies.put(incarnation, tenancy);
  }

  private String known(String name) {
    return faults.group(name, tenancies);
  }

  // What clients ask

  /**
   * Joins, for the first time or again.
   *
   * @param memberId empty for the first time, and for one that was expelled
   * @return the id of the member
   * @throws InconsistentGroupProtocolException if there are members with another assignor
   */
  String join(String name, String memberId, String clientId, String assignor, Set<String> topics, Host host) {
    Group group = groups.computeIfAbsent(known(name), key -> new Group());
    if (group.members.values().stream().anyMatch(other -> !other.assignor.equals(assignor))) {
      throw new InconsistentGroupProtocolException("The group member's supported protocols are incompatible");
    }
    Member member = group.members.get(memberId);
    if (member == null) {
      member = new Member(clientId + "-" + ++ids, clientId, assignor, Set.copyOf(topics));
      group.members.put(member.id, member);
    }
    member.topics = Set.copyOf(topics);
    prepare(name, group);
    member.joined = true;
    watch(name, member.id, host);
    completeIfAll(group);
    return member.id;
  }

  /** Whether somebody is a member. */
  boolean isMember(String name, String memberId) {
    Group group = groups.get(known(name));
    return group != null && group.members.containsKey(memberId);
  }

  /** Whether the members of a group have to join again, and this one has not. */
  boolean hasToJoin(String name, String memberId) {
    Group group = groups.get(known(name));
    Member member = group == null ? null : group.members.get(memberId);
    return group != null && member != null && group.preparing && !member.joined;
  }

  /** Which generation the members of a group are in; -1 while they join. */
  int generation(String name) {
    Group group = groups.get(known(name));
    return group == null || group.preparing ? -1 : group.generation;
  }

  /** What was assigned to a member. */
  List<TopicPartition> assignment(String name, String memberId) {
    Group group = groups.get(known(name));
    Member member = group == null ? null : group.members.get(memberId);
    return member == null ? List.of() : member.assignment;
  }

  /** Leaves. */
  void leave(String name, String memberId) {
    Group group = groups.get(known(name));
    if (group != null && group.members.remove(memberId) != null) {
      left(name, group);
    }
  }

  /**
   * Commits as a member.
   *
   * @throws CommitFailedException if it is none of this generation
   */
  void commit(String name, String memberId, int generation, Map<TopicPartition, OffsetAndMetadata> offsets) {
    Group group = groups.get(known(name));
    if (group == null || !group.members.containsKey(memberId) || group.generation != generation) {
      throw new CommitFailedException("not a member of this generation");
    }
    group.offsets.putAll(faults.committed(offsets));
    news.wake();
  }

  /** What a group has committed in a partition; null if nothing. */
  @Nullable
  Long committed(String name, TopicPartition partition) {
    Group group = groups.get(known(name));
    OffsetAndMetadata committed = group == null ? null : group.offsets.get(partition);
    return committed == null ? null : committed.offset();
  }

  /** What a group has committed in a partition, with what it says of it; null if nothing. */
  @Nullable
  OffsetAndMetadata said(String name, TopicPartition partition) {
    Group group = groups.get(known(name));
    return group == null ? null : group.offsets.get(partition);
  }

  // What administrators ask

  Set<String> names() {
    return groups.keySet();
  }

  List<Member> members(String name) {
    Group group = groups.get(known(name));
    return group == null ? List.of() : List.copyOf(group.members.values());
  }

  Map<TopicPartition, Long> offsets(String name) {
    Group group = groups.get(known(name));
    Map<TopicPartition, Long> offsets = new HashMap<>();
    if (group != null) {
      group.offsets.forEach((partition, committed) -> offsets.put(partition, committed.offset()));
    }
    return offsets;
  }

  /** Sets offsets from outside; makes the group where there is none. False, and nothing is done, where it has members. */
  boolean alter(String name, Map<TopicPartition, Long> offsets) {
    Group group = groups.computeIfAbsent(known(name), key -> new Group());
    if (!group.members.isEmpty()) {
      return false;
    }
    offsets.forEach((partition, offset) -> group.offsets.put(partition, new OffsetAndMetadata(offset)));
    return true;
  }

  /** Removes every member. */
  void evict(String name) {
    Group group = groups.get(known(name));
    if (group != null && !group.members.isEmpty()) {
      group.members.clear();
      left(name, group);
    }
  }

  /** Deletes a group; false if it has members. */
  boolean delete(String name) {
    Group group = groups.get(known(name));
    if (group != null && !group.members.isEmpty()) {
      return false;
    }
    groups.remove(known(name));
    return true;
  }

  // What happens by itself

  /** A member whose host says nothing for the time of a session is expelled. */
  private void watch(String name, String memberId, Host host) {
    long since = scheduler.nowNanos();
    scheduler.after(SESSION_NANOS, Scheduler.world(), () -> {
      Group group = groups.get(known(name));
      Member member = group == null ? null : group.members.get(memberId);
      if (group == null || member == null) {
        return;
      }
      if (host.isSilentSince(since, scheduler.nowNanos())) {
        scheduler.trace(() -> "broker: " + memberId + " is expelled from " + name);
        group.members.remove(memberId);
        scheduler.tally().count(Happening.EXPULSIONS);
        left(name, group);
      } else {
        watch(name, memberId, host);
      }
    });
  }

  private void left(String name, Group group) {
    if (group.members.isEmpty()) {
      group.preparing = false;
      group.generation++;
      group.round++;
    } else {
      prepare(name, group);
      completeIfAll(group);
    }
    news.wake();
  }

  private void prepare(String name, Group group) {
    if (group.preparing) {
      return;
    }
    group.preparing = true;
    group.members.values().forEach(member -> member.joined = false);
    long round = ++group.round;
    scheduler.after(REBALANCE_NANOS, Scheduler.world(), () -> {
      if (group.preparing && group.round == round) {
        scheduler.trace(() -> "broker: " + name + " goes on without those that have not joined again");
        int before = group.members.size();
        group.members.values().removeIf(member -> !member.joined);
        scheduler.tally().count(Happening.EXPULSIONS, before - group.members.size());
        if (group.members.isEmpty()) {
          left(name, group);
        } else {
          completeIfAll(group);
        }
      }
    });
    news.wake();
  }

  private void completeIfAll(Group group) {
    if (!group.preparing || !group.members.values().stream().allMatch(member -> member.joined)) {
      return;
    }
    group.preparing = false;
    group.round++;
    group.generation++;
    scheduler.tally().count(Happening.REBALANCES);
    List<Member> members = new ArrayList<>(group.members.values());
    Map<Member, List<TopicPartition>> assigned = new HashMap<>();
    Set<String> topics = new TreeSet<>();
    members.forEach(member -> topics.addAll(member.topics));
    int turn = scheduler.random().nextInt(members.size());
    for (TopicPartition partition : logs.partitions(topics)) {
      for (int i = 0; i < members.size(); i++) {
        Member member = members.get(turn++ % members.size());
        if (member.topics.contains(partition.topic())) {
          assigned.computeIfAbsent(member, key -> new ArrayList<>()).add(partition);
          break;
        }
      }
    }
    members.forEach(member -> member.assignment = assigned.getOrDefault(member, List.of()));
    news.wake();
  }

  /** A topic has other partitions: those who read it join again. */
  void changed(String topic) {
    groups.forEach((name, group) -> {
      if (group.members.values().stream().anyMatch(member -> member.topics.contains(topic))) {
        prepare(name, group);
      }
    });
  }
}
