package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.lifecycle.Start;
import dev.lanekeeper.model.PartitionOffset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a group has not read yet.
 *
 * @param cluster where it is
 * @param group whose
 * @param place up to where it is to read
 * @param position where it stands: its committed offset, or the beginning where it has none
 */
record Standing(ClusterDocument cluster, String group, PartitionOffset place, long position) {

  /** In which partitions records stand that a group has not passed, below places that it has to pass. */
  static List<Standing> behind(GroupBroker broker, ClusterDocument cluster, String group, List<PartitionOffset> places,
      Duration patience) {
    Set<String> topics = new TreeSet<>();
    places.forEach(place -> topics.add(place.topic()));
    if (topics.isEmpty()) {
      return List.of();
    }
    return behind(broker, cluster, group, broker.positions(cluster, group, topics, patience), places, patience);
  }

  /** The same, of a group that stands at these positions. */
  static List<Standing> behind(GroupBroker broker, ClusterDocument cluster, String group, List<Start> positions,
      List<PartitionOffset> places, Duration patience) {
    List<Standing> behind = new ArrayList<>();
    for (PartitionOffset place : places) {
      for (Start position : positions) {
        if (position.topic().equals(place.topic()) && position.partition() == place.partition()
            && position.topicId().equals(place.topicId()) && position.offset() < place.offset()
            && broker.holdsRecords(cluster, place.topic(), place.partition(), position.offset(), place.offset(),
                patience)) {
          behind.add(new Standing(cluster, group, place, position.offset()));
        }
      }
    }
    return behind;
  }

  /** For people. */
  String text() {
    return "group " + group + " on " + cluster.name() + " has to read " + place.topic() + "-" + place.partition()
        + " up to "
        + place.offset() + ", and stands at " + position;
  }
}
