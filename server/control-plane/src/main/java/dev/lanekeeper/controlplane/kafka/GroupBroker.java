package dev.lanekeeper.controlplane.kafka;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.lifecycle.Start;
import dev.lanekeeper.model.PartitionOffset;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The consumer groups of Kafka clusters. {@link AdminGroups} asks real ones.
 *
 * <p>Every method throws {@link BrokerException} where the cluster does not answer in time, or refuses.
 */
public interface GroupBroker extends AutoCloseable {

  /**
   * A member of a group.
   *
   * @param memberId that the broker gave it
   * @param clientId that it was configured with
   * @param host from which it connects
   * @param kind of what kind the group is
   */
  record Member(String memberId, String clientId, String host, Kind kind) {

    /** One of a group of consumers. */
    public Member(String memberId, String clientId, String host) {
      this(memberId, clientId, host, Kind.CONSUMERS);
    }

    /** Whether it is no workload, but an undertaker. */
    public boolean isUndertaker() {
      return clientId.startsWith(UNDERTAKER);
    }
  }

  /** What a group is made of. */
  enum Kind {
    CONSUMERS,
    /** Applications of Kafka Streams to which the broker assigns what they read: {@code group.protocol=streams}. */
    STREAMS
  }

  /** What the client ids of undertakers begin with. */
  String UNDERTAKER = "lanekeeper-undertaker";

  /** By what the brokers know their cluster: the same whichever of them is asked. */
  String id(ClusterDocument cluster, Duration patience);

  /** Who is in groups, by group; nobody where there is no such group. */
  Map<String, List<Member>> members(ClusterDocument cluster, Set<String> groups, Duration patience);

  /** Who is in a group; nobody where there is no such group. */
  default List<Member> members(ClusterDocument cluster, String group, Duration patience) {
    return members(cluster, Set.of(group), patience).getOrDefault(group, List.of());
  }

  /**
   * Where groups stand in every partition of topics: their committed offset, or the beginning where they have none.
   *
   * @param topics by group; those that do not exist are left out, and those that the group has committed in are added
   */
  List<Start> positions(ClusterDocument cluster, Map<String, Set<String>> topics, Duration patience);

  /** The same of one group. */
  default List<Start> positions(ClusterDocument cluster, String group, Set<String> topics, Duration patience) {
    return positions(cluster, Map.of(group, topics), patience);
  }

  /** The topics in which groups have committed an offset, by group; none for a group that there is not. */
  Map<String, Set<String>> topicsCommitted(ClusterDocument cluster, Set<String> groups, Duration patience);

  /** Sets offsets of a group. A group that already has members has begun: nothing is done then. */
  void place(ClusterDocument cluster, String group, List<Start> starts, Duration patience);

  /** Removes every member of a group. */
  void evict(ClusterDocument cluster, String group, Duration patience);

  /**
   * Deletes groups. One that is not there is gone.
   *
   * @return those that are not gone, since somebody is in them
   */
  Set<String> delete(ClusterDocument cluster, Set<String> groups, Duration patience);

  /**
   * Deletes a group.
   *
   * @return whether it is gone; false if somebody is in it
   */
  default boolean delete(ClusterDocument cluster, String group, Duration patience) {
    return delete(cluster, Set.of(group), patience).isEmpty();
  }

  /**
   * Opens the undertaker's seat in a group, which it joins at the first read.
   *
   * @param topics what it reads; those that do not exist are left out
   * @param starts where it begins in partitions without a committed offset; in others without one, at their beginning
   */
  GroupReader undertake(ClusterDocument cluster, String group, Set<String> topics, List<Start> starts);

  /**
   * Where the partitions of topics end: the offset of the next record in each.
   *
   * @param topics those that do not exist are left out
   */
  List<PartitionOffset> ends(ClusterDocument cluster, Set<String> topics, Duration patience);

  /** The names of the topics that begin like this. */
  Set<String> topicsBeginning(ClusterDocument cluster, String prefix, Duration patience);

  /**
   * Makes a topic for records that are kept until a person looks, unless it is there; one that is there takes as large records from
   * now on as a new one, where the cluster lets us say so.
   */
  void keep(ClusterDocument cluster, String topic, Duration patience);

  /**
   * The same for a topic of records that came from another one. It has as many partitions as that, so that a record that has a key
   * comes to a partition of the same number, and with most assignors to the same member; one where that is gone.
   */
  void keepLike(ClusterDocument cluster, String topic, String origin, Duration patience);

  /**
   * Deletes a topic, and none that was made in its place.
   *
   * @param id by which the cluster knows it
   * @return whether it was there
   */
  boolean deleteTopic(ClusterDocument cluster, String topic, String id, Duration patience);

  /**
   * Whether any record that was committed stands in a range of a partition: what else takes offsets nobody is ever given.
   *
   * @param from the first offset; what the cluster has deleted is left out
   * @param to the offset behind the last
   */
  boolean holdsRecords(ClusterDocument cluster, String topic, int partition, long from, long to, Duration patience);

  /** The record that stands at a place; null if none does, or does any more. */
  @Nullable
  ConsumerRecord<byte[], byte[]> read(ClusterDocument cluster, String topic, int partition, long offset,
      Duration patience);

  /** Deletes topics, with all that stands in them. One that is not there is gone. */
  void deleteTopics(ClusterDocument cluster, Set<String> topics, Duration patience);

  /** The names of the groups that end like this. */
  List<String> groupsEndingWith(ClusterDocument cluster, String suffix, Duration patience);

  /**
   * Opens a look at topics.
   *
   * @param patience how long each answer may take
   */
  TopicBrowser browse(ClusterDocument cluster, Duration patience);

  /**
   * Writes records, all of them or none, and once: whatever was asked before under this name, and whoever died in between.
   *
   * @param name of what is written; a group of this name is the mark that it was, until {@link #delete} is told to forget it
   * @param records at least one
   * @param wanted is asked once nobody who began before can write any more; false: nothing is written. Who was away for long may
   *     find no mark because all is over
   * @throws BrokerException refused: nothing was written; unreachable: nobody knows, and asking again finds out
   */
  void writeOnce(ClusterDocument cluster, String name, List<ProducerRecord<byte[], byte[]>> records,
      BooleanSupplier wanted);

  @Override
  void close();
}
