package dev.lanekeeper.it.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.server.common.MetadataVersion;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@link BrokerFacts} with the newest client and both protocols, with the oldest client, and of a broker that goes by the oldest features that it
 * has. Another broker is asked where {@code LANEKEEPER_IT_KAFKA} names one.
 */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrokerFactsIT {

  private final EmbeddedKafka kafka;

  BrokerFactsIT() throws Exception {
    kafka = EmbeddedKafka.start();
  }

  @AfterAll
  void stop() {
    kafka.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "consumer"})
  void newestClient_everyFact_holds(String protocol) throws Exception {
    assertThat(BrokerFacts.differences(kafka.bootstrap(), protocol)).isEmpty();
  }

  @Test
  void oldestFeatures_everyFact_holds() throws Exception {
    try (EmbeddedKafka old = EmbeddedKafka.start(MetadataVersion.MINIMUM_VERSION)) {
      assertThat(BrokerFacts.differences(old.bootstrap(), "classic")).isEmpty();
    }
  }

  @Test
  void oldestClient_everyFact_holds() throws Exception {
    Path oldest = Path.of(System.getProperty("lanekeeper.it.oldest-kafka-clients"));
    String others = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.contains("/org/apache/kafka/")).collect(Collectors.joining(File.pathSeparator));
    Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", oldest + File.pathSeparator + others,
        BrokerFacts.class.getName(), kafka.bootstrap(), "classic").redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(output).endsWith("12 facts hold\n");
  }
}
