package dev.lanekeeper.controlplane.kafka;

import dev.lanekeeper.api.ClusterDocument;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Makes and deletes topics of ours, and sees to it that they keep what stands in them.
 *
 * <p><b>Threads.</b> Any.
 */
final class TopicAdmin {

  private static final Logger LOG = System.getLogger(TopicAdmin.class.getName());

  private final Admins admins;
  /** What was said of topics that are not as they should be. */
  private final Set<String> said = ConcurrentHashMap.newKeySet();

  TopicAdmin(Admins admins) {
    this.admins = admins;
  }

  /** Deletes a topic; whether it was there. {@code id} is null where it is of no account which one it is. */
  boolean delete(ClusterDocument cluster, String topic, @Nullable String id, Duration patience) {
    TopicDescription there = admins.described(cluster, Set.of(topic), patience).get(topic);
    if (there == null || (id != null && !there.topicId().toString().equals(id))) {
      return false;
    }
    KafkaFuture<Void> deleted = Objects.requireNonNull(
        admins.of(cluster).deleteTopics(TopicCollection.ofTopicIds(List.of(there.topicId()))).topicIdValues())
        .get(there.topicId());
    admins.answer(cluster, "delete topic " + topic, Objects.requireNonNull(deleted, topic), patience,
        UnknownTopicIdException.class);
    return true;
  }

  void keep(ClusterDocument cluster, String topic, Duration patience) {
    if (admins.described(cluster, Set.of(topic), patience).isEmpty()) {
      make(cluster, topic, Optional.empty(), TopicSettings.ofQuarantine(), patience);
    }
    settle(cluster, topic, TopicSettings.ofQuarantine(), patience);
  }

  void keepLike(ClusterDocument cluster, String topic, String origin, Duration patience) {
    Map<String, TopicDescription> there = admins.described(cluster, Set.of(topic, origin), patience);
    TopicDescription like = there.get(origin);
    if (!there.containsKey(topic)) {
      make(cluster, topic, Optional.of(like == null ? 1 : like.partitions().size()), TopicSettings.ofHandover(),
          patience);
    }
    settle(cluster, topic, TopicSettings.ofHandover(), patience);
  }

  private void make(ClusterDocument cluster, String topic, Optional<Integer> partitions, Map<String, String> settings,
      Duration patience) {
    BrokerException refused = null;
    for (Map<String, String> attempt : TopicSettings.attempts(settings)) {
      NewTopic wanted = new NewTopic(topic, partitions, Optional.empty()).configs(attempt);
      KafkaFuture<Void> made =
          Objects.requireNonNull(admins.of(cluster).createTopics(List.of(wanted)).values().get(topic), topic);
      try {
        admins.answer(cluster, "make topic " + topic, made, patience, TopicExistsException.class);
        return;
      } catch (BrokerException e) {
        if (!(e.getCause() instanceof PolicyViolationException
            || e.getCause() instanceof InvalidConfigurationException)) {
          throw e;
        }
        refused = e;
      }
    }
    if (refused != null) {
      throw refused;
    }
  }

  /** Lets a topic of ours be as it is to be, as far as the cluster lets us. */
  private void settle(ClusterDocument cluster, String topic, Map<String, String> settings, Duration patience) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    try {
      Config config = admins.answer(cluster, "read the settings of topic " + topic, Objects.requireNonNull(
          admins.of(cluster).describeConfigs(List.of(resource)).values().get(resource)), patience,
          UnknownTopicOrPartitionException.class); // made just now
      settings.forEach((name, wanted) -> {
        ConfigEntry entry = config == null ? null : config.get(name);
        if (entry != null && TopicSettings.isAmiss(name, entry.value(), wanted)) {
          set(cluster, resource, name, wanted, patience);
        }
      });
    } catch (BrokerException e) {
      if (e.isUnreachable()) {
        throw e;
      }
      say(cluster, topic, "describe", "nobody can tell whether topic " + topic + " keeps what stands in it", e);
    }
  }

  private void set(ClusterDocument cluster, ConfigResource topic, String name, String wanted, Duration patience) {
    AlterConfigOp set = new AlterConfigOp(new ConfigEntry(name, wanted), AlterConfigOp.OpType.SET);
    try {
      admins.answer(cluster, "set " + name + " of topic " + topic.name(),
          admins.of(cluster).incrementalAlterConfigs(Map.of(topic, List.of(set))).all(), patience, Admins.Never.class);
    } catch (BrokerException e) {
      if (e.isUnreachable()) {
        throw e;
      }
      say(cluster, topic.name(), name, TopicSettings.without(name, topic.name()), e);
    }
  }

  private void say(ClusterDocument cluster, String topic, String what, String meaning, BrokerException why) {
    if (said.add(cluster.name() + " " + topic + " " + what)) {
      LOG.log(Level.WARNING, meaning + ": " + why.getMessage());
    }
  }
}
