package dev.lanekeeper.simulation;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.kafka.GroupReader;
import dev.lanekeeper.controlplane.kafka.TopicBrowser;
import dev.lanekeeper.controlplane.lifecycle.Start;
import dev.lanekeeper.model.PartitionOffset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The simulated broker as a control plane uses it. A request may be lost before it has an effect, or its answer after; who asks may be
 * killed in between.
 */
final class Broker implements GroupBroker {

  private final Scheduler scheduler;
  private final Logs logs;
  private final Groups groups;
  private final Scheduler.Signal news;
  private final Faults faults;
  private final Map<String, Integer> handedOver = new TreeMap<>();
  private boolean down;
  private int losesPerMille;

  Broker(Scheduler scheduler, Faults faults) {
    this.scheduler = scheduler;
    this.faults = faults;
    this.news = scheduler.new Signal();
    this.logs = new Logs();
    this.groups = new Groups(scheduler, logs, news, faults);
  }

  Logs logs() {
    return logs;
  }

  Groups groups() {
    return groups;
  }

  /** Woken when something is to be seen that was not before. */
  Scheduler.Signal news() {
    return news;
  }

  /** Something was handed over. */
  void handedOver(String what) {
    handedOver.merge(what, 1, Integer::sum);
  }

  /** What was handed over, and how often. */
  Map<String, Integer> handedOver() {
    return handedOver;
  }

  /** Out of reach for everybody, or not. */
  void down(boolean now) {
    down = now;
    news.wake();
  }

  boolean isDown() {
    return down;
  }

  /** How many in a thousand requests of control planes, or their answers, are lost. */
  void loses(int perMille) {
    losesPerMille = perMille;
  }

  /** A request and its answer. */
  <T> T call(String what, Supplier<T> effect) {
    scheduler.pause(0, 8);
    if (down || scheduler.chance(losesPerMille)) {
      scheduler.pause(0, 200);
      scheduler.trace(() -> what + ": no answer, and no effect");
      throw BrokerException.unreachable("simulated", what, new TimeoutException("request lost"));
    }
    T result = effect.get();
    boolean lost = scheduler.chance(losesPerMille);
    scheduler.trace(() -> what + ": " + result + (lost ? ", but the answer is lost" : ""));
    scheduler.pause(0, 8);
    if (lost) {
      throw BrokerException.unreachable("simulated", what, new TimeoutException("answer lost"));
    }
    return result;
  }

  @Override
  public String id(ClusterDocument cluster, Duration patience) {
    return call("id", () -> "simulated");
  }

  @Override
  public Map<String, List<Member>> members(ClusterDocument cluster, Set<String> all, Duration patience) {
    return call("members of " + all, () -> {
      Map<String, List<Member>> members = new TreeMap<>();
      all.forEach(group -> members.put(group, faults.hidesMembers(group)
          ? List.of()
          : groups.members(group).stream().map(member -> new Member(member.id(), member.clientId(), "/10.0.0.1"))
              .toList()));
      return members;
    });
  }

  @Override
  public Map<String, Set<String>> topicsCommitted(ClusterDocument cluster, Set<String> all, Duration patience) {
    return call("topics committed by " + all, () -> {
      Map<String, Set<String>> topics = new TreeMap<>();
      all.forEach(group -> {
        Set<String> names = new TreeSet<>();
        groups.offsets(group).keySet().forEach(partition -> names.add(partition.topic()));
        topics.put(group, names);
      });
      return topics;
    });
  }

  @Override
  public List<Start> positions(ClusterDocument cluster, Map<String, Set<String>> topics, Duration patience) {
    return call("positions of " + topics.keySet(), () -> {
      List<Start> starts = new ArrayList<>();
      new TreeMap<>(topics).forEach((group, names) -> {
        Map<TopicPartition, Long> committed = groups.offsets(group);
        Set<String> wanted = new TreeSet<>(names);
        committed.keySet().forEach(partition -> wanted.add(partition.topic()));
        for (TopicPartition partition : logs.partitions(wanted)) {
          long offset = committed.getOrDefault(partition, 0L);
          starts.add(new Start(cluster.name(), group, partition.topic(), logs.id(partition.topic()),
              partition.partition(),
              faults.position(group, offset, logs.end(partition), scheduler.isIn(Control.FLOOR))));
        }
      });
      return starts;
    });
  }

  @Override
  public void place(ClusterDocument cluster, String group, List<Start> starts, Duration patience) {
    call("place " + group, () -> {
      Map<TopicPartition, Long> offsets = new HashMap<>();
      starts.forEach(start -> offsets.put(new TopicPartition(start.topic(), start.partition()), start.offset()));
      faults.place(group, starts, this, scheduler, () -> groups.alter(group, offsets));
      return "done";
    });
  }

  @Override
  public void evict(ClusterDocument cluster, String group, Duration patience) {
    call("evict " + group, () -> {
      groups.evict(group);
      return "done";
    });
  }

  @Override
  public Set<String> delete(ClusterDocument cluster, Set<String> all, Duration patience) {
    return call("delete " + all, () -> {
      Set<String> occupied = new TreeSet<>(all);
      occupied.removeIf(groups::delete);
      return occupied;
    });
  }

  @Override
  public GroupReader undertake(ClusterDocument cluster, String group, Set<String> topics, List<Start> starts) {
    Set<String> there = new TreeSet<>(topics);
    Host host = scheduler.host();
    return new Seat(scheduler, this, group, there, starts, host == null ? Scheduler.world() : host, faults);
  }

  @Override
  public List<PartitionOffset> ends(ClusterDocument cluster, Set<String> topics, Duration patience) {
    return call("ends of " + topics, () -> faults.ends(logs.partitions(topics).stream()
        .map(partition -> new PartitionOffset(cluster.name(), partition.topic(), logs.id(partition.topic()),
            partition.partition(), logs.end(partition)))
        .toList(), scheduler.nowNanos()));
  }

  @Override
  public Set<String> topicsBeginning(ClusterDocument cluster, String prefix, Duration patience) {
    return call("topics " + prefix, () -> {
      Set<String> found = new TreeSet<>(logs.topics());
      found.removeIf(topic -> !topic.startsWith(prefix));
      return found;
    });
  }

  @Override
  public void keep(ClusterDocument cluster, String topic, Duration patience) {
    call("keep " + topic, () -> {
      logs.make(topic, 1);
      return "done";
    });
  }

  @Override
  public void keepLike(ClusterDocument cluster, String topic, String origin, Duration patience) {
    call("keep " + topic, () -> {
      if (logs.partitions(topic) == 0) {
        logs.make(topic, Math.max(1, logs.partitions(origin)));
      }
      return "done";
    });
  }

  @Override
  public boolean deleteTopic(ClusterDocument cluster, String topic, String id, Duration patience) {
    return call("delete topic " + topic, () -> logs.remove(topic));
  }

  @Override
  public void deleteTopics(ClusterDocument cluster, Set<String> topics, Duration patience) {
    call("delete topics " + topics, () -> {
      topics.forEach(logs::remove);
      return "done";
    });
  }

  @Override
  public boolean holdsRecords(ClusterDocument cluster, String topic, int partition, long from, long to,
      Duration patience) {
    return call("records of " + topic, () -> {
      TopicPartition place = new TopicPartition(topic, partition);
      for (long offset = Math.max(0, from); offset < Math.min(to, logs.end(place)); offset++) {
        if (logs.read(place, offset) != null) {
          return true;
        }
      }
      return false;
    });
  }

  @Override
  public TopicBrowser browse(ClusterDocument cluster, Duration patience) {
    throw new UnsupportedOperationException("looking at quarantines is not simulated");
  }

  @Override
  public void writeOnce(ClusterDocument cluster, String name, List<ProducerRecord<byte[], byte[]>> records,
      BooleanSupplier wanted) {
    throw new UnsupportedOperationException("releasing what was put aside is not simulated");
  }

  @Override
  public @Nullable ConsumerRecord<byte[], byte[]> read(ClusterDocument cluster, String topic, int partition,
      long offset, Duration patience) {
    Map<String, ConsumerRecord<byte[], byte[]>> found = call("read " + topic, () -> {
      ConsumerRecord<byte[], byte[]> record = logs.read(new TopicPartition(topic, partition), offset);
      return record == null ? Map.of() : new TreeMap<>(Map.of(topic, record));
    });
    return found.get(topic);
  }

  @Override
  public List<String> groupsEndingWith(ClusterDocument cluster, String suffix, Duration patience) {
    return call("list groups", () -> groups.names().stream().filter(name -> name.endsWith(suffix)).toList());
  }

  @Override
  public void close() {
    // It outlives its users.
  }
}
