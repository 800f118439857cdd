package dev.lanekeeper.agent.kafkaguard;

import static io.opentelemetry.javaagent.extension.matcher.AgentElementMatchers.hasClassesNamed;
import static net.bytebuddy.matcher.ElementMatchers.isPublic;
import static net.bytebuddy.matcher.ElementMatchers.namedOneOf;

import dev.lanekeeper.agent.advice.AdvisedType;
import dev.lanekeeper.agent.advice.Readiness;
import io.opentelemetry.javaagent.extension.instrumentation.InstrumentationModule;
import io.opentelemetry.javaagent.extension.instrumentation.TypeInstrumentation;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import java.util.List;
import net.bytebuddy.matcher.ElementMatcher;

/** Keeps consumers of a workload under test from consuming without a gate, whatever version they are of. */
public final class KafkaGuardModule extends InstrumentationModule {

  private static final String CLIENTS = "org.apache.kafka.clients.consumer.";
  private static final String ADVICE = "dev.lanekeeper.agent.kafkaguard.GuardAdvice";

  /** Called by the agent. */
  public KafkaGuardModule() {
    super("lanekeeper-kafka-guard");
  }

  @Override
  public ElementMatcher.Junction<ClassLoader> classLoaderMatcher() {
    return hasClassesNamed(CLIENTS + "KafkaConsumer");
  }

  /** Also where the user leaves all modules off but those that he names, and where he has switched off the gates. */
  @Override
  public boolean defaultEnabled(ConfigProperties config) {
    return true;
  }

  @Override
  public List<TypeInstrumentation> typeInstrumentations() {
    return Readiness.types(() -> List.of(guarded("KafkaConsumer"), guarded("KafkaShareConsumer")));
  }

  private static AdvisedType guarded(String name) {
    return new AdvisedType("kafka-guard", CLIENTS + name).advise(isPublic().and(namedOneOf("subscribe", "assign")),
        ADVICE);
  }
}
