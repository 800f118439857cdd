package dev.lanekeeper.storm;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** What is there at the end that should not be: in the broker, and in the database. */
final class LeftOver implements AutoCloseable {

  private static final String QUARANTINES = "lanekeeper.quarantine.";
  private static final String HANDOVERS = "lanekeeper.redelivered.";
  private static final List<String> ROWS = List.of(
      "SELECT 'operation', id, kind, state FROM operations WHERE state = 'running'",
      "SELECT 'life', id, tenancy, stage FROM incarnations WHERE stage <> 'ended'",
      "SELECT 'address', instance, incarnation FROM announcements",
      "SELECT 'tenant', tenancy FROM tenants",
      "SELECT 'document', key FROM documents WHERE kind = 'Tenant'",
      "SELECT 'lease', name FROM leases WHERE name LIKE 'death %' OR name LIKE 'birth %'");

  private final Admin admin;
  private final Database database;

  LeftOver(String bootstrap, Database database) {
    this.admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap));
    this.database = database;
  }

  /** The topics of ours that begin so. */
  private List<String> topics(String prefix) throws InterruptedException, ExecutionException {
    return admin.listTopics().names().get().stream().filter(topic -> topic.startsWith(prefix)).sorted().toList();
  }

  List<String> quarantines() throws InterruptedException, ExecutionException {
    return topics(QUARANTINES);
  }

  List<String> handovers() throws InterruptedException, ExecutionException {
    return topics(HANDOVERS);
  }

  /** How many records the baseline's groups have not read yet, also of what was handed over to them. */
  long lag() throws InterruptedException, ExecutionException {
    long lag = 0;
    for (Map.Entry<String, List<String>> group : Ground.GROUPS.entrySet()) {
      lag += lag(group.getKey(), group.getValue());
    }
    return lag;
  }

  /** How many records that were handed over the baseline has not read yet. */
  long handoverLag() throws InterruptedException, ExecutionException {
    long lag = 0;
    for (String topic : handovers()) {
      long least = Long.MAX_VALUE;
      for (String group : Ground.GROUPS.keySet()) {
        // A topic is read by one of the groups; the others know nothing of it.
        least = Math.min(least, lag(group + ".redelivered", List.of(topic)));
      }
      lag += least;
    }
    return lag;
  }

  private long lag(String group, List<String> topics) throws InterruptedException, ExecutionException {
    Map<TopicPartition, OffsetAndMetadata> committed =
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    long lag = 0;
    for (Map.Entry<TopicPartition, Long> end : ends(topics).entrySet()) {
      OffsetAndMetadata offset = committed.get(end.getKey());
      lag += end.getValue() - (offset == null ? 0 : offset.offset());
    }
    return lag;
  }

  private Map<TopicPartition, Long> ends(List<String> topics) throws InterruptedException, ExecutionException {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    admin.describeTopics(topics).allTopicNames().get().values().forEach(topic -> topic.partitions()
        .forEach(partition -> wanted.put(new TopicPartition(topic.name(), partition.partition()),
            OffsetSpec.latest())));
    Map<TopicPartition, Long> ends = new HashMap<>();
    admin.listOffsets(wanted).all().get().forEach((partition, end) -> ends.put(partition, end.offset()));
    return ends;
  }

  /** All of it, one line each: other groups than those of the baseline, other topics than those that a service has. */
  List<String> all() throws InterruptedException, ExecutionException, SQLException {
    List<String> left = new ArrayList<>();
    Set<String> expected = new HashSet<>(Ground.GROUPS.keySet());
    Ground.GROUPS.keySet().forEach(group -> expected.add(group + ".redelivered"));
    Set<String> groups = new TreeSet<>();
    for (GroupListing group : admin.listGroups().all().get()) {
      groups.add(group.groupId());
    }
    groups.stream().filter(group -> !expected.contains(group) && !group.startsWith("lanekeeper.resolver."))
        .forEach(group -> left.add("group " + group));
    for (String topic : admin.listTopics().names().get()) {
      boolean own = Ground.TOPICS.containsKey(topic) || topic.startsWith(QUARANTINES) || topic.startsWith(HANDOVERS);
      if (!own) {
        left.add("topic " + topic);
      }
    }
    for (String rows : ROWS) {
      database.ask(rows).forEach(row -> left.add(String.join(" ", row)));
    }
    return left;
  }

  @Override
  public void close() {
    admin.close();
  }
}
