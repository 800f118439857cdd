package dev.lanekeeper.agent.kafkaclients;

import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.isPublic;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.lanekeeper.agent.advice.AdvisedType;
import dev.lanekeeper.agent.advice.Readiness;
import io.opentelemetry.javaagent.extension.instrumentation.InstrumentationModule;
import io.opentelemetry.javaagent.extension.instrumentation.TypeInstrumentation;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import java.util.List;
import net.bytebuddy.matcher.ElementMatcher;

/** Puts the gate of the Kafka library before producers. Apart from that of consumers, for its order. */
public final class KafkaProducerModule extends InstrumentationModule {

  private static final String PRODUCER = "dev.lanekeeper.agent.kafkaclients.ProducerAdvice";

  /** Called by the agent. */
  public KafkaProducerModule() {
    super(KafkaModule.NAME, "lanekeeper");
  }

  @Override
  public ElementMatcher.Junction<ClassLoader> classLoaderMatcher() {
    return KafkaModule.supported();
  }

  /** As that of consumers. */
  @Override
  public boolean defaultEnabled(ConfigProperties config) {
    return true;
  }

  @Override
  public List<TypeInstrumentation> typeInstrumentations() {
    return Readiness.types(() -> List.of(producer(KafkaModule.type("producer.KafkaProducer"))));
  }

  private static AdvisedType producer(AdvisedType type) {
    return type
        .advise(isConstructor().and(takesArguments(3)).and(takesArgument(0, named("java.util.Map"))), PRODUCER + "$New")
        .advise(isPublic().and(named("send")).and(takesArguments(2)), PRODUCER + "$Send")
        .advise(isPublic().and(named("sendOffsetsToTransaction"))
            .and(takesArgument(1, named("org.apache.kafka.clients.consumer.ConsumerGroupMetadata"))),
            PRODUCER + "$SendOffsets")
        .advise(isPublic().and(named("close")), PRODUCER + "$Close");
  }

  /**
   * Applied before the agent's own, and so around it: the agent writes into the headers of the record that it is given what the thread
   * is serving. The record has to be our copy, or one that is sent again outside the request would keep its tenancy; and the thread
   * has to serve what the record itself bears.
   */
  @Override
  public int order() {
    return -1;
  }

  @Override
  public boolean isHelperClass(String className) {
    return KafkaModule.isHelper(className);
  }

  @Override
  public List<String> getAdditionalHelperClassNames() {
    return KafkaModule.helpers();
  }
}
