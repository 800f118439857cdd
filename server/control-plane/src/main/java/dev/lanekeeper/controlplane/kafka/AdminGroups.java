package dev.lanekeeper.controlplane.kafka;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.lifecycle.Start;
import dev.lanekeeper.model.PartitionOffset;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks real clusters, through one Kafka admin client for each Cluster document. One that got no answer is closed: it would
 * go on trying, and say so, until somebody asks again.
 *
 * <p><b>Threads.</b> Any.
 */
public final class AdminGroups implements GroupBroker {

  private static final Logger LOG = System.getLogger(AdminGroups.class.getName());
  private static final int REQUEST_MILLIS = 3_000;
  /** How long records that were put aside are kept. */
  private static final Duration KEPT = Duration.ofDays(14);

  private final Map<ClusterDocument, Admin> admins = new ConcurrentHashMap<>();
  /** The topics of which it was said that they take no large records. */
  private final Set<String> said = ConcurrentHashMap.newKeySet();
  private final Secrets secrets = new Secrets(System::getenv);

  private Admin admin(ClusterDocument cluster) {
    return admins.computeIfAbsent(cluster, this::connect);
  }

  private Admin connect(ClusterDocument cluster) {
    Properties properties = properties(cluster, "lanekeeper-control-plane");
    properties.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
    properties.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 2 * REQUEST_MILLIS);
    try {
      return Admin.create(properties);
    } catch (KafkaException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw BrokerException.unreachable(where(cluster), "connect", cause);
    }
  }

  private Properties properties(ClusterDocument cluster, String clientId) {
    Properties properties = new Properties();
    properties.put(AdminClientConfig.CLIENT_ID_CONFIG, clientId);
    properties.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
    cluster.properties()
        .forEach((key, value) -> properties.put(key, secrets.resolved(cluster.name(), key, value)));
    properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrap());
    return properties;
  }

  /** Waits for an answer; null where it is this refusal. */
  private <T> @Nullable T answer(ClusterDocument cluster, String what, KafkaFuture<T> future, Duration patience,
      Class<? extends Exception> benign) {
    String where = where(cluster);
    try {
      return future.get(Math.max(1, patience.toMillis()), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (benign.isInstance(cause)) {
        return null;
      }
      if (cause instanceof org.apache.kafka.common.errors.TimeoutException) {
        forget(cluster);
      }
      throw cause instanceof RetriableException
          ? BrokerException.unreachable(where, what, cause)
          : BrokerException.refused(where, what, cause);
    } catch (TimeoutException e) {
      forget(cluster);
      throw BrokerException.unreachable(where, what, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw BrokerException.unreachable(where, what, e);
    }
  }

  private void forget(ClusterDocument cluster) {
    Admin silent = admins.remove(cluster);
    if (silent != null) {
      silent.close(Duration.ZERO);
    }
  }

  /** The future of the only group that was asked for. */
  private static <T> KafkaFuture<T> of(String group, Map<String, KafkaFuture<T>> futures) {
    return Objects.requireNonNull(futures.get(group), group);
  }

  @Override
  public List<Member> members(ClusterDocument cluster, String group, Duration patience) {
    ConsumerGroupDescription description = answer(cluster, "describe group " + group,
        of(group, admin(cluster).describeConsumerGroups(List.of(group)).describedGroups()), patience,
        GroupIdNotFoundException.class);
    return description == null
        ? List.of()
        : description.members().stream()
            .map(member -> new Member(member.consumerId(), member.clientId(), member.host()))
            .toList();
  }

  @Override
  public List<Start> positions(ClusterDocument cluster, String group, Set<String> topics, Duration patience) {
    Map<TopicPartition, OffsetAndMetadata> committed = answer(cluster, "read the offsets of group " + group,
        admin(cluster).listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(), patience,
        GroupIdNotFoundException.class);
    Map<TopicPartition, OffsetAndMetadata> known = committed == null ? Map.of() : committed;
    Set<String> wanted = new TreeSet<>(topics);
    known.keySet().forEach(partition -> wanted.add(partition.topic()));
    Map<String, TopicDescription> described = described(cluster, wanted, patience);
    Map<TopicPartition, OffsetSpec> unknown = new HashMap<>();
    Map<TopicPartition, Long> offsets = new HashMap<>();
    for (TopicDescription topic : described.values()) {
      topic.partitions().forEach(info -> {
        TopicPartition partition = new TopicPartition(topic.name(), info.partition());
        OffsetAndMetadata offset = known.get(partition);
        if (offset == null) {
          unknown.put(partition, OffsetSpec.earliest());
        } else {
          offsets.put(partition, offset.offset());
        }
      });
    }
    offsets.putAll(beginnings(cluster, unknown, patience));
    return offsets.entrySet().stream().map(entry -> {
      TopicDescription topic = described.get(entry.getKey().topic());
      String id = topic == null ? "" : topic.topicId().toString();
      return new Start(cluster.name(), group, entry.getKey().topic(), id, entry.getKey().partition(), entry.getValue());
    }).sorted(Comparator.comparing(Start::topic).thenComparingInt(Start::partition)).toList();
  }

  private Map<String, TopicDescription> described(ClusterDocument cluster, Set<String> topics, Duration patience) {
    Map<String, TopicDescription> described = new HashMap<>();
    admin(cluster).describeTopics(topics).topicNameValues().forEach((name, future) -> {
      TopicDescription topic =
          answer(cluster, "describe topic " + name, future, patience, UnknownTopicOrPartitionException.class);
      if (topic != null) {
        described.put(name, topic);
      }
    });
    return described;
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
    var answer = answer(cluster, what, admin(cluster).listOffsets(partitions).all(), patience, NeverException.class);
    if (answer != null) {
      answer.forEach((partition, info) -> offsets.put(partition, info.offset()));
    }
    return offsets;
  }

  /** For calls that have no benign refusal. */
  private static final class NeverException extends Exception {
    private NeverException() {}
  }

  @Override
  public void place(ClusterDocument cluster, String group, List<Start> starts, Duration patience) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    starts.forEach(start -> offsets.put(new TopicPartition(start.topic(), start.partition()),
        new OffsetAndMetadata(start.offset())));
    // A member: it was published before, and its offsets are its own by now.
    answer(cluster, "set the offsets of group " + group, admin(cluster).alterConsumerGroupOffsets(group, offsets).all(),
        patience, UnknownMemberIdException.class);
  }

  @Override
  public void evict(ClusterDocument cluster, String group, Duration patience) {
    if (members(cluster, group, patience).isEmpty()) {
      return;
    }
    answer(cluster, "remove the members of group " + group,
        admin(cluster).removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions()).all(),
        patience,
        UnknownMemberIdException.class);
  }

  @Override
  public boolean delete(ClusterDocument cluster, String group, Duration patience) {
    KafkaFuture<Void> future = of(group, admin(cluster).deleteConsumerGroups(List.of(group)).deletedGroups());
    try {
      answer(cluster, "delete group " + group, future, patience, GroupIdNotFoundException.class);
      return true;
    } catch (BrokerException e) {
      if (e.getCause() instanceof GroupNotEmptyException) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public GroupReader undertake(ClusterDocument cluster, String group, Set<String> topics, List<Start> starts) {
    try {
      Properties properties = properties(cluster, UNDERTAKER);
      properties.put(AdminClientConfig.CLIENT_ID_CONFIG, UNDERTAKER); // whatever the document says
      return new KafkaGroupReader(cluster, properties, group, topics, starts);
    } catch (KafkaException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw BrokerException.unreachable(where(cluster), "connect", cause);
    }
  }

  @Override
  public List<PartitionOffset> ends(ClusterDocument cluster, Set<String> topics, Duration patience) {
    Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
    Map<String, TopicDescription> described = described(cluster, topics, patience);
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
        answer(cluster, "list the topics", admin(cluster).listTopics().names(), patience, NeverException.class);
    Set<String> found = new TreeSet<>();
    if (names != null) {
      names.stream().filter(name -> name.startsWith(prefix)).forEach(found::add);
    }
    return found;
  }

  @Override
  public void deleteTopics(ClusterDocument cluster, Set<String> topics, Duration patience) {
    admin(cluster).deleteTopics(topics).topicNameValues()
        .forEach((name, future) -> answer(cluster, "delete topic " + name,
            Objects.requireNonNull(future), patience, UnknownTopicOrPartitionException.class));
  }

  @Override
  public void keep(ClusterDocument cluster, String topic, Duration patience) {
    if (described(cluster, Set.of(topic), patience).isEmpty()) {
      make(cluster, topic, Optional.empty(), patience);
    }
    takesLarge(cluster, topic, patience);
  }

  @Override
  public void keepLike(ClusterDocument cluster, String topic, String origin, Duration patience) {
    Map<String, TopicDescription> there = described(cluster, Set.of(topic, origin), patience);
    TopicDescription like = there.get(origin);
    if (!there.containsKey(topic)) {
      make(cluster, topic, Optional.of(like == null ? 1 : like.partitions().size()), patience);
    }
    takesLarge(cluster, topic, patience);
  }

  private void make(ClusterDocument cluster, String topic, Optional<Integer> partitions, Duration patience) {
    Map<String, String> configs = Map.of(TopicConfig.RETENTION_MS_CONFIG, "" + KEPT.toMillis(),
        TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "" + Sizes.LARGEST);
    try {
      make(cluster, new NewTopic(topic, partitions, Optional.empty()).configs(configs), patience);
    } catch (BrokerException e) {
      if (!(e.getCause() instanceof PolicyViolationException
          || e.getCause() instanceof InvalidConfigurationException)) {
        throw e;
      }
      make(cluster, new NewTopic(topic, partitions, Optional.empty()), patience);
    }
  }

  private void make(ClusterDocument cluster, NewTopic topic, Duration patience) {
    KafkaFuture<Void> made =
        Objects.requireNonNull(admin(cluster).createTopics(List.of(topic)).values().get(topic.name()), topic.name());
    answer(cluster, "make topic " + topic.name(), made, patience, TopicExistsException.class);
  }

  /** Lets a topic of ours take records that are as large as any. What it does not take stands there by reference. */
  private void takesLarge(ClusterDocument cluster, String topic, Duration patience) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    try {
      Config config = answer(cluster, "read what topic " + topic + " takes", Objects.requireNonNull(
          admin(cluster).describeConfigs(List.of(resource)).values().get(resource)), patience,
          UnknownTopicOrPartitionException.class); // made just now
      ConfigEntry entry = config == null ? null : config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
      if (entry != null && entry.value() != null && Long.parseLong(entry.value()) < Sizes.LARGEST) {
        AlterConfigOp set = new AlterConfigOp(
            new ConfigEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "" + Sizes.LARGEST), AlterConfigOp.OpType.SET);
        answer(cluster, "let topic " + topic + " take large records",
            admin(cluster).incrementalAlterConfigs(Map.of(resource, List.of(set))).all(), patience,
            NeverException.class);
      }
    } catch (BrokerException e) {
      if (e.isUnreachable()) {
        throw e;
      }
      if (said.add(cluster.name() + " " + topic)) {
        LOG.log(Level.WARNING, "records that are too large for topic " + topic + " stand in it by reference alone: "
            + e.getMessage() + "; set its " + TopicConfig.MAX_MESSAGE_BYTES_CONFIG + " to that of the topics from which"
            + " they come, and a little more");
      }
    }
  }

  @Override
  public @Nullable ConsumerRecord<byte[], byte[]> read(ClusterDocument cluster, String topic, int partition,
      long offset,
      Duration patience) {
    TopicDescription description = described(cluster, Set.of(topic), patience).get(topic);
    if (description == null || partition >= description.partitions().size()) {
      return null;
    }
    String what = "read " + topic + "-" + partition + "@" + offset;
    try {
      return new RecordLookup(properties(cluster, "lanekeeper-control-plane"))
          .find(new TopicPartition(topic, partition), offset, patience);
    } catch (RetriableException e) {
      throw BrokerException.unreachable(where(cluster), what, e);
    } catch (KafkaException e) {
      throw BrokerException.refused(where(cluster), what, e);
    }
  }

  private static String where(ClusterDocument cluster) {
    return cluster.name() + " (" + cluster.bootstrap() + ")";
  }

  @Override
  public List<String> groupsEndingWith(ClusterDocument cluster, String suffix, Duration patience) {
    var groups = answer(cluster, "list the groups",
        admin(cluster).listGroups(new ListGroupsOptions().timeoutMs((int) patience.toMillis())).all(), patience,
        NeverException.class);
    List<String> names = new ArrayList<>();
    if (groups != null) {
      groups.stream().map(group -> group.groupId()).filter(name -> name.endsWith(suffix)).forEach(names::add);
    }
    return names;
  }

  @Override
  public void close() {
    admins.values().forEach(admin -> admin.close(Duration.ofSeconds(1)));
    admins.clear();
  }
}
