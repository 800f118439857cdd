package dev.lanekeeper.controlplane.kafka;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.lifecycle.Start;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.PartitionOffset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsResult;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.admin.StreamsGroupDescription;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ClassicGroupState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks real clusters, through one Kafka admin client for each Cluster document. One that got no answer is closed: it would
 * go on trying, and say so, until somebody asks again.
 *
 * <p><b>Threads.</b> Any.
 */
public final class AdminGroups implements GroupBroker {

  private final Admins admins = new Admins();
  private final TopicAdmin topics = new TopicAdmin(admins);

  @Override
  public String id(ClusterDocument cluster, Duration patience) {
    String id =
        admins.answer(cluster, "ask which cluster it is", admins.of(cluster).describeCluster().clusterId(), patience,
            Admins.Never.class);
    return id == null ? cluster.name() : id;
  }

  @Override
  public Map<String, List<Member>> members(ClusterDocument cluster, Set<String> groups, Duration patience) {
    // Workloads under test and undertakers use the classic protocol: most often one question is enough.
    Set<String> underTest = new TreeSet<>(groups);
    underTest.removeIf(group -> Incarnation.ofGroup(group) == null);
    Map<String, List<Member>> members = new HashMap<>(classicMembers(cluster, underTest, patience));
    Set<String> others = new TreeSet<>(groups);
    others.removeAll(members.keySet());
    members.putAll(consumers(cluster, others, patience));
    return members;
  }

  /** Without those that there are not, or not of this protocol. */
  private Map<String, List<Member>> classicMembers(ClusterDocument cluster, Set<String> groups, Duration patience) {
    Map<String, List<Member>> members = new HashMap<>();
    described(cluster, admins.of(cluster).describeClassicGroups(groups).describedGroups(), patience)
        .forEach((group, description) -> {
          // Older brokers say of a group that they do not have, or have with another protocol, that it is dead.
          if (description.state() != ClassicGroupState.DEAD) {
            members.put(group, members(description.members()));
          }
        });
    return members;
  }

  /** What a cluster says of groups that were asked for at once; without those that there are not. */
  private <T> Map<String, T> described(ClusterDocument cluster, Map<String, KafkaFuture<T>> asked, Duration patience) {
    Map<String, T> described = new HashMap<>();
    asked.forEach((group, future) -> {
      T description =
          admins.answer(cluster, "describe group " + group, future, patience, GroupIdNotFoundException.class);
      if (description != null) {
        described.put(group, description);
      }
    });
    return described;
  }

  private static List<Member> members(Collection<MemberDescription> described) {
    return described.stream().map(member -> new Member(member.consumerId(), member.clientId(), member.host())).toList();
  }

  private Map<String, List<Member>> consumers(ClusterDocument cluster, Set<String> groups, Duration patience) {
    Map<String, ConsumerGroupDescription> described =
        described(cluster, admins.of(cluster).describeConsumerGroups(groups).describedGroups(), patience);
    Map<String, List<Member>> members = new HashMap<>();
    groups.forEach(group -> {
      ConsumerGroupDescription description = described.get(group);
      members.put(group,
          description == null ? streamsMembers(cluster, group, patience) : members(description.members()));
    });
    return members;
  }

  /** Such a group is none of consumers, to a broker that knows of it; its members take what they read all the same. */
  private List<Member> streamsMembers(ClusterDocument cluster, String group, Duration patience) {
    try {
      StreamsGroupDescription description =
          described(cluster, admins.of(cluster).describeStreamsGroups(List.of(group)).describedGroups(), patience)
              .get(group);
      return description == null
          ? List.of()
          : description.members().stream()
              .map(member -> new Member(member.memberId(), member.clientId(), member.clientHost(), Kind.STREAMS))
              .toList();
    } catch (BrokerException e) {
      if (e.getCause() instanceof UnsupportedVersionException) {
        return List.of(); // there are none of this kind
      }
      throw e;
    }
  }

  @Override
  public Map<String, Set<String>> topicsCommitted(ClusterDocument cluster, Set<String> groups, Duration patience) {
    Map<String, Set<String>> topics = new HashMap<>();
    committed(cluster, groups, patience).forEach((group, committed) -> {
      Set<String> names = new TreeSet<>();
      committed.keySet().forEach(partition -> names.add(partition.topic()));
      topics.put(group, names);
    });
    return topics;
  }

  /** The committed offsets of groups; none of a group that there is not. */
  private Map<String, Map<TopicPartition, OffsetAndMetadata>> committed(ClusterDocument cluster, Set<String> groups,
      Duration patience) {
    Map<String, ListConsumerGroupOffsetsSpec> all = new HashMap<>();
    groups.forEach(group -> all.put(group, new ListConsumerGroupOffsetsSpec()));
    ListConsumerGroupOffsetsResult asked = admins.of(cluster).listConsumerGroupOffsets(all);
    Map<String, Map<TopicPartition, OffsetAndMetadata>> committed = new HashMap<>();
    for (String group : groups) {
      Map<TopicPartition, OffsetAndMetadata> answer = admins.answer(cluster, "read the offsets of group " + group,
          asked.partitionsToOffsetAndMetadata(group), patience, GroupIdNotFoundException.class);
      committed.put(group, answer == null ? Map.of() : answer);
    }
    return committed;
  }

  @Override
  public List<Start> positions(ClusterDocument cluster, Map<String, Set<String>> topics, Duration patience) {
    Map<String, Map<TopicPartition, OffsetAndMetadata>> committed = committed(cluster, topics.keySet(), patience);
    Map<String, Set<String>> wanted = new HashMap<>();
    topics.forEach((group, names) -> {
      Set<String> all = new TreeSet<>(names);
      committed.getOrDefault(group, Map.of()).keySet().forEach(partition -> all.add(partition.topic()));
      wanted.put(group, all);
    });
    Set<String> allTopics = new TreeSet<>();
    wanted.values().forEach(allTopics::addAll);
    Map<String, TopicDescription> described = admins.described(cluster, allTopics, patience);
    Map<TopicPartition, OffsetSpec> unknown = new HashMap<>();
    wanted.forEach((group, names) -> partitions(described, names).stream()
        .filter(partition -> !committed.getOrDefault(group, Map.of()).containsKey(partition))
        .forEach(partition -> unknown.put(partition, OffsetSpec.earliest())));
    Map<TopicPartition, Long> beginnings = beginnings(cluster, unknown, patience);
    List<Start> starts = new ArrayList<>();
    wanted.forEach((group, names) -> partitions(described, names).forEach(partition -> {
      OffsetAndMetadata known = committed.getOrDefault(group, Map.of()).get(partition);
      Long offset = known == null ? beginnings.get(partition) : Long.valueOf(known.offset());
      if (offset != null) {
        starts.add(new Start(cluster.name(), group, partition.topic(),
            Objects.requireNonNull(described.get(partition.topic())).topicId().toString(), partition.partition(),
            offset));
      }
    }));
    starts.sort(Comparator.comparing(Start::group).thenComparing(Start::topic).thenComparingInt(Start::partition));
    return starts;
  }

  private static List<TopicPartition> partitions(Map<String, TopicDescription> described, Set<String> topics) {
    return topics.stream().filter(described::containsKey).flatMap(topic -> Objects.requireNonNull(described.get(topic))
        .partitions().stream().map(info -> new TopicPartition(topic, info.partition()))).toList();
  }

  private Map<TopicPartition, Long> beginnings(ClusterDocument cluster, Map<TopicPartition, OffsetSpec> partitions,
      Duration patience) {
    return offsets(cluster, "read the beginnings of partitions", partitions, patience);
  }

  private Map<TopicPartition, Long> offsets(ClusterDocument cluster, String what,
      Map<TopicPartition, OffsetSpec> partitions, Duration patience) {
    if (partitions.isEmpty()) {
      return Map.of();
    }
    Map<TopicPartition, Long> offsets = new HashMap<>();
    var answer =
        admins.answer(cluster, what, admins.of(cluster).listOffsets(partitions).all(), patience, Admins.Never.class);
    if (answer != null) {
      answer.forEach((partition, info) -> offsets.put(partition, info.offset()));
    }
    return offsets;
  }

  @Override
  public void place(ClusterDocument cluster, String group, List<Start> starts, Duration patience) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    starts.forEach(start -> offsets.put(new TopicPartition(start.topic(), start.partition()),
        new OffsetAndMetadata(start.offset())));
    // A member: it was published before, and its offsets are its own by now.
    admins.answer(cluster, "set the offsets of group " + group,
        admins.of(cluster).alterConsumerGroupOffsets(group, offsets).all(),
        patience, UnknownMemberIdException.class);
  }

  @Override
  public void evict(ClusterDocument cluster, String group, Duration patience) {
    if (members(cluster, group, patience).isEmpty()) {
      return;
    }
    admins.answer(cluster, "remove the members of group " + group,
        admins.of(cluster).removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions()).all(),
        patience,
        UnknownMemberIdException.class);
  }

  @Override
  public Set<String> delete(ClusterDocument cluster, Set<String> groups, Duration patience) {
    Map<String, KafkaFuture<Void>> asked = admins.of(cluster).deleteConsumerGroups(groups).deletedGroups();
    Set<String> occupied = new TreeSet<>();
    asked.forEach((group, future) -> {
      try {
        admins.answer(cluster, "delete group " + group, future, patience, GroupIdNotFoundException.class);
      } catch (BrokerException e) {
        if (!(e.getCause() instanceof GroupNotEmptyException)) {
          throw e;
        }
        occupied.add(group);
      }
    });
    return occupied;
  }

  @Override
  public GroupReader undertake(ClusterDocument cluster, String group, Set<String> topics, List<Start> starts) {
    try {
      Properties properties = admins.properties(cluster, UNDERTAKER);
      properties.put(AdminClientConfig.CLIENT_ID_CONFIG, UNDERTAKER); // whatever the document says
      return new KafkaGroupReader(cluster, properties, group, topics, starts);
    } catch (KafkaException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw BrokerException.unreachable(Admins.where(cluster), "connect", cause);
    }
  }

  @Override
  public List<PartitionOffset> ends(ClusterDocument cluster, Set<String> topics, Duration patience) {
    Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
    Map<String, TopicDescription> described = admins.described(cluster, topics, patience);
    described.values().forEach(topic -> topic.partitions()
        .forEach(info -> partitions.put(new TopicPartition(topic.name(), info.partition()), OffsetSpec.latest())));
    List<PartitionOffset> ends = new ArrayList<>();
    offsets(cluster, "read the ends of partitions", partitions, patience).forEach((partition, offset) -> {
      TopicDescription topic = Objects.requireNonNull(described.get(partition.topic()));
      ends.add(new PartitionOffset(cluster.name(), partition.topic(), topic.topicId().toString(),
          partition.partition(), offset));
    });
    ends.sort(Comparator.comparing(PartitionOffset::topic).thenComparingInt(PartitionOffset::partition));
    return ends;
  }

  @Override
  public Set<String> topicsBeginning(ClusterDocument cluster, String prefix, Duration patience) {
    Set<String> names =
        admins.answer(cluster, "list the topics", admins.of(cluster).listTopics().names(), patience,
            Admins.Never.class);
    Set<String> found = new TreeSet<>();
    if (names != null) {
      names.stream().filter(name -> name.startsWith(prefix)).forEach(found::add);
    }
    return found;
  }

  @Override
  public void deleteTopics(ClusterDocument cluster, Set<String> names, Duration patience) {
    names.forEach(name -> topics.delete(cluster, name, null, patience));
  }

  @Override
  public void keep(ClusterDocument cluster, String topic, Duration patience) {
    topics.keep(cluster, topic, patience);
  }

  @Override
  public void keepLike(ClusterDocument cluster, String topic, String origin, Duration patience) {
    topics.keepLike(cluster, topic, origin, patience);
  }

  @Override
  public boolean deleteTopic(ClusterDocument cluster, String topic, String id, Duration patience) {
    return topics.delete(cluster, topic, id, patience);
  }

  @Override
  public boolean holdsRecords(ClusterDocument cluster, String topic, int partition, long from, long to,
      Duration patience) {
    String what = "look for records in " + topic + "-" + partition + " from " + from + " to " + to;
    try {
      return new RecordLookup(admins.properties(cluster, "lanekeeper-control-plane"))
          .isAny(new TopicPartition(topic, partition), from, to, patience);
    } catch (RetriableException e) {
      throw BrokerException.unreachable(Admins.where(cluster), what, e);
    } catch (KafkaException e) {
      throw BrokerException.refused(Admins.where(cluster), what, e);
    }
  }

  @Override
  public @Nullable ConsumerRecord<byte[], byte[]> read(ClusterDocument cluster, String topic, int partition,
      long offset,
      Duration patience) {
    TopicDescription description = admins.described(cluster, Set.of(topic), patience).get(topic);
    if (description == null || partition >= description.partitions().size()) {
      return null;
    }
    String what = "read " + topic + "-" + partition + "@" + offset;
    try {
      return new RecordLookup(admins.properties(cluster, "lanekeeper-control-plane"))
          .find(new TopicPartition(topic, partition), offset, patience);
    } catch (RetriableException e) {
      throw BrokerException.unreachable(Admins.where(cluster), what, e);
    } catch (KafkaException e) {
      throw BrokerException.refused(Admins.where(cluster), what, e);
    }
  }

  @Override
  public List<String> groupsEndingWith(ClusterDocument cluster, String suffix, Duration patience) {
    var groups = admins.answer(cluster, "list the groups",
        admins.of(cluster).listGroups(new ListGroupsOptions().timeoutMs((int) patience.toMillis())).all(), patience,
        Admins.Never.class);
    List<String> names = new ArrayList<>();
    if (groups != null) {
      groups.stream().map(group -> group.groupId()).filter(name -> name.endsWith(suffix)).forEach(names::add);
    }
    return names;
  }

  @Override
  public TopicBrowser browse(ClusterDocument cluster, Duration patience) {
    try {
      return new KafkaTopicBrowser(Admins.where(cluster), admins.properties(cluster, "lanekeeper-control-plane"),
          patience);
    } catch (KafkaException e) {
      throw BrokerException.unreachable(Admins.where(cluster), "connect", e.getCause() == null ? e : e.getCause());
    }
  }

  @Override
  public void writeOnce(ClusterDocument cluster, String name, List<ProducerRecord<byte[], byte[]>> records,
      BooleanSupplier wanted) {
    new WrittenOnce(Admins.where(cluster), name, admins.properties(cluster, "lanekeeper-control-plane")).write(records,
        wanted);
  }

  @Override
  public void close() {
    admins.close();
  }
}
