package dev.lanekeeper.agent.kafkastreams;

import static io.opentelemetry.javaagent.extension.matcher.AgentElementMatchers.hasClassesNamed;
import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.isPublic;
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

/** Gives an application of Kafka Streams under test all that it must not share with the baseline. */
public final class KafkaStreamsModule extends InstrumentationModule {

  private static final String NAME = "lanekeeper-kafka-streams";
  private static final String HELPERS = "dev.lanekeeper.agent.kafkastreams.";
  private static final String LIBRARY = "dev.lanekeeper.kafka.";
  private static final String STREAMS = "org.apache.kafka.streams.";

  /** Called by the agent. */
  public KafkaStreamsModule() {
    super(NAME, "lanekeeper");
  }

  @Override
  public ElementMatcher.Junction<ClassLoader> classLoaderMatcher() {
    return hasClassesNamed(STREAMS + "KafkaStreams", "org.apache.kafka.clients.consumer.KafkaConsumer");
  }

  /** Also where the user leaves all modules off but those that he names: without this one, tenants leak. */
  @Override
  public boolean defaultEnabled(ConfigProperties config) {
    return true;
  }

  @Override
  public List<TypeInstrumentation> typeInstrumentations() {
    return Readiness.types(() -> List.of(
        type("StreamsConfig")
            .advise(isConstructor().and(takesArguments(2)).and(takesArgument(0, named("java.util.Map")))
                .and(takesArgument(1, boolean.class)), HELPERS + "StreamsAdvice$NewConfig"),
        type("KafkaStreams").advise(isPublic().and(named("close")), HELPERS + "StreamsAdvice$Close")));
  }

  private static AdvisedType type(String name) {
    return new AdvisedType(StreamsApplications.MODULE, STREAMS + name);
  }

  @Override
  public boolean isHelperClass(String className) {
    return className.startsWith(HELPERS) || className.startsWith(LIBRARY);
  }

  @Override
  public List<String> getAdditionalHelperClassNames() {
    return HelperClasses.of(List.of(HELPERS, LIBRARY), HELPERS + "StreamsApplications");
  }
}
