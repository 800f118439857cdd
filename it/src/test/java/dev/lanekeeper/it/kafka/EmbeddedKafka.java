package dev.lanekeeper.it.kafka;

import dev.lanekeeper.cli.run.Ports;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka broker for tests: the one that {@code LANEKEEPER_IT_KAFKA} names, else one of our own in this process, in KRaft
 * mode on loopback, whose files go when it is closed.
 */
public final class EmbeddedKafka implements AutoCloseable {

  private final String bootstrap;
  private final @Nullable KafkaRaftServer server;
  private final @Nullable Path directory;

  private EmbeddedKafka(String bootstrap, @Nullable KafkaRaftServer server, @Nullable Path directory) {
    this.bootstrap = bootstrap;
    this.server = server;
    this.directory = directory;
  }

  /** Starts it, and waits until it is ready. */
  public static EmbeddedKafka start() throws Exception {
    return start(MetadataVersion.latestProduction());
  }

  /** Starts one that goes by the features of this release; one that is named goes by its own. */
  static EmbeddedKafka start(MetadataVersion release) throws Exception {
    String named = System.getenv("LANEKEEPER_IT_KAFKA");
    if (named != null) {
      return new EmbeddedKafka(named, null, null);
    }
    Path directory = Files.createTempDirectory("lanekeeper-it-kafka-");
    int port = Ports.free();
    format(directory.toString(), release);
    KafkaRaftServer server = new KafkaRaftServer(
        KafkaConfig.fromProps(properties(port, Ports.free(), directory.toString()), false), Time.SYSTEM);
    server.startup();
    return new EmbeddedKafka("127.0.0.1:" + port, server, directory);
  }

  /** What clients are given as {@code bootstrap.servers}. */
  public String bootstrap() {
    return bootstrap;
  }

  private static void format(String directory, MetadataVersion release) throws Exception {
    new Formatter().setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
        .setNodeId(1).setClusterId(Uuid.randomUuid().toString()).addDirectory(directory)
        .setMetadataLogDirectory(directory).setControllerListenerName("CONTROLLER")
        .setReleaseVersion(release).setSupportedFeatures(Feature.PRODUCTION_FEATURES)
        .setIgnoreFormatted(true).run();
  }

  private static Properties properties(int port, int controllerPort, String directory) {
    Properties properties = new Properties();
    String text = """
        process.roles=broker,controller
        node.id=1
        controller.quorum.voters=1@127.0.0.1:%2$d
        listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
        advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
        controller.listener.names=CONTROLLER
        inter.broker.listener.name=PLAINTEXT
        listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
        log.dirs=%3$s
        offsets.topic.num.partitions=1
        offsets.topic.replication.factor=1
        transaction.state.log.num.partitions=1
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        share.coordinator.state.topic.num.partitions=1
        share.coordinator.state.topic.replication.factor=1
        share.coordinator.state.topic.min.isr=1
        group.initial.rebalance.delay.ms=0
        group.consumer.heartbeat.interval.ms=500
        group.consumer.min.heartbeat.interval.ms=500
        group.consumer.session.timeout.ms=10000
        group.consumer.min.session.timeout.ms=10000
        log.cleaner.dedupe.buffer.size=2097152
        num.network.threads=2
        num.io.threads=2
        background.threads=2
        controlled.shutdown.enable=false
        """.formatted(port, controllerPort, directory);
    for (String line : text.lines().toList()) {
      int equals = line.indexOf('=');
      properties.put(line.substring(0, equals), line.substring(equals + 1));
    }
    return properties;
  }

  @Override
  public void close() {
    if (server == null || directory == null) {
      return;
    }
    server.shutdown();
    server.awaitShutdown();
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException left) {
      throw new UncheckedIOException(left);
    }
  }
}
