package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which Cluster documents are of which Kafka, by what its brokers say.
 *
 * <p><b>Threads.</b> Belongs to one.
 */
final class Kafkas {

  private static final Logger LOG = System.getLogger(Kafkas.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  /** After how long one that did not answer is asked again. */
  private static final Duration AGAIN = Duration.ofSeconds(5);

  private final GroupBroker broker;
  private final LongSupplier nanos;
  private final Map<ClusterDocument, String> ids = new HashMap<>();
  private final Map<ClusterDocument, Silent> silent = new HashMap<>();
  private final Set<Set<String>> said = new HashSet<>();

  /** One that did not answer. */
  private record Silent(RuntimeException why, Patience rest) {}

  Kafkas(GroupBroker broker, LongSupplier nanos) {
    this.broker = broker;
    this.nanos = nanos;
  }

  /** Asks those that are not known. */
  void look(Collection<ClusterDocument> clusters) {
    ids.keySet().retainAll(clusters);
    silent.keySet().retainAll(clusters);
    for (ClusterDocument cluster : clusters) {
      Silent last = silent.get(cluster);
      if (!ids.containsKey(cluster) && (last == null || last.rest.isOver())) {
        ask(cluster);
      }
    }
  }

  private void ask(ClusterDocument cluster) {
    try {
      ids.put(cluster, broker.id(cluster, PATIENCE));
      silent.remove(cluster);
    } catch (BrokerException | ProblemException e) { // a secret that is missing, say: no other cluster waits for it
      silent.put(cluster, new Silent(e, new Patience(AGAIN, nanos)));
    }
  }

  /** Of which Kafka a document is; null as long as that is not known. */
  @Nullable
  SameKafka of(ClusterDocument cluster) {
    String id = ids.get(cluster);
    if (id == null) {
      return null;
    }
    Set<String> names = new TreeSet<>();
    ids.forEach((other, itsId) -> {
      if (itsId.equals(id)) {
        names.add(other.name());
      }
    });
    if (names.size() > 1 && said.add(names)) {
      LOG.log(Level.WARNING,
          "the Cluster documents " + names + " are of one Kafka: it is looked after once; one document"
              + " that names all of its servers would do");
    }
    Set<String> unknown = new TreeSet<>();
    silent.keySet().forEach(other -> unknown.add(other.name()));
    return new SameKafka(id, names, unknown);
  }

  /** Why it is not known; null where it is. */
  @Nullable
  RuntimeException trouble(ClusterDocument cluster) {
    Silent last = silent.get(cluster);
    return last == null ? null : last.why;
  }
}
