package dev.lanekeeper.simulation;

import dev.lanekeeper.controlplane.store.Ledger;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.Environment;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.PartitionOffset;
import dev.lanekeeper.model.Policy;
import dev.lanekeeper.model.Residue;
import dev.lanekeeper.model.TenantLife;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Whether all is as it should be once nothing happens any more. Whose a message is, it finds out by the log of changes and by rules of its
 * own, not by the product's {@code owner}.
 */
final class Verdict {

  private static final Pattern COMBINED = Pattern.compile("\\+");

  private final World world;
  private final History history;
  private int gaps;
  private int zombies;
  private int forgotten;
  private final Map<String, List<QuarantinedRecord>> quarantined = new HashMap<>();
  private final Set<String> inDoubt = new HashSet<>();

  Verdict(World world) {
    this.world = world;
    this.history = new History(world.log());
  }

  // A quiet end

  boolean isQuiet() {
    return unrest().isEmpty();
  }

  /** What is still to come to rest; empty if nothing. */
  String unrest() {
    List<Ledger.Entry> unended = world.store().inTransaction(transaction -> transaction.ledger().unended());
    int running = world.store().inTransaction(transaction -> transaction.ledger().countRunning());
    List<String> left = world.broker().groups().names().stream().filter(name -> Incarnation.ofGroup(name) != null)
        .toList();
    List<String> lag = new ArrayList<>();
    for (TopicPartition partition : world.broker().logs().partitions(List.of(ConsumerProcess.TOPIC))) {
      long end = world.broker().logs().end(partition);
      if (world.position(partition) < end) {
        lag.add(partition + " at " + world.position(partition) + " of " + end);
      }
    }
    for (TopicPartition partition : world.broker().logs().partitions(handovers())) {
      Long read = world.broker().groups().committed(RedeliveredRecord.groupFor(ConsumerProcess.GROUP), partition);
      long end = world.broker().logs().end(partition);
      if ((read == null ? 0 : read) < end) {
        lag.add(partition + " at " + read + " of " + end);
      }
    }
    StringBuilder unrest = new StringBuilder();
    if (!isResolved()) {
      unrest.append("what is in doubt is not decided; ");
    }
    if (!unended.isEmpty()) {
      unrest.append("lives: ").append(unended).append("; ");
    }
    if (running > 0) {
      unrest.append(running).append(" operations run; ");
    }
    if (!left.isEmpty()) {
      unrest.append("groups: ").append(left).append("; ");
    }
    if (!lag.isEmpty()) {
      unrest.append("baseline: ").append(lag);
    }
    return unrest.toString();
  }

  private List<String> handovers() {
    return world.broker().logs().topics().stream().filter(RedeliveredRecord::isTopic).toList();
  }

  // Every message

  /** Whose a message is. */
  private record Owner(Kind kind, @Nullable OverrideLife life) {

    private enum Kind {
      BASELINE, WORKLOAD, ENDED, UNREGISTERED
    }
  }

  /**
   * Checks every message.
   *
   * @throws AssertionError at the first that is not as it should be
   */
  void check() {
    for (QuarantinedRecord record : aside()) {
      if (record.reason() == QuarantinedRecord.Reason.IN_DOUBT) {
        inDoubt.add(record.topic() + "-" + record.partition() + "@" + record.offset());
      } else {
        quarantined.computeIfAbsent(record.topic() + "-" + record.partition() + "@" + record.offset(),
            key -> new ArrayList<>()).add(record);
      }
    }
    for (Message message : world.account().messages()) {
      if (!message.tenancy().contains("+") || !isTenantForgotten(message)) {
        check(message);
      } else if (!holds(() -> check(message))) {
        forgotten++;
      }
    }
    if (world.isSure()) {
      world.broker().handedOver().forEach((what, often) -> require(often == 1, "nothing is handed over twice", what));
    }
  }

  /** What stands in quarantine. */
  private List<QuarantinedRecord> aside() {
    return world.broker().logs().all(QuarantinedRecord.topic(ConsumerProcess.SERVICE)).stream()
        .map(QuarantinedRecord::read).toList();
  }

  /** Whether the resolver has come to the end of what was put aside. */
  private boolean isResolved() {
    String resolver = "lanekeeper.resolver." + world.store().identity();
    return world.broker().logs().partitions(List.of(QuarantinedRecord.topic(ConsumerProcess.SERVICE))).stream()
        .allMatch(partition -> {
          Long committed = world.broker().groups().committed(resolver, partition);
          return world.broker().logs().end(partition) <= (committed == null ? 0 : committed);
        });
  }

  private void check(Message message) {
    long at = snapshot(message);
    Owner owner = owner(message, at);
    List<Account.Processing> processed = world.account().of(message);
    List<QuarantinedRecord> aside =
        quarantined.getOrDefault(message.partition() + "@" + message.offset(), List.of());
    Policy policy = policy(at);
    String who =
        "message " + message + " at revision " + at + " is of " + owner + "; processed " + processed + ", aside "
            + aside.stream().map(record -> record.reason() + " " + record.incarnation()).toList();
    switch (owner.kind()) {
      case BASELINE -> baselines(processed, aside, who);
      case WORKLOAD -> workloads(message, Objects.requireNonNull(owner.life()), processed, aside, who);
      case ENDED -> {
        if (!isPassedOverUnconfirmed(message, owner, processed, aside)) {
          fallback(policy, QuarantinedRecord.Reason.ENDED, isForgotten(message, at),
              withoutZombies(message, owner, processed), aside, who);
        }
      }
      case UNREGISTERED ->
        fallback(policy, QuarantinedRecord.Reason.UNREGISTERED, isForgotten(message, at), processed,
            at < history.floor() ? withoutEnded(aside) : aside, who);
    }
  }

  /**
   * Whether a tenant whose tag a message bears is forgotten, and was over before the message came: such a late message is ended below the
   * floor, and above it is one of a tenancy that nobody ever registered.
   */
  private boolean isForgotten(Message message, long at) {
    return isTenantForgotten(message) || history.floors().stream()
        .anyMatch(floor -> at < floor && world.account().committedNanos(floor) <= message.appendedNanos());
  }

  private boolean isTenantForgotten(Message message) {
    List<String> tenancies = List.of(COMBINED.split(message.tenancy(), -1));
    return history.tenants().stream().anyMatch(life -> life.to() <= history.floor()
        && tenancies.contains(life.tenancy().text())
        && world.account().committedNanos(life.to()) <= message.appendedNanos());
  }

  /** What the policy says; of what is forgotten each who reads it may say the one or the other, by the table that he has. */
  private static void fallback(Policy policy, QuarantinedRecord.Reason reason, boolean forgotten,
      List<Account.Processing> processed, List<QuarantinedRecord> aside, String who) {
    Policy.Fallback ended = policy.ended();
    Policy.Fallback unregistered = policy.unregistered();
    if (!forgotten) {
      fallback(reason == QuarantinedRecord.Reason.ENDED ? ended : unregistered, reason, processed, aside, who);
      return;
    }
    List<Policy.Fallback> either = List.of(ended, unregistered);
    require(processed.stream().allMatch(one -> one.by().equals(Account.BASELINE)), "nobody but its owner has it", who);
    require(processed.isEmpty() || either.contains(Policy.Fallback.BASELINE), "nobody has what is nobody's", who);
    require(aside.stream().allMatch(record -> switch (record.reason()) {
      case ENDED -> ended == Policy.Fallback.QUARANTINE;
      case UNREGISTERED -> unregistered == Policy.Fallback.QUARANTINE;
      case RESIDUE, PERHAPS_PROCESSED, IN_DOUBT -> false;
    }), "it is put aside for its reason", who);
    require(!processed.isEmpty() || !aside.isEmpty() || either.contains(Policy.Fallback.REFUSE), "nothing is lost",
        who);
  }

  private static boolean holds(Runnable check) {
    try {
      check.run();
      return true;
    } catch (AssertionError unmet) {
      return false;
    }
  }

  /**
   * What docs/guarantee.md says where it ends ("a rebalance while the control plane is away"): a baseline that holds, and does not put
   * aside, may pass over a late message of an override that was closed while it had not heard.
   */
  private boolean isPassedOverUnconfirmed(Message message, Owner owner, List<Account.Processing> processed,
      List<QuarantinedRecord> aside) {
    boolean passed = !world.putsAside() && owner.life() != null && processed.isEmpty() && aside.isEmpty()
        && world.account().isReadUnconfirmed(message);
    gaps += passed ? 1 : 0;
    return passed;
  }

  /**
   * A workload that was put out of its group, and has not heard of it yet, may still read beyond its fence, and process that: only a claim
   * could keep it from that, which overrides with these residue policies do not make.
   */
  private List<Account.Processing> withoutZombies(Message message, Owner owner, List<Account.Processing> processed) {
    OverrideLife life = owner.life();
    if (life == null || life.residue() == Residue.REDELIVER
        || !world.account().isReadOutOfGroup(message, life.incarnation())) {
      return processed;
    }
    List<Account.Processing> others =
        processed.stream().filter(one -> !one.by().equals(life.incarnation().id())).toList();
    zombies += processed.size() - others.size();
    return others;
  }

  /** How many messages were processed by a workload that was out of its group, and had not heard of it. */
  int zombies() {
    return zombies;
  }

  /** How many late messages of a combination, of which one tenant was forgotten, were not dealt with as if it were not. */
  int forgotten() {
    return forgotten;
  }

  /** How many messages were lost in the one way that is documented. */
  int gaps() {
    return gaps;
  }

  private static void baselines(List<Account.Processing> processed, List<QuarantinedRecord> aside, String who) {
    require(processed.stream().allMatch(one -> one.by().equals(Account.BASELINE)), "nobody but its owner has it", who);
    require(!processed.isEmpty(), "nothing is lost", who);
    require(aside.isEmpty(), "what is processed is not put aside", who);
  }

  private void workloads(Message message, OverrideLife life, List<Account.Processing> processed,
      List<QuarantinedRecord> all, String who) {
    String id = life.incarnation().id();
    List<QuarantinedRecord> aside =
        life.to() <= history.floor() ? all.stream().filter(Verdict::isOfALife).toList() : all;
    if (life.residue() == Residue.REDELIVER) {
      redelivered(message, life, processed, aside, who);
      return;
    }
    require(processed.stream().allMatch(one -> one.by().equals(id)), "nobody but its owner has it", who);
    require(aside.stream().allMatch(
        record -> record.reason() == QuarantinedRecord.Reason.RESIDUE && record.incarnation().equals(id)),
        "it is put aside for its owner alone", who);
    require(life.residue() == Residue.QUARANTINE ? isOnce(message, aside) : aside.isEmpty(),
        "it is put aside by policy, once", who);
    require(!hadToProcess(message, life) || !processed.isEmpty(),
        "no residue while the workload was there, reachable and in time", who);
    if (processed.isEmpty()) {
      boolean disposed = life.residue() == Residue.QUARANTINE ? !aside.isEmpty() : life.fence() != null;
      require(disposed, "nothing is lost", who);
    }
  }

  /**
   * A member of the baseline that was put out of its group with a record in hand may put it aside once more, by a table that has forgotten
   * whose it was.
   */
  private static boolean isOfALife(QuarantinedRecord record) {
    return !record.incarnation().isEmpty();
  }

  /** Such a member takes for ended, below the floor, what it put aside as nobody's before. */
  private static List<QuarantinedRecord> withoutEnded(List<QuarantinedRecord> aside) {
    List<QuarantinedRecord> others =
        aside.stream().filter(record -> record.reason() != QuarantinedRecord.Reason.ENDED).toList();
    return others.isEmpty() ? aside : others;
  }

  /** Quarantine is a set: what was in doubt may be settled more than once. */
  private boolean isOnce(Message message, List<QuarantinedRecord> aside) {
    return aside.size() <= 1 || inDoubt.contains(message.partition() + "@" + message.offset());
  }

  /** Its workload has it; or the baseline, to which it was handed over; or it may be the one or the other, and stands in quarantine. */
  private void redelivered(Message message, OverrideLife life, List<Account.Processing> processed,
      List<QuarantinedRecord> aside, String who) {
    String id = life.incarnation().id();
    boolean byWorkload = processed.stream().anyMatch(one -> one.by().equals(id));
    boolean byBaseline = processed.stream().anyMatch(one -> one.by().equals(Account.BASELINE));
    require(
        processed.stream().allMatch(one -> one.by().equals(id) || (one.again() && one.by().equals(Account.BASELINE))),
        "nobody but its owner has it, and to whom it is handed over", who);
    require(!byWorkload || !byBaseline, "what its workload has begun to process is handed over to nobody", who);
    require(aside.stream().allMatch(record -> record.reason() == QuarantinedRecord.Reason.PERHAPS_PROCESSED
        && record.incarnation().equals(id)), "it is put aside for its owner alone", who);
    require(byBaseline ? aside.isEmpty() : isOnce(message, aside), "it is put aside once, or handed over", who);
    require(!hadToProcess(message, life) || byWorkload,
        "no residue while the workload was there, reachable and in time", who);
    require(byWorkload || byBaseline || !aside.isEmpty(), "nothing is lost", who);
  }

  /** Nothing went wrong, its workload was there long before the end, and so was the message. */
  private boolean hadToProcess(Message message, OverrideLife life) {
    long end = world.account().committedNanos(life.to());
    return world.isCalm() && world.account().joinedNanos(life.incarnation().id()) < end - 1_000_000_000
        && message.appendedNanos() < end;
  }

  private static void fallback(Policy.Fallback fallback, QuarantinedRecord.Reason reason,
      List<Account.Processing> processed, List<QuarantinedRecord> aside, String who) {
    switch (fallback) {
      case BASELINE -> baselines(processed, aside, who);
      case REFUSE -> {
        require(processed.isEmpty(), "nobody has what is nobody's", who);
        require(aside.isEmpty(), "what is discarded is not put aside", who);
      }
      case QUARANTINE -> {
        require(processed.isEmpty(), "nobody has what is nobody's", who);
        require(aside.stream().allMatch(record -> record.reason() == reason), "it is put aside for its reason", who);
        require(!aside.isEmpty(), "nothing is lost", who);
      }
    }
  }

  private static void require(boolean holds, String what, String who) {
    if (!holds) {
      throw new AssertionError("does not hold: " + what + ": " + who);
    }
  }

  // Whose it is

  private long snapshot(Message message) {
    long newest = 0;
    for (Change change : world.log()) {
      if (!message.stamp().isNone() && change.stamp().equals(message.stamp())) {
        return change.revision();
      }
      if (change.commitMillis() <= message.timestampMillis()) {
        newest = change.revision();
      }
    }
    return newest;
  }

  private Policy policy(long at) {
    Policy policy = Policy.STAGING;
    for (Environment environment : history.environments()) {
      if (environment.from() <= at) {
        policy = environment.policy();
      }
    }
    return policy;
  }

  private Owner owner(Message message, long at) {
    Owner fallback = new Owner(Owner.Kind.BASELINE, null);
    if (!message.isTagged()) {
      return fallback;
    }
    for (String tenancy : COMBINED.split(message.tenancy(), -1)) {
      boolean lives = false;
      boolean ended = false;
      for (TenantLife tenant : history.tenants()) {
        if (tenant.tenancy().text().equals(tenancy)) {
          lives |= tenant.from() <= at && at < tenant.to();
          ended |= tenant.to() <= at;
        }
      }
      if (!lives && fallback.kind() != Owner.Kind.ENDED) {
        fallback = new Owner(ended ? Owner.Kind.ENDED : Owner.Kind.UNREGISTERED, null);
      }
      OverrideLife life = lives ? override(tenancy, at) : null;
      if (life != null) {
        return isFenced(life, message) ? new Owner(Owner.Kind.ENDED, life) : new Owner(Owner.Kind.WORKLOAD, life);
      }
    }
    return fallback;
  }

  private @Nullable OverrideLife override(String tenancy, long at) {
    for (OverrideLife life : history.overrides()) {
      if (life.tenancy().text().equals(tenancy) && life.service().equals(ConsumerProcess.SERVICE) && life.from() <= at
          && at < life.to()) {
        return life;
      }
    }
    return null;
  }

  private static boolean isFenced(OverrideLife life, Message message) {
    List<PartitionOffset> fence = life.fence();
    if (fence == null) {
      return false;
    }
    for (PartitionOffset place : fence) {
      if (place.topic().equals(message.partition().topic()) && place.partition() == message.partition().partition()) {
        return message.offset() >= place.offset();
      }
    }
    return true;
  }
}
