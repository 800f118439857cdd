package dev.lanekeeper.agent.kafkastreams;

import dev.lanekeeper.boot.Counters;
import dev.lanekeeper.boot.Lanes;
import dev.lanekeeper.boot.Modules;
import dev.lanekeeper.kafka.StreamsSettings;
import dev.lanekeeper.model.Self;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.KafkaStreams;

/** What the advice on applications of Kafka Streams does. */
public final class StreamsApplications {

  /** For people. */
  static final String MODULE = "kafka-streams";

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
      Modules.missed(MODULE, "group.protocol: streams (expected: classic): such consumers are not kept to their lane, and would take"
          + " records of tenants that override " + self.service() + ". Set group.protocol=classic, or override it for nobody");
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
        throw new KafkaException("lanekeeper: an application of Kafka Streams under test cannot be kept apart: " + failure,
            failure);
      }
      return given;
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
      }
    } catch (RuntimeException | Error failure) {
      Counters.failed(MODULE, failure);
    }
  }
}
