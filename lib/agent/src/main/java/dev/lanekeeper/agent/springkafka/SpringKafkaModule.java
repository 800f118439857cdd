package dev.lanekeeper.agent.springkafka;

import static io.opentelemetry.javaagent.extension.matcher.AgentElementMatchers.hasClassesNamed;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.lanekeeper.agent.advice.AdvisedType;
import dev.lanekeeper.agent.advice.HelperClasses;
import dev.lanekeeper.agent.advice.Readiness;
import io.opentelemetry.javaagent.extension.instrumentation.InstrumentationModule;
import io.opentelemetry.javaagent.extension.instrumentation.TypeInstrumentation;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import java.util.List;
import net.bytebuddy.matcher.ElementMatcher;

/** Has Spring's listeners of batches be handed one tenancy at a time. */
public final class SpringKafkaModule extends InstrumentationModule {

  private static final String NAME = "lanekeeper-spring-kafka";
  private static final String HELPERS = "dev.lanekeeper.agent.springkafka.";
  private static final String LIBRARY = "dev.lanekeeper.kafka.";
  private static final String CONTAINER = "org.springframework.kafka.listener.KafkaMessageListenerContainer";

  /** Called by the agent. */
  public SpringKafkaModule() {
    super(NAME, "lanekeeper");
  }

  @Override
  public ElementMatcher.Junction<ClassLoader> classLoaderMatcher() {
    return hasClassesNamed(CONTAINER, "org.apache.kafka.clients.consumer.KafkaConsumer");
  }

  /** Also where the user leaves all modules off but those that he names: without this one, tenants leak. */
  @Override
  public boolean defaultEnabled(ConfigProperties config) {
    return true;
  }

  @Override
  public List<TypeInstrumentation> typeInstrumentations() {
    return Readiness.types(() -> List.of(new AdvisedType(SpringBatches.MODULE, CONTAINER + "$ListenerConsumer")
        .advise(named(SpringBatches.METHOD).and(takesArguments(2))
            .and(takesArgument(0, named("org.apache.kafka.clients.consumer.ConsumerRecords")))
            .and(takesArgument(1, List.class)), HELPERS + "BatchAdvice")));
  }

  @Override
  public boolean isHelperClass(String className) {
    return className.startsWith(HELPERS) || className.startsWith(LIBRARY);
  }

  @Override
  public List<String> getAdditionalHelperClassNames() {
    return HelperClasses.of(List.of(HELPERS, LIBRARY), HELPERS + "SpringBatches");
  }
}
