package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.store.Catalog;
import dev.lanekeeper.controlplane.store.Store;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Decides what was put aside because nobody could tell whose it was, as soon as that can be told: a {@link Resolution} for each
 * cluster.
 *
 * <p><b>Threads.</b> Belongs to one.
 */
public final class Resolver implements AutoCloseable {

  private static final Logger LOG = System.getLogger(Resolver.class.getName());

  private static final List<String> LEASE = List.of("resolver");

  private final Store store;
  private final GroupBroker broker;
  private final LongSupplier nanos;
  private final Map<String, Seat> seats = new HashMap<>();

  /** Where the quarantines of one cluster are read. */
  private static final class Seat {
    private final ClusterDocument cluster;
    private final Resolution resolution;
    private String said = "";

    Seat(ClusterDocument cluster, Resolution resolution) {
      this.cluster = cluster;
      this.resolution = resolution;
    }
  }

  /**
   * Of a store's clusters.
   *
   * @param nanos the machine's clock, by which waits are measured
   */
  public Resolver(Store store, GroupBroker broker, LongSupplier nanos) {
    this.store = store;
    this.broker = broker;
    this.nanos = nanos;
  }

  /** Looks once at every cluster, unless another control plane does. */
  public void work() {
    if (!store.leases().take(LEASE)) {
      close();
      return;
    }
    Catalog catalog = store.catalog();
    seats.values().removeIf(seat -> {
      boolean gone = !seat.cluster.equals(catalog.clusters().get(seat.cluster.name()));
      if (gone) {
        seat.resolution.close();
      }
      return gone;
    });
    for (ClusterDocument cluster : catalog.clusters().values()) {
      work(seats.computeIfAbsent(cluster.name(),
          key -> new Seat(cluster, new Resolution(store, broker, cluster, nanos))));
    }
  }

  private static void work(Seat seat) {
    try {
      seat.resolution.work();
      seat.said = "";
    } catch (BrokerException e) {
      seat.resolution.close(); // what was read and not committed is read again
      String message = String.valueOf(e.getMessage());
      if (!message.equals(seat.said) && !Thread.currentThread().isInterrupted()) {
        seat.said = message;
        LOG.log(Level.WARNING, "what is in quarantine cannot be looked at; trying again: " + message);
      }
    } catch (RuntimeException e) {
      seat.resolution.close(); // likewise
      if (!e.toString().equals(seat.said) && !Thread.currentThread().isInterrupted()) {
        seat.said = e.toString();
        LOG.log(Level.ERROR, "what is in quarantine on " + seat.cluster.name() + " cannot be decided; trying again", e);
      }
    } catch (Error e) {
      seat.resolution.close(); // likewise
      throw e;
    }
  }

  @Override
  public void close() {
    seats.values().forEach(seat -> seat.resolution.close());
    seats.clear();
  }
}
