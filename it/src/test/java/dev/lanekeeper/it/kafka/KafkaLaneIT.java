package dev.lanekeeper.it.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link KafkaScenario} with the newest client and both group protocols, and with the oldest. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KafkaLaneIT {

  private final EmbeddedKafka kafka;

  KafkaLaneIT() throws Exception {
    kafka = EmbeddedKafka.start();
  }

  @AfterAll
  void stop() {
    kafka.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "consumer"})
  void newestClient_everyStep_holds(String protocol) throws Exception {
    KafkaScenario.runAll(kafka.bootstrap(), protocol);
  }

  @Test
  void oldestClient_everyStep_holds() throws Exception {
    Path oldest = Path.of(System.getProperty("lanekeeper.it.oldest-kafka-clients"));
    assertThat(oldest).exists();
    String others = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.contains("/org/apache/kafka/"))
        .collect(Collectors.joining(File.pathSeparator));
    Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
        "-XX:TieredStopAtLevel=1", "-cp", oldest + File.pathSeparator + others, KafkaScenario.class.getName(),
        kafka.bootstrap()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(output).endsWith("done\n");
    assertThat(process.exitValue()).isZero();
  }
}
