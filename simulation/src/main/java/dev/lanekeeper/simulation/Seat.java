package dev.lanekeeper.simulation;

import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.Copy;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.kafka.GroupOccupiedException;
import dev.lanekeeper.controlplane.kafka.GroupReader;
import dev.lanekeeper.controlplane.lifecycle.Start;
import dev.lanekeeper.kafka.Claim;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.Incarnation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** An undertaker's seat in a group of the simulated broker; the assignor is one that no workload has. */
final class Seat implements GroupReader, Membership.Callbacks {

  private static final String ASSIGNOR = "lk-undertaker";
  private static final String QUARANTINE = QuarantinedRecord.topic(ConsumerProcess.SERVICE);

  private final Scheduler scheduler;
  private final Broker broker;
  private final Faults faults;
  private final String group;
  private final Map<TopicPartition, Long> starts = new HashMap<>();
  private final Map<TopicPartition, Long> positions = new HashMap<>();
  private final Map<TopicPartition, Long> claims = new HashMap<>();
  private final Membership membership;
  private long seat;

  Seat(Scheduler scheduler, Broker broker, String group, Set<String> topics, List<Start> starts, Host host,
      Faults faults) {
    this.scheduler = scheduler;
    this.broker = broker;
    this.faults = faults;
    this.group = group;
    starts.forEach(start -> this.starts.merge(new TopicPartition(start.topic(), start.partition()), start.offset(),
        Math::min));
    membership = new Membership(scheduler, broker.groups(), group, GroupBroker.UNDERTAKER, ASSIGNOR, host, this);
    if (!topics.isEmpty()) {
      membership.subscribe(topics);
    }
  }

  @Override
  public void assigned(List<TopicPartition> partitions) {
    seat++;
    positions.clear();
    claims.clear();
    for (TopicPartition partition : partitions) {
      OffsetAndMetadata said = broker.groups().said(group, partition);
      positions.put(partition, said == null ? starts.getOrDefault(partition, 0L) : said.offset());
      claims.put(partition,
          said != null ? Claim.of(said.metadata()) : starts.containsKey(partition) ? Claim.UNKNOWN : Claim.NONE);
    }
  }

  @Override
  public void revoked(List<TopicPartition> partitions) {
    seat++;
    positions.clear();
  }

  @Override
  public void lost(List<TopicPartition> partitions) {
    seat++;
    positions.clear();
  }

  @Override
  public List<ConsumerRecord<byte[], byte[]>> read(Duration patience) {
    long until = scheduler.nowNanos() + patience.toNanos();
    while (true) {
      scheduler.pause(0, 10);
      if (!broker.isDown()) {
        try {
          membership.look();
        } catch (InconsistentGroupProtocolException occupied) {
          throw new GroupOccupiedException(group, occupied);
        }
        List<ConsumerRecord<byte[], byte[]>> read = fetch();
        if (!read.isEmpty()) {
          scheduler.trace(() -> "undertaker of " + group + " reads " + Places.text(read));
          scheduler.pause(0, 5);
          return read;
        }
      }
      long left = until - scheduler.nowNanos();
      if (left <= 0) {
        return List.of();
      }
      broker.news().await(broker.isDown() ? left : Math.min(left, membership.quietNanos()), this::hasSomething);
    }
  }

  /** Whether to read would come to something. */
  private boolean hasSomething() {
    return !broker.isDown() && (membership.hasToLook() || membership.assignment().stream()
        .anyMatch(partition -> positions.getOrDefault(partition, 0L) < broker.logs().end(partition)));
  }

  private List<ConsumerRecord<byte[], byte[]>> fetch() {
    List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
    for (TopicPartition partition : membership.assignment()) {
      long position = positions.getOrDefault(partition, 0L);
      long end = broker.logs().end(partition);
      if (faults.is(Fault.NO_UNDERTAKER) && Incarnation.ofGroup(group) != null) {
        position = end;
      }
      for (int room = 1 + scheduler.random().nextInt(6); position < end && room > 0; position++, room--) {
        ConsumerRecord<byte[], byte[]> record = broker.logs().read(partition, position);
        if (record != null) {
          read.add(record);
        }
      }
      positions.put(partition, position);
    }
    return read;
  }

  @Override
  public boolean hasJoined() {
    return membership.isPlaced();
  }

  @Override
  public long seat() {
    return seat;
  }

  @Override
  public void back(TopicPartition partition, long offset) {
    positions.put(partition, offset);
  }

  @Override
  public List<Copy> commit(Map<TopicPartition, Long> offsets, List<Copy> copies) {
    String what = "commit of the undertaker of " + group;
    List<Copy> together = faults.is(Fault.COPIES_LOST) || faults.is(Fault.NO_TRANSACTION) ? List.of() : copies;
    if (faults.is(Fault.NO_TRANSACTION) && !copies.isEmpty()) {
      broker.call("copies of the undertaker of " + group, () -> {
        copies.forEach(copy -> write(copy.whole()));
        return copies.size();
      });
    }
    try {
      return broker.call(what + " " + offsets, () -> {
        if (!offsets.isEmpty()) {
          broker.groups().commit(group, membership.memberId(), membership.generation(), claiming(offsets));
        }
        together.forEach(copy -> write(copy.whole()));
        return List.of();
      });
    } catch (CommitFailedException fenced) {
      throw BrokerException.refused("simulated", what, fenced);
    }
  }

  private void write(ProducerRecord<byte[], byte[]> copy) {
    ProducerRecord<byte[], byte[]> record = faults.copied(copy);
    if (record == null) {
      return;
    }
    int partition = Math.floorMod(java.util.Arrays.hashCode(record.key()),
        Math.max(1, broker.logs().partitions(record.topic())));
    Long given = record.timestamp();
    scheduler.tally()
        .count(record.topic().equals(QUARANTINE) ? Happening.PUT_ASIDE : Happening.HANDED_OVER);
    RedeliveredRecord again = again(copy);
    if (again != null) {
      broker.handedOver(again.record().id() + " to " + again.receiver());
    }
    broker.logs().append(new TopicPartition(record.topic(), partition), given == null ? Clock.millis(scheduler) : given,
        record.key(), record.value(), record.headers());
    broker.news().wake();
  }

  @Override
  public Map<TopicPartition, Long> positions() {
    if (broker.isDown()) {
      throw BrokerException.unreachable("simulated", "positions", new TimeoutException("down"));
    }
    return new HashMap<>(positions);
  }

  @Override
  public Map<TopicPartition, Long> claims() {
    Map<TopicPartition, Long> said = new HashMap<>(claims);
    said.values().removeIf(claim -> claim == Claim.NONE);
    return said;
  }

  private Map<TopicPartition, OffsetAndMetadata> claiming(Map<TopicPartition, Long> offsets) {
    Map<TopicPartition, OffsetAndMetadata> claiming = new HashMap<>();
    offsets.forEach((partition, offset) -> claiming.put(partition,
        Claim.with(new OffsetAndMetadata(offset), claims.getOrDefault(partition, Claim.NONE))));
    return claiming;
  }

  /** What is handed over; null if it is not. */
  private static @Nullable RedeliveredRecord again(ProducerRecord<byte[], byte[]> copy) {
    return RedeliveredRecord.isTopic(copy.topic())
        ? RedeliveredRecord.read(ConsumerProcess.SERVICE, new ConsumerRecord<>(copy.topic(), 0, 0, 0,
            TimestampType.CREATE_TIME, -1, -1, copy.key(), copy.value(), copy.headers(), Optional.empty()))
        : null;
  }

  @Override
  public Set<TopicPartition> begunAnew() {
    return Set.of();
  }

  @Override
  public List<String> news() {
    return List.of();
  }

  @Override
  public void close() {
    scheduler.checkAlive();
    membership.leave(false);
  }
}
