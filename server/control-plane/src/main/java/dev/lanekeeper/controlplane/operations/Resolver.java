package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.store.Store;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides what was put aside because nobody could tell whose it was, as soon as that can be told: a {@link Resolution} for each
 * Kafka, in how many Cluster documents it may stand.
 *
 * <p><b>Threads.</b> Belongs to one.
 */
public final class Resolver implements AutoCloseable {

  private static final Logger LOG = System.getLogger(Resolver.class.getName());

  private static final List<String> LEASE = List.of("resolver");

  private final Store store;
  private final GroupBroker broker;
  private final LongSupplier nanos;
  private final Kafkas kafkas;
  private final Map<String, Seat> seats = new HashMap<>();
  /** By cluster: of what was warned last. */
  private final Map<String, String> said = new HashMap<>();

  /** Where the quarantines of one Kafka are read. */
  private record Seat(ClusterDocument cluster, Resolution resolution) {}

  /**
   * Of a store's clusters.
   *
   * @param nanos the machine's clock, by which waits are measured
   */
  public Resolver(Store store, GroupBroker broker, LongSupplier nanos) {
    this.store = store;
    this.broker = broker;
    this.nanos = nanos;
    this.kafkas = new Kafkas(broker, nanos);
  }

  /** Looks once at every cluster, unless another control plane does. */
  public void work() {
    if (!store.leases().take(LEASE)) {
      close();
      return;
    }
    Map<String, ClusterDocument> clusters = new TreeMap<>(store.catalog().clusters());
    kafkas.look(clusters.values());
    Map<String, Seat> wanted = new HashMap<>();
    Set<String> taken = new HashSet<>();
    for (ClusterDocument cluster : clusters.values()) {
      SameKafka kafka = kafkas.of(cluster);
      if (kafka == null) {
        warn(cluster, kafkas.trouble(cluster));
      } else if (taken.add(kafka.id())) {
        wanted.put(cluster.name(), seat(cluster, kafka));
      }
    }
    seats.values().stream().filter(seat -> !wanted.containsValue(seat)).forEach(seat -> seat.resolution.close());
    seats.clear();
    seats.putAll(wanted);
    List.copyOf(seats.values()).forEach(this::work);
  }

  private Seat seat(ClusterDocument cluster, SameKafka kafka) {
    Seat present = seats.get(cluster.name());
    return present != null && present.cluster.equals(cluster) && present.resolution.kafka().equals(kafka)
        ? present
        : new Seat(cluster, new Resolution(store, broker, cluster, kafka, nanos));
  }

  private void work(Seat seat) {
    try {
      seat.resolution.work();
      said.remove(seat.cluster.name());
    } catch (BrokerException e) {
      seat.resolution.close(); // what was read and not committed is read again
      warn(seat.cluster, e);
    } catch (RuntimeException e) {
      seat.resolution.close(); // likewise
      tell(seat.cluster, e.toString(), () -> LOG.log(Level.ERROR,
          "what is in quarantine on " + seat.cluster.name() + " cannot be decided; trying again", e));
    } catch (Error e) {
      seat.resolution.close(); // likewise
      throw e;
    }
  }

  private void warn(ClusterDocument cluster, @Nullable RuntimeException why) {
    if (why != null) {
      String message = String.valueOf(why.getMessage());
      tell(cluster, message, () -> LOG.log(Level.WARNING,
          "what is in quarantine cannot be looked at; trying again: " + message));
    }
  }

  /** Says each cause once. */
  private void tell(ClusterDocument cluster, String cause, Runnable log) {
    if (!cause.equals(said.get(cluster.name())) && !Thread.currentThread().isInterrupted()) {
      said.put(cluster.name(), cause);
      log.run();
    }
  }

  @Override
  public void close() {
    seats.values().forEach(seat -> seat.resolution.close());
    seats.clear();
  }
}
