package mill;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.state.Stores;

/** Kafka Streams: a map, and an aggregation by another key with a small cache, so that results leave it one by one. */
final class Streaming {

  private final KafkaStreams streams;

  /**
   * An application.
   *
   * @param state where it keeps its state
   * @param guarantee of processing
   */
  Streaming(Map<String, Object> broker, String name, String state, String guarantee) {
    Properties settings = settings(broker, name + "-streams");
    settings.put("processing.guarantee", guarantee);
    settings.put("state.dir", state);
    streams = new KafkaStreams(topology(name), settings);
  }

  private static Properties settings(Map<String, Object> broker, String application) {
    Properties settings = new Properties();
    settings.putAll(broker);
    settings.put("application.id", application);
    settings.put("auto.offset.reset", "earliest");
    settings.put("default.key.serde", Serdes.StringSerde.class);
    settings.put("default.value.serde", Serdes.StringSerde.class);
    settings.put("commit.interval.ms", 200);
    settings.put("cache.max.bytes.buffering", 1_000); // of 3.x
    settings.put("statestore.cache.max.bytes", 1_000);
    return settings;
  }

  /** Another application, which has all of a topic in a table in memory; it says whether it could begin. */
  static void lookUp(Map<String, Object> broker, String name) {
    var builder = new StreamsBuilder();
    builder.globalTable(name + "-table", Materialized.as(Stores.inMemoryKeyValueStore("table")));
    var table = new KafkaStreams(builder.build(), settings(broker, name + "-table"));
    try {
      table.start();
      System.out.println("the table is there");
    } catch (RuntimeException refused) {
      refused.printStackTrace();
      table.close();
    }
  }

  private static Topology topology(String name) {
    var builder = new StreamsBuilder();
    KStream<String, String> in = builder.stream(name + "-in");
    in.mapValues(value -> value).to(name + "-mapped");
    in.selectKey((key, value) -> value).groupByKey().reduce((before, value) -> value, Materialized.as("last"))
        .toStream().to(name + "-reduced");
    return builder.build();
  }

  void start() {
    streams.start();
  }

  void close() {
    streams.close(Duration.ofSeconds(20));
  }
}
