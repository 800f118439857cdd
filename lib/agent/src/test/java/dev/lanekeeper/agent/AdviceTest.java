package dev.lanekeeper.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.agent.advice.HelperClasses;
import dev.lanekeeper.agent.javahttp.JavaHttpModule;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class AdviceTest {

  private static final String OKHTTP = "dev.lanekeeper.agent.okhttp.";

  @Test
  void missing_onTheJdkOfTheTests_isNothing() {
    assertThat(JavaHttpModule.missing()).isEmpty();
  }

  @Test
  void helpers_areAllThatIsReferredTo_parentsFirst() {
    List<String> helpers = HelperClasses.of(List.of(OKHTTP), OKHTTP + "OwnerSocketFactory", OKHTTP + "LaneInterceptor");

    assertThat(helpers).containsExactlyInAnyOrder(OKHTTP + "OwnerSocketFactory",
        OKHTTP + "OwnerSocketFactory$OwnerSocket",
        OKHTTP + "Destination", OKHTTP + "LaneInterceptor", OKHTTP + "OwnerDns", OKHTTP + "RequestHeaders",
        OKHTTP + "CallTag", OKHTTP + "Decisions", OKHTTP + "Decisions$Decision", OKHTTP + "SentHeaders");
  }

  @Test
  void helpers_ofKafka_areTheLibraryAndNoModule() {
    List<String> helpers = HelperClasses.of(List.of("dev.lanekeeper.kafka.", "dev.lanekeeper.agent.kafkaclients."),
        "dev.lanekeeper.agent.kafkaclients.KafkaGates");

    assertThat(helpers).contains("dev.lanekeeper.kafka.ConsumerGate", "dev.lanekeeper.kafka.ProducerGate")
        .noneMatch(name -> name.toLowerCase(Locale.ROOT).endsWith("module") || name.endsWith("Advice"));
    assertThat(helpers.indexOf("dev.lanekeeper.kafka.Counters"))
        .isLessThan(helpers.indexOf("dev.lanekeeper.kafka.Counters$Uncounted"));
  }
}
