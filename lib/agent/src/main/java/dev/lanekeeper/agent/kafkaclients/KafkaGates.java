package dev.lanekeeper.agent.kafkaclients;

import dev.lanekeeper.boot.Consumers;
import dev.lanekeeper.boot.Counters;
import dev.lanekeeper.boot.Gated;
import dev.lanekeeper.boot.Lanes;
import dev.lanekeeper.boot.Modules;
import dev.lanekeeper.kafka.ConsumerGate;
import dev.lanekeeper.kafka.ConsumerReport;
import dev.lanekeeper.kafka.GateSettings;
import dev.lanekeeper.kafka.LaneKafka;
import dev.lanekeeper.kafka.ProducerGate;
import dev.lanekeeper.model.Self;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.utils.AppInfoParser;
import org.jspecify.annotations.Nullable;

/**
 * The gates of the clients in one application loader. A process that was not told whose workload it is has none.
 *
 * <p><b>Threads.</b> May be called by any.
 */
public final class KafkaGates {

  private static final Map<Object, ConsumerGate> CONSUMERS = Collections.synchronizedMap(new WeakHashMap<>());
  private static final Map<Object, ProducerGate> PRODUCERS = Collections.synchronizedMap(new WeakHashMap<>());

  private KafkaGates() {}

  /**
   * A gate for a consumer that is about to be made.
   *
   * @return null where there is none
   * @throws KafkaException if the consumer must not be made
   */
  public static @Nullable ConsumerGate newConsumer(Map<String, Object> config) {
    Modules.matched("kafka-clients", "kafka-clients " + AppInfoParser.getVersion());
    Self self = Lanes.self();
    if (self == null || LaneKafka.isOwn(config)) {
      return null;
    }
    try {
      return ConsumerGate.of(Lanes.source(), self, config, settings());
    } catch (KafkaException refused) {
      throw refused;
    } catch (RuntimeException | Error failure) {
      unguarded(self, failure);
      return null;
    }
  }

  /** INVARIANT: a workload under test never consumes without its gate: it would take the baseline's messages. */
  private static void unguarded(Self self, Throwable failure) {
    Counters.failed("kafka-clients", failure);
    if (!self.isBaseline()) {
      throw new KafkaException("lanekeeper: a client of a workload under test cannot be kept to its lane: " + failure,
          failure);
    }
    Modules.missed("kafka-clients", failure.toString());
  }

  private static GateSettings settings() {
    return GateSettings.STANDARD.with(Lanes.patience()).with(Counters::add).puttingAside(Lanes.putsAside());
  }

  /** The consumer is made. */
  public static void made(KafkaConsumer<?, ?> consumer, Map<String, Object> config, @Nullable ConsumerGate gate) {
    if (gate != null || LaneKafka.isOwn(config)) {
      Gated.add(consumer);
    }
    if (gate != null) {
      gate.attach(consumer);
      CONSUMERS.put(consumer, gate);
      Consumers.opened(gate, () -> seen(gate.describe()));
    }
  }

  private static Consumers.Seen seen(ConsumerReport report) {
    return new Consumers.Seen(report.bootstrap(), report.group(), report.topics(), report.memberId(),
        report.clientId(), report.handovers());
  }

  /** The gate of a consumer; null if it has none. */
  public static @Nullable ConsumerGate of(Object consumer) {
    return CONSUMERS.get(consumer);
  }

  /** How long a consumer may take to close, by the arguments of any of its {@code close}. */
  public static Duration timeout(@Nullable Object[] how) {
    if (how.length == 1 && how[0] instanceof Duration timeout) {
      return timeout;
    }
    return how.length == 1 && how[0] != null ? ofOptions(how[0]) : ConsumerGate.USUAL_CLOSING;
  }

  /** Apart, since the type is not there before 4.1. */
  private static Duration ofOptions(Object options) {
    return options instanceof CloseOptions of
        ? of.timeout().orElse(ConsumerGate.USUAL_CLOSING)
        : ConsumerGate.USUAL_CLOSING;
  }

  /** A consumer was closed. */
  public static void closed(Object consumer) {
    ConsumerGate gate = CONSUMERS.remove(consumer);
    if (gate != null) {
      Consumers.closed(gate);
      KafkaPolls.closed(gate);
    }
  }

  /** Before a consumer of a share group is made. */
  public static void newShareConsumer() {
    Self self = Lanes.self();
    if (self != null) {
      LaneKafka.beforeShareConsumer(self);
    }
  }

  /**
   * A gate for a producer that is about to be made.
   *
   * @return null where there is none
   * @throws KafkaException if the producer must not be made
   */
  public static @Nullable ProducerGate newProducer(Map<String, Object> config) {
    Modules.matched("kafka-clients", "kafka-clients " + AppInfoParser.getVersion());
    Self self = Lanes.self();
    if (self == null || LaneKafka.isOwn(config)) {
      return null;
    }
    try {
      return ProducerGate.of(Lanes.source(), self, config, Lanes::current, settings());
    } catch (KafkaException refused) {
      throw refused;
    } catch (RuntimeException | Error failure) {
      unguarded(self, failure);
      return null;
    }
  }

  /** The producer is made. */
  public static void made(KafkaProducer<?, ?> producer, @Nullable ProducerGate gate) {
    if (gate != null) {
      PRODUCERS.put(producer, gate);
    }
  }

  /** The gate of a producer; null if it has none. */
  public static @Nullable ProducerGate ofProducer(Object producer) {
    return PRODUCERS.get(producer);
  }

  /** A producer is closed. */
  public static void closedProducer(Object producer) {
    PRODUCERS.remove(producer);
  }
}
