package dev.lanekeeper.simulation;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;

/** The client's side of a membership in a group: joins, hears after a while that it must join again, or is a member no more. */
final class Membership {

  private final Scheduler scheduler;
  private final Groups groups;
  private final String group;
  private final String clientId;
  private final String assignor;
  private final Host host;
  private final Callbacks callbacks;
  private Set<String> topics = new TreeSet<>();
  private String memberId = "";
  private int generation = -1;
  private List<TopicPartition> assignment = List.of();
  private boolean synced;
  private long hearsNanos = Long.MAX_VALUE;

  /** What the holder does when partitions come and go. */
  interface Callbacks {
    /** They came. */
    void assigned(List<TopicPartition> partitions);

    /** They are about to go. */
    void revoked(List<TopicPartition> partitions);

    /** They went. */
    void lost(List<TopicPartition> partitions);
  }

  Membership(Scheduler scheduler, Groups groups, String group, String clientId, String assignor, Host host,
      Callbacks callbacks) {
    this.scheduler = scheduler;
    this.groups = groups;
    this.group = group;
    this.clientId = clientId;
    this.assignor = assignor;
    this.host = host;
    this.callbacks = callbacks;
  }

  void subscribe(Set<String> wanted) {
    topics = new TreeSet<>(wanted);
    synced = false;
    if (!memberId.isEmpty() && !groups.isMember(group, memberId)) {
      memberId = "";
    }
    if (!memberId.isEmpty()) {
      rejoin();
    }
  }

  Set<String> topics() {
    return topics;
  }

  String group() {
    return group;
  }

  String memberId() {
    return memberId;
  }

  int generation() {
    return generation;
  }

  List<TopicPartition> assignment() {
    return assignment;
  }

  /** Whether the group has given this member its partitions, as far as it knows. */
  boolean isPlaced() {
    return synced && !memberId.isEmpty();
  }

  /** One round of what a client does before it fetches. What was changed at the broker is heard of after a while. */
  void look() {
    if (topics.isEmpty()) {
      return;
    }
    if (memberId.isEmpty()) {
      rejoin();
    }
    if (heard(isMoved())) {
      if (groups.isMember(group, memberId)) {
        give(true);
      } else {
        scheduler.trace(() -> memberId + " hears that it is out of " + group);
        memberId = "";
        give(false);
      }
      rejoin();
    }
    int now = groups.generation(group);
    if (!synced && now >= 0 && groups.isMember(group, memberId)) {
      synced = true;
      generation = now;
      assignment = groups.assignment(group, memberId);
      scheduler.trace(() -> memberId + " has " + assignment + " of " + group + ", generation " + now);
      callbacks.assigned(assignment);
    }
  }

  /** Whether {@link #look} would do anything now. */
  boolean hasToLook() {
    if (topics.isEmpty() || memberId.isEmpty()) {
      return !topics.isEmpty();
    }
    if (isMoved()) {
      return hearsNanos == Long.MAX_VALUE || scheduler.nowNanos() >= hearsNanos;
    }
    return !synced && groups.generation(group) >= 0;
  }

  /** How long it has to wait at most until it has to look, in ns. */
  long quietNanos() {
    return topics.isEmpty() || hearsNanos == Long.MAX_VALUE
        ? Long.MAX_VALUE
        : Math.max(0, hearsNanos - scheduler.nowNanos());
  }

  private boolean isMoved() {
    return !groups.isMember(group, memberId) || groups.hasToJoin(group, memberId);
  }

  private boolean heard(boolean isSo) {
    if (!isSo) {
      hearsNanos = Long.MAX_VALUE;
      return false;
    }
    if (hearsNanos == Long.MAX_VALUE) {
      hearsNanos = scheduler.nowNanos() + scheduler.between(0, 700);
    }
    boolean now = scheduler.nowNanos() >= hearsNanos;
    if (now) {
      hearsNanos = Long.MAX_VALUE;
    }
    return now;
  }

  private void rejoin() {
    synced = false;
    memberId = groups.join(group, memberId, clientId, assignor, topics, host);
  }

  private void give(boolean orderly) {
    List<TopicPartition> given = assignment;
    if (orderly) {
      callbacks.revoked(given);
    }
    assignment = List.of();
    synced = false;
    if (!orderly) {
      callbacks.lost(given);
    }
  }

  /** Leaves; the holder is told first where it asks for that. */
  void leave(boolean tell) {
    if (tell && !memberId.isEmpty()) {
      callbacks.revoked(assignment);
    }
    topics = new TreeSet<>();
    assignment = List.of();
    synced = false;
    if (!memberId.isEmpty()) {
      groups.leave(group, memberId);
    }
    memberId = "";
    generation = -1;
  }
}
