package dev.lanekeeper.agent.kafkastreams;

import dev.lanekeeper.boot.Counters;
import dev.lanekeeper.boot.Lanes;
import dev.lanekeeper.boot.Modules;
import dev.lanekeeper.kafka.StreamsSettings;
import dev.lanekeeper.model.Self;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;

/** What the advice on applications of Kafka Streams does. */
public final class StreamsApplications {

  /** For people. */
  static final String MODULE = "kafka-streams";

  /** Where applications under test keep their state. */
  private static final Set<Path> DIRECTORIES = ConcurrentHashMap.newKeySet();

  private StreamsApplications() {}

  /**
   * The settings to make an application with.
   *
   * @throws KafkaException if it must not be made
   */
  public static Map<?, ?> settings(Map<?, ?> given) {
    Self self = Lanes.self();
    if (self == null || given == null) {
      return given;
    }
    if (self.isBaseline() && StreamsSettings.isOfTheBroker(given)) {
      Modules.missed(MODULE,
          "group.protocol: streams (expected: classic): such consumers are not kept to their lane, and would take"
              + " records of tenants that override " + self.service()
              + ". Set group.protocol=classic, or override it for nobody");
    } else {
      Modules.matched(MODULE, MODULE);
    }
    try {
      return StreamsSettings.of(self, given);
    } catch (KafkaException refused) {
      throw refused;
    } catch (RuntimeException | Error failure) {
      Counters.failed(MODULE, failure);
      if (!self.isBaseline()) {
        throw new KafkaException(
            "lanekeeper: an application of Kafka Streams under test cannot be kept apart: " + failure,
            failure);
      }
      return given;
    }
  }

  /** An application has its settings. */
  public static void made(StreamsConfig config) {
    Self self = Lanes.self();
    if (self != null && !self.isBaseline()) {
      DIRECTORIES.add(Path.of(config.getString("state.dir"), config.getString("application.id")));
    }
  }

  /** An application was closed. Under test its local state goes with it: it stands in topics of its own, too. */
  public static void closed(KafkaStreams streams) {
    Self self = Lanes.self();
    if (self == null || self.isBaseline()) {
      return;
    }
    try {
      KafkaStreams.State state = streams.state();
      if (state == KafkaStreams.State.NOT_RUNNING || state == KafkaStreams.State.ERROR) {
        streams.cleanUp();
        DIRECTORIES.forEach(StreamsApplications::deleteEmpty);
      }
    } catch (RuntimeException | Error failure) {
      Counters.failed(MODULE, failure);
    }
  }

  /** Deletes a directory in which there is no state any more, but a note of the process; that of another application has some. */
  private static void deleteEmpty(Path directory) {
    try (Stream<Path> left = Files.list(directory)) {
      List<Path> files = left.toList();
      if (files.stream().noneMatch(Files::isDirectory)) {
        for (Path file : files) {
          Files.deleteIfExists(file);
        }
        Files.deleteIfExists(directory);
      }
    } catch (NoSuchFileException gone) {
      DIRECTORIES.remove(directory);
    } catch (IOException failure) {
      Counters.failed(MODULE, failure);
    }
  }
}
