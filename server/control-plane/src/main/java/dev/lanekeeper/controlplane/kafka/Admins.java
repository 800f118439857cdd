package dev.lanekeeper.controlplane.kafka;

import dev.lanekeeper.api.ClusterDocument;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Kafka's admin clients, one for each Cluster document. One that gets no answers any more is closed: it would go on trying, and say so,
 * until somebody asks again. Not one that got an answer lately: others wait for answers of the same client, and would get none.
 *
 * <p><b>Threads.</b> Any.
 */
final class Admins {

  private static final int REQUEST_MILLIS = 3_000;

  private static final Duration SILENT = Duration.ofMillis(2 * REQUEST_MILLIS);

  private final LongSupplier nanos;
  private final Map<ClusterDocument, Client> open = new ConcurrentHashMap<>();
  private final Secrets secrets = new Secrets(System::getenv);

  /** One client, and when it was opened or got an answer last. */
  private static final class Client {
    private final Admin admin;
    private volatile long heard;

    Client(Admin admin, long now) {
      this.admin = admin;
      this.heard = now;
    }
  }

  Admins() {
    this(System::nanoTime);
  }

  /** Those by a clock. */
  Admins(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** For calls that have no benign refusal. */
  static final class Never extends Exception {
    private Never() {}
  }

  /** How a cluster is called before people. */
  static String where(ClusterDocument cluster) {
    return cluster.name() + " (" + cluster.bootstrap() + ")";
  }

  Admin of(ClusterDocument cluster) {
    return open.computeIfAbsent(cluster, this::connect).admin;
  }

  private Client connect(ClusterDocument cluster) {
    Properties properties = properties(cluster, "lanekeeper-control-plane");
    properties.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
    properties.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 2 * REQUEST_MILLIS);
    try {
      return new Client(Admin.create(properties), nanos.getAsLong());
    } catch (KafkaException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw BrokerException.unreachable(where(cluster), "connect", cause);
    }
  }

  Properties properties(ClusterDocument cluster, String clientId) {
    Properties properties = new Properties();
    properties.put(AdminClientConfig.CLIENT_ID_CONFIG, clientId);
    properties.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
    cluster.properties()
        .forEach((key, value) -> properties.put(key, secrets.resolved(cluster.name(), key, value)));
    properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrap());
    return properties;
  }

  /** Waits for an answer; null where it is this refusal. */
  <T> @Nullable T answer(ClusterDocument cluster, String what, KafkaFuture<T> future, Duration patience,
      Class<? extends Exception> benign) {
    String where = where(cluster);
    try {
      T answer = future.get(Math.max(1, patience.toMillis()), TimeUnit.MILLISECONDS);
      heard(cluster);
      return answer;
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (benign.isInstance(cause)) {
        heard(cluster);
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

  private void heard(ClusterDocument cluster) {
    Client client = open.get(cluster);
    if (client != null) {
      client.heard = nanos.getAsLong();
    }
  }

  private void forget(ClusterDocument cluster) {
    Client client = open.get(cluster);
    if (client != null && nanos.getAsLong() - client.heard >= SILENT.toNanos() && open.remove(cluster, client)) {
      client.admin.close(Duration.ZERO);
    }
  }

  /** Those of these topics that are there. */
  Map<String, TopicDescription> described(ClusterDocument cluster, Set<String> topics, Duration patience) {
    Map<String, TopicDescription> described = new HashMap<>();
    of(cluster).describeTopics(topics).topicNameValues().forEach((name, future) -> {
      TopicDescription topic =
          answer(cluster, "describe topic " + name, future, patience, UnknownTopicOrPartitionException.class);
      if (topic != null) {
        described.put(name, topic);
      }
    });
    return described;
  }

  void close() {
    open.values().forEach(client -> client.admin.close(Duration.ofSeconds(1)));
    open.clear();
  }
}
