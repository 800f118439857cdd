package dev.lanekeeper.controlplane;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.Copy;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.kafka.GroupOccupiedException;
import dev.lanekeeper.controlplane.kafka.GroupReader;
import dev.lanekeeper.controlplane.kafka.TopicBrowser;
import dev.lanekeeper.controlplane.lifecycle.Start;
import dev.lanekeeper.kafka.Claim;
import dev.lanekeeper.model.PartitionOffset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** Groups in memory, which outlive control planes. Can be put out of reach, and can kill its caller at a chosen call. */
final class InMemoryGroups implements GroupBroker {

  /** What ends the thread of a control plane that dies: nothing catches it. */
  static final class Death extends Error {
    Death() {
      super("the process died", null, false, false);
    }
  }

  final Map<String, Map<String, Long>> offsets = new ConcurrentSkipListMap<>();
  final Map<String, List<Member>> members = new ConcurrentSkipListMap<>();
  final List<String> calls = new CopyOnWriteArrayList<>();
  /** What stands in each topic, all of which have one partition. */
  final Map<String, List<ConsumerRecord<byte[], byte[]>>> logs = new ConcurrentSkipListMap<>();
  /** How large a copy may be. */
  volatile long largest = Long.MAX_VALUE;
  /** Happens once before the next copies are written, and after. */
  final AtomicReference<Runnable> beforeCopies = new AtomicReference<>(() -> {});
  final AtomicReference<Runnable> afterCopies = new AtomicReference<>(() -> {});
  /** Happens once before something is written once. */
  final AtomicReference<Runnable> beforeWriting = new AtomicReference<>(() -> {});
  /** Happens once before an undertaker joins a group. */
  final AtomicReference<Runnable> beforeJoining = new AtomicReference<>(() -> {});
  /** Happens once before a group is deleted. */
  final AtomicReference<Runnable> beforeDeleting = new AtomicReference<>(() -> {});
  /** Happens once before a reader is asked where it stands. */
  final AtomicReference<Runnable> beforePositions = new AtomicReference<>(() -> {});
  /** How often topics were made anew. */
  private final Map<String, Integer> ids = new ConcurrentSkipListMap<>();
  /** The topics that may not be made. */
  final Set<String> refused = ConcurrentHashMap.newKeySet();
  /** The topics that may not be written to. */
  final Set<String> unwritable = ConcurrentHashMap.newKeySet();
  /** The topics that cannot be written to: who tries gets no answer. */
  final Set<String> mute = ConcurrentHashMap.newKeySet();
  /** The topics that were not there yet when all were listed. */
  final Set<String> unseen = ConcurrentHashMap.newKeySet();
  /** The addresses at which there is no broker any more. */
  final Set<String> away = ConcurrentHashMap.newKeySet();
  /** The topics that the broker does not delete. */
  final Set<String> protectedTopics = ConcurrentHashMap.newKeySet();
  /** The groups and topics that cannot be deleted for now. */
  final Set<String> undeletable = ConcurrentHashMap.newKeySet();
  private final Set<String> writableOnceMade = ConcurrentHashMap.newKeySet();
  /** The brokers' clock. */
  volatile InstantSource clock = InstantSource.system();
  private boolean reachable = true;
  private String unreachableFrom = "";
  private int misses;
  private int undertakers;
  private int dieAtCall = -1;
  /** What the names of the calls begin with that {@link #dieAt} counts. */
  final Set<String> deadly = ConcurrentHashMap.newKeySet();
  private int counted;
  private boolean dieBefore;
  private boolean dead;

  synchronized void reachable(boolean yes) {
    reachable = yes;
    unreachableFrom = "";
  }

  /** Gets out of reach at the first call whose name begins like this. */
  synchronized void unreachableFrom(String name) {
    unreachableFrom = name;
  }

  /** How often it was called in vain. */
  synchronized int misses() {
    return misses;
  }

  /** How often it was called by a name that begins like this. */
  synchronized long asked(String name) {
    return calls.stream().filter(call -> call.startsWith(name)).count();
  }

  /** A group commits an offset. */
  synchronized void place(String group, String topic, long offset) {
    offsets.computeIfAbsent(group, key -> new TreeMap<>()).put(topic, offset);
  }

  /** What members of groups may have begun to process, by topic. */
  final Map<String, Map<String, Long>> claims = new java.util.concurrent.ConcurrentHashMap<>();

  /** Everybody leaves a group. */
  synchronized void leave(String group) {
    members.remove(group);
  }

  /**
   * The caller of this call dies, before it takes effect or after; calls are counted from now on, from 0. Of those that are made
   * again and again the first two are.
   */
  synchronized void dieAt(int call, boolean before) {
    if (deadly.isEmpty()) {
      deadly.add("");
    }
    calls.clear();
    counted = 0;
    dieAtCall = call;
    dieBefore = before;
    dead = false;
  }

  synchronized boolean hasDied() {
    return dead;
  }

  private <T> T call(ClusterDocument cluster, String name, java.util.function.Supplier<T> effect) {
    if (dead) {
      throw new Death();
    }
    if (!unreachableFrom.isEmpty() && name.startsWith(unreachableFrom)) {
      reachable = false;
    }
    if (!reachable || away.contains(cluster.bootstrap())) {
      misses++;
      throw BrokerException.unreachable(cluster.name(), name, new java.net.ConnectException("refused"));
    }
    boolean dies = deadly.stream().anyMatch(name::startsWith) && asked(name) < 2 && counted++ == dieAtCall;
    calls.add(name);
    if (dies && dieBefore) {
      dead = true;
      throw new Death();
    }
    try {
      return effect.get();
    } finally {
      if (dies) {
        die();
      }
    }
  }

  private void die() {
    dead = true;
    throw new Death();
  }

  private <T> T called(ClusterDocument cluster, String group, String name, java.util.function.Supplier<T> effect) {
    return group.contains(".lk.") ? call(cluster, name, effect) : uncounted(cluster, name, effect);
  }

  /** A call of what runs beside the life of an override: nobody dies of it. */
  private <T extends @Nullable Object> T uncounted(ClusterDocument cluster, String name,
      java.util.function.Supplier<T> effect) {
    if (!reachable || dead || away.contains(cluster.bootstrap())) {
      throw BrokerException.unreachable(cluster.name(), name, new java.net.ConnectException("refused"));
    }
    return effect.get();
  }

  @Override
  public synchronized String id(ClusterDocument cluster, Duration patience) {
    return uncounted(cluster, "id", () -> "the-kafka");
  }

  @Override
  public synchronized Map<String, List<Member>> members(ClusterDocument cluster, Set<String> groups,
      Duration patience) {
    Map<String, List<Member>> all = new TreeMap<>();
    new TreeSet<>(groups).forEach(group -> all.put(group,
        call(cluster, "members " + group, () -> List.copyOf(members.getOrDefault(group, List.of())))));
    return all;
  }

  @Override
  public synchronized Map<String, Set<String>> topicsCommitted(ClusterDocument cluster, Set<String> groups,
      Duration patience) {
    return call(cluster, "topics committed", () -> {
      Map<String, Set<String>> topics = new TreeMap<>();
      groups.forEach(group -> topics.put(group, Set.copyOf(offsets.getOrDefault(group, Map.of()).keySet())));
      return topics;
    });
  }

  @Override
  public synchronized List<Start> positions(ClusterDocument cluster, Map<String, Set<String>> topics,
      Duration patience) {
    return new TreeMap<>(topics).entrySet().stream()
        .flatMap(entry -> positions(cluster, entry.getKey(), entry.getValue()).stream()).toList();
  }

  private List<Start> positions(ClusterDocument cluster, String group, Set<String> topics) {
    return call(cluster, "positions " + group, () -> {
      Map<String, Long> committed = offsets.getOrDefault(group, Map.of());
      Set<String> all = new TreeSet<>(topics);
      all.addAll(committed.keySet());
      return all.stream().map(topic -> new Start(cluster.name(), group, topic, id(topic), 0,
          committed.getOrDefault(topic, 0L))).toList();
    });
  }

  @Override
  public synchronized void place(ClusterDocument cluster, String group, List<Start> starts, Duration patience) {
    call(cluster, "place " + group, () -> {
      if (members.getOrDefault(group, List.of()).isEmpty()) {
        starts.forEach(
            start -> offsets.computeIfAbsent(group, key -> new TreeMap<>()).put(start.topic(), start.offset()));
      }
      return true;
    });
  }

  /** Appends a record; its offset. */
  long append(String topic, byte[] value, String... headers) {
    return append(System.currentTimeMillis(), topic, value, headers);
  }

  /** Appends a record of a time; its offset. */
  synchronized long append(long timestampMillis, String topic, byte[] value, String... headers) {
    List<ConsumerRecord<byte[], byte[]>> log = logs.computeIfAbsent(topic, key -> new ArrayList<>());
    RecordHeaders all = new RecordHeaders();
    for (int i = 0; i < headers.length; i += 2) {
      all.add(headers[i], headers[i + 1].getBytes(StandardCharsets.UTF_8));
    }
    log.add(new ConsumerRecord<>(topic, 0, log.size(), timestampMillis, TimestampType.CREATE_TIME, -1, -1,
        null, value, all, Optional.empty()));
    return log.size() - 1L;
  }

  /** Appends a record as a producer does. */
  synchronized void append(ProducerRecord<byte[], byte[]> record) {
    List<ConsumerRecord<byte[], byte[]>> log = logs.computeIfAbsent(record.topic(), key -> new ArrayList<>());
    log.add(new ConsumerRecord<>(record.topic(), 0, log.size(), clock.millis(), TimestampType.LOG_APPEND_TIME, -1, -1,
        record.key(),
        record.value(), record.headers(), Optional.empty()));
  }

  /** What stands in a topic; a copy. */
  synchronized List<ConsumerRecord<byte[], byte[]>> logOf(String topic) {
    return List.copyOf(logs.getOrDefault(topic, List.of()));
  }

  /** The topic is deleted, with the offsets of groups in it, and made anew under its name. */
  synchronized void makeAnew(String topic) {
    ids.merge(topic, 1, Integer::sum);
    logs.put(topic, new ArrayList<>());
    offsets.values().forEach(committed -> committed.remove(topic));
    offsets.values().removeIf(Map::isEmpty);
  }

  private String id(String topic) {
    int anew = ids.getOrDefault(topic, 0);
    return "id-" + topic + (anew == 0 ? "" : "-" + anew);
  }

  synchronized boolean isThere(String topic) {
    return logs.containsKey(topic);
  }

  /** Once a topic is made that cannot be written to, it can be. */
  void madeAgain(String topic) {
    writableOnceMade.add(topic);
  }

  synchronized void deleteTopic(String topic) {
    logs.remove(topic);
    offsets.values().forEach(places -> places.remove(topic));
  }

  /** Up to where the resolver has come, whatever its store is called. */
  synchronized long resolved(String topic) {
    return offsets.entrySet().stream().filter(group -> group.getKey().startsWith("lanekeeper.resolver."))
        .mapToLong(group -> group.getValue().getOrDefault(topic, 0L)).max().orElse(0);
  }

  synchronized long committed(String group, String topic) {
    return offsets.getOrDefault(group, Map.of()).getOrDefault(topic, 0L);
  }

  @Override
  public synchronized List<PartitionOffset> ends(ClusterDocument cluster, Set<String> topics, Duration patience) {
    return call(cluster, "ends", () -> topics.stream().sorted().map(topic -> new PartitionOffset(cluster.name(), topic,
        id(topic), 0, logs.getOrDefault(topic, List.of()).size())).toList());
  }

  @Override
  public synchronized Set<String> topicsBeginning(ClusterDocument cluster, String prefix, Duration patience) {
    return uncounted(cluster, "topics", () -> {
      Set<String> found = new TreeSet<>(logs.keySet());
      found.removeIf(topic -> !topic.startsWith(prefix) || unseen.contains(topic));
      return found;
    });
  }

  @Override
  public synchronized void deleteTopics(ClusterDocument cluster, Set<String> topics, Duration patience) {
    call(cluster, "delete " + topics, () -> logs.keySet().removeAll(topics));
  }

  @Override
  public synchronized void keep(ClusterDocument cluster, String topic, Duration patience) {
    if (refused.contains(topic)) {
      throw BrokerException.refused(cluster.name(), "make topic " + topic, new IllegalStateException("not allowed"));
    }
    uncounted(cluster, "keep " + topic, () -> logs.computeIfAbsent(topic, key -> new ArrayList<>()));
    if (writableOnceMade.remove(topic)) {
      mute.remove(topic);
    }
  }

  @Override
  public void keepLike(ClusterDocument cluster, String topic, String origin, Duration patience) {
    keep(cluster, topic, patience);
  }

  @Override
  public synchronized boolean deleteTopic(ClusterDocument cluster, String topic, String id, Duration patience) {
    if (undeletable.contains(topic)) {
      calls.add("delete topic " + topic);
      throw BrokerException.unreachable(cluster.name(), "delete topic " + topic, new IllegalStateException("busy"));
    }
    if (protectedTopics.contains(topic)) {
      calls.add("delete topic " + topic);
      throw BrokerException.refused(cluster.name(), "delete topic " + topic, new IllegalStateException("not allowed"));
    }
    return uncounted(cluster, "delete topic " + topic, () -> logs.remove(topic) != null);
  }

  @Override
  public synchronized boolean holdsRecords(ClusterDocument cluster, String topic, int partition, long from, long to,
      Duration patience) {
    return uncounted(cluster, "look for records",
        () -> from < Math.min(to, logs.getOrDefault(topic, List.of()).size()));
  }

  @Override
  public synchronized @Nullable ConsumerRecord<byte[], byte[]> read(ClusterDocument cluster, String topic,
      int partition,
      long offset, Duration patience) {
    return uncounted(cluster, "read " + topic, () -> {
      List<ConsumerRecord<byte[], byte[]>> log = logs.getOrDefault(topic, List.of());
      return offset < log.size() ? log.get((int) offset) : null;
    });
  }

  @Override
  public synchronized GroupReader undertake(ClusterDocument cluster, String group, Set<String> topics,
      List<Start> starts) {
    return called(cluster, group, "undertake " + group, () -> new Reader(cluster, group, topics, starts));
  }

  /** An undertaker's seat. There is one in a group. */
  private final class Reader implements GroupReader {
    private final ClusterDocument cluster;
    private final String group;
    private final List<Start> starts;
    private final Map<String, Long> positions = new TreeMap<>();
    private final Set<TopicPartition> begun = new java.util.HashSet<>();
    private final Member self = new Member("u" + ++undertakers, UNDERTAKER, "/127.0.0.1");

    Reader(ClusterDocument cluster, String group, Set<String> topics, List<Start> starts) {
      this.cluster = cluster;
      this.group = group;
      this.starts = starts;
      topics.forEach(topic -> positions.put(topic, 0L));
    }

    @Override
    public List<ConsumerRecord<byte[], byte[]>> read(Duration patience) {
      synchronized (InMemoryGroups.this) {
        return called(cluster, group, "read " + group, this::read);
      }
    }

    private List<ConsumerRecord<byte[], byte[]>> read() {
      if (!hasJoined()) {
        join();
      }
      List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
      positions.replaceAll((topic, position) -> {
        List<ConsumerRecord<byte[], byte[]>> log = logs.getOrDefault(topic, List.of());
        if (position > log.size()) { // out of range
          begun.add(new TopicPartition(topic, 0));
          claims.computeIfAbsent(group, key -> new TreeMap<>()).put(topic, Claim.UNKNOWN);
          return 0L;
        }
        read.addAll(log.subList(position.intValue(), log.size()));
        return (long) log.size();
      });
      return read;
    }

    @Override
    public Set<TopicPartition> begunAnew() {
      Set<TopicPartition> told = Set.copyOf(begun);
      begun.clear();
      return told;
    }

    private void join() {
      if (group.contains(".lk.")) {
        beforeJoining.getAndSet(() -> {}).run();
      }
      if (members.containsKey(group)) {
        throw new GroupOccupiedException(group, new IllegalStateException("members"));
      }
      members.put(group, List.of(self));
      Map<String, Long> committed = offsets.getOrDefault(group, Map.of());
      Map<String, Long> known = new TreeMap<>(claims.getOrDefault(group, Map.of()));
      starts.stream().map(Start::topic).filter(topic -> !committed.containsKey(topic))
          .forEach(topic -> known.put(topic, Claim.UNKNOWN));
      claims.put(group, known);
      positions.replaceAll((topic, position) -> committed.containsKey(topic)
          ? committed.get(topic)
          : starts.stream().filter(start -> start.topic().equals(topic)).mapToLong(Start::offset).findFirst()
              .orElse(0));
    }

    @Override
    public boolean hasJoined() {
      return members.getOrDefault(group, List.of()).contains(self);
    }

    @Override
    public long seat() {
      return hasJoined() ? 1 : 0;
    }

    @Override
    public void back(TopicPartition partition, long offset) {
      positions.put(partition.topic(), offset);
    }

    @Override
    public List<Copy> commit(Map<TopicPartition, Long> due, List<Copy> copies) {
      if (copies.isEmpty()) {
        return written(due, copies);
      }
      beforeCopies.getAndSet(() -> {}).run();
      List<Copy> tooLarge = written(due, copies);
      afterCopies.getAndSet(() -> {}).run();
      return tooLarge;
    }

    private List<Copy> written(Map<TopicPartition, Long> due, List<Copy> copies) {
      for (Copy copy : copies) {
        if (unwritable.contains(copy.whole().topic())) {
          throw BrokerException.refused(cluster.name(), "write", new IllegalStateException("not allowed"));
        }
        if (mute.contains(copy.whole().topic())) {
          throw BrokerException.unreachable(cluster.name(), "write", new IllegalStateException("no leader"));
        }
      }
      synchronized (InMemoryGroups.this) {
        return called(cluster, group, "commit " + group, () -> {
          if (!hasJoined()) {
            throw BrokerException.unreachable(cluster.name(), "commit " + group, new CommitFailedException());
          }
          due.forEach((partition, offset) -> offsets.computeIfAbsent(group, key -> new TreeMap<>())
              .put(partition.topic(), offset));
          List<Copy> tooLarge = copies.stream().filter(copy -> copy.bytes() > largest).toList();
          for (Copy copy : copies) {
            ProducerRecord<byte[], byte[]> record = tooLarge.contains(copy) ? copy.reference() : copy.whole();
            if (record != null) {
              append(record);
            }
          }
          return tooLarge;
        });
      }
    }

    @Override
    public Map<TopicPartition, Long> positions() {
      beforePositions.getAndSet(() -> {}).run();
      positions.replaceAll((topic, position) -> {
        if (position > logs.getOrDefault(topic, List.of()).size()) { // the client found out by itself
          begun.add(new TopicPartition(topic, 0));
          return 0L;
        }
        return position;
      });
      Map<TopicPartition, Long> all = new java.util.HashMap<>();
      positions.forEach((topic, position) -> all.put(new TopicPartition(topic, 0), position));
      return all;
    }

    @Override
    public Map<TopicPartition, Long> claims() {
      Map<TopicPartition, Long> said = new java.util.HashMap<>();
      claims.getOrDefault(group, Map.of()).forEach((topic, claim) -> said.put(new TopicPartition(topic, 0), claim));
      return said;
    }

    @Override
    public List<String> news() {
      return List.of();
    }

    @Override
    public void close() {
      synchronized (InMemoryGroups.this) {
        if (hasJoined()) {
          members.remove(group);
        }
      }
    }
  }

  @Override
  public synchronized void evict(ClusterDocument cluster, String group, Duration patience) {
    call(cluster, "evict " + group, () -> members.remove(group));
  }

  @Override
  public synchronized Set<String> delete(ClusterDocument cluster, Set<String> groups, Duration patience) {
    Set<String> occupied = new TreeSet<>(groups);
    occupied.removeIf(group -> isDeleted(cluster, group));
    return occupied;
  }

  private boolean isDeleted(ClusterDocument cluster, String group) {
    beforeDeleting.getAndSet(() -> {}).run();
    return call(cluster, "delete " + group, () -> {
      if (undeletable.contains(group)) {
        throw BrokerException.refused(cluster.name(), "delete " + group, new IllegalStateException("not allowed"));
      }
      if (members.containsKey(group)) {
        return false;
      }
      offsets.remove(group);
      return true;
    });
  }

  @Override
  public synchronized List<String> groupsEndingWith(ClusterDocument cluster, String suffix, Duration patience) {
    return call(cluster, "list", () -> offsets.keySet().stream().filter(group -> group.endsWith(suffix)).toList());
  }

  /** The groups of workloads under test. */
  synchronized Set<String> ownGroups() {
    Set<String> own = new TreeSet<>(offsets.keySet());
    own.removeIf(group -> !group.contains(".lk."));
    return own;
  }

  @Override
  public TopicBrowser browse(ClusterDocument cluster, Duration patience) {
    return uncounted(cluster, "browse", Browser::new);
  }

  private final class Browser implements TopicBrowser {

    @Override
    public Map<TopicPartition, Extent> extents(Set<String> topics) {
      synchronized (InMemoryGroups.this) {
        Map<TopicPartition, Extent> extents = new java.util.HashMap<>();
        topics.stream().filter(logs::containsKey)
            .forEach(topic -> extents.put(new TopicPartition(topic, 0), new Extent(0, logOf(topic).size())));
        return extents;
      }
    }

    @Override
    public void read(TopicPartition partition, Extent part,
        java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> taker) {
      logOf(partition.topic()).subList((int) part.from(), (int) part.to()).forEach(taker);
    }

    @Override
    public void close() {
      // Holds nothing.
    }
  }

  @Override
  public void writeOnce(ClusterDocument cluster, String name, List<ProducerRecord<byte[], byte[]>> records,
      BooleanSupplier wanted) {
    beforeWriting.getAndSet(() -> {}).run();
    write(cluster, name, records, wanted);
  }

  private synchronized void write(ClusterDocument cluster, String name, List<ProducerRecord<byte[], byte[]>> records,
      BooleanSupplier wanted) {
    call(cluster, "write " + name, () -> {
      if (records.stream().anyMatch(record -> Copy.bytes(record.key(), record.value(), record.headers()) > largest)) {
        throw BrokerException.refused(cluster.name(), "write " + name, new IllegalStateException("too large"));
      }
      if (!offsets.containsKey(name) && wanted.getAsBoolean()) {
        place(name, records.get(0).topic(), 1);
        records.forEach(this::append);
      }
      return true;
    });
  }

  @Override
  public void close() {
    // Outlives control planes.
  }
}
