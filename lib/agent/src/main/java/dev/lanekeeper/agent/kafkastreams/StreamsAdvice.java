package dev.lanekeeper.agent.kafkastreams;

import java.util.Map;
import net.bytebuddy.asm.Advice;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;

/** {@code StreamsConfig} and {@code KafkaStreams}. */
@SuppressWarnings({"UnusedVariable", "UnusedMethod"}) // Assigning to a parameter changes the argument it stands for.
final class StreamsAdvice {

  private StreamsAdvice() {}

  /** {@code new StreamsConfig(Map, boolean)}, at which the other constructor ends. */
  static final class NewConfig {
    private NewConfig() {}

    @Advice.OnMethodEnter
    static void enter(@Advice.Argument(value = 0, readOnly = false) Map<?, ?> settings) {
      settings = StreamsApplications.settings(settings);
    }

    @Advice.OnMethodExit
    static void exit(@Advice.This StreamsConfig config) {
      StreamsApplications.made(config);
    }
  }

  /** {@code close}. */
  static final class Close {
    private Close() {}

    @Advice.OnMethodExit
    static void exit(@Advice.This KafkaStreams streams) {
      StreamsApplications.closed(streams);
    }
  }
}
