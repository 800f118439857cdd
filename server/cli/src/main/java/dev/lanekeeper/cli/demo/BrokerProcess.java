package dev.lanekeeper.cli.demo;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;

/** A process that is a Kafka broker in KRaft mode: broker and controller in one, everything replicated once. */
public final class BrokerProcess {
  private static final int NODE = 1;

  private BrokerProcess() {}

  /**
   * Formats the directory, unless one has been at work there before, starts the broker and serves until the process is ended. Prints one line
   * when it is ready.
   *
   * @param arguments the port, the controller's port, the directory of its logs
   * @throws Exception if the directory cannot be formatted or the broker does not start
   */
  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[0]);
    int controllerPort = Integer.parseInt(arguments[1]);
    String directory = Path.of(arguments[2]).toString();
    if (!Files.exists(Path.of(directory, "meta.properties"))) {
      format(directory);
    }
    var server =
        new KafkaRaftServer(KafkaConfig.fromProps(properties(port, controllerPort, directory), false), Time.SYSTEM);
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "broker-shutdown"));
    server.startup();
    System.out.println("ready");
    server.awaitShutdown();
  }

  private static void format(String directory) throws Exception {
    new Formatter()
        .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
        .setNodeId(NODE)
        .setClusterId(Uuid.randomUuid().toString())
        .addDirectory(directory)
        .setMetadataLogDirectory(directory)
        .setControllerListenerName("CONTROLLER")
        .setReleaseVersion(MetadataVersion.latestProduction())
        .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
        .setIgnoreFormatted(true)
        .run();
  }

  private static java.util.Properties properties(int port, int controllerPort, String directory) {
    var properties = new java.util.Properties();
    properties.putAll(Map.of(
        "process.roles", "broker,controller",
        "node.id", "" + NODE,
        "controller.quorum.voters", NODE + "@127.0.0.1:" + controllerPort,
        "listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
        "advertised.listeners", "PLAINTEXT://127.0.0.1:" + port,
        "controller.listener.names", "CONTROLLER",
        "inter.broker.listener.name", "PLAINTEXT",
        "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs", directory));
    for (String topic : new String[]{"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
      properties.put(topic + ".replication.factor", "1");
      properties.put(topic + ".num.partitions", "1");
    }
    // Small: it lives for a minute. The buffer of the log cleaner is 128 MiB otherwise.
    properties.putAll(Map.of(
        "transaction.state.log.min.isr", "1",
        "share.coordinator.state.topic.min.isr", "1",
        "group.initial.rebalance.delay.ms", "0",
        "log.cleaner.dedupe.buffer.size", "2097152",
        "num.network.threads", "2",
        "num.io.threads", "2",
        "background.threads", "2",
        "auto.create.topics.enable", "false",
        "controlled.shutdown.enable", "false"));
    return properties;
  }
}
