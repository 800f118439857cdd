package dev.lanekeeper.agent.kafkaclients;

import static io.opentelemetry.javaagent.extension.matcher.AgentElementMatchers.hasClassesNamed;
import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.isPublic;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.namedOneOf;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;
import static net.bytebuddy.matcher.ElementMatchers.takesNoArguments;

import dev.lanekeeper.agent.advice.AdvisedType;
import dev.lanekeeper.agent.advice.HelperClasses;
import dev.lanekeeper.agent.advice.Readiness;
import io.opentelemetry.javaagent.extension.instrumentation.InstrumentationModule;
import io.opentelemetry.javaagent.extension.instrumentation.TypeInstrumentation;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import java.util.List;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.matcher.ElementMatcher;

/** Puts the gates of the Kafka library before consumers. */
public final class KafkaModule extends InstrumentationModule {

  /** Its name in the agent's settings. */
  public static final String NAME = "lanekeeper-kafka-clients";

  private static final String HELPERS = "dev.lanekeeper.agent.kafkaclients.";
  private static final String LIBRARY = "dev.lanekeeper.kafka.";
  private static final String POLL = HELPERS + "PollAdvice";
  private static final String CONSUMER = HELPERS + "ConsumerAdvice";
  private static final String CALLBACK = "org.apache.kafka.clients.consumer.OffsetCommitCallback";

  /** Called by the agent. */
  public KafkaModule() {
    super(NAME, "lanekeeper");
  }

  @Override
  public ElementMatcher.Junction<ClassLoader> classLoaderMatcher() {
    return supported();
  }

  /** From 3.0 on: {@code Consumer.currentLag} is new there. */
  static ElementMatcher.Junction<ClassLoader> supported() {
    return hasClassesNamed("org.apache.kafka.clients.consumer.KafkaConsumer",
        "org.apache.kafka.clients.consumer.CooperativeStickyAssignor",
        "org.apache.kafka.common.Uuid");
  }

  /** Also where the user leaves all modules off but those that he names: without this one, tenants leak. */
  @Override
  public boolean defaultEnabled(ConfigProperties config) {
    return true;
  }

  @Override
  public List<TypeInstrumentation> typeInstrumentations() {
    return Readiness.types(KafkaModule::types);
  }

  private static List<AdvisedType> types() {
    return List.of(consumer(type("consumer.KafkaConsumer")),
        type("consumer.KafkaShareConsumer").advise(isConstructor(), CONSUMER + "$NewShareConsumer"));
  }

  static AdvisedType type(String name) {
    return new AdvisedType("kafka-clients", "org.apache.kafka.clients." + name);
  }

  private static AdvisedType consumer(AdvisedType type) {
    return type
        .advise(isConstructor().and(takesArguments(3)).and(takesArgument(0, named("java.util.Map"))), CONSUMER + "$New")
        .advise(method("poll", "java.time.Duration"), POLL + "$ForDuration")
        .adviseWhereThere(isPublic().and(named("poll")).and(takesArguments(1)).and(takesArgument(0, long.class)),
            POLL + "$ForMillis")
        .advise(isPublic().and(named("commitSync")).and(takesArgument(0, named("java.util.Map"))),
            CONSUMER + "$CommitOffsets")
        .advise(isPublic().and(named("commitAsync")).and(takesArgument(0, named("java.util.Map"))),
            CONSUMER + "$CommitOffsetsAsync")
        .advise(method("commitAsync", CALLBACK), CONSUMER + "$CommitAllAsync")
        .advise(commitsAll(), CONSUMER + "$CommitAll")
        .advise(isPublic().and(named("subscribe"))
            .and(takesArgument(1, named("org.apache.kafka.clients.consumer.ConsumerRebalanceListener"))),
            CONSUMER + "$Subscribe")
        .advise(isPublic().and(named("subscribe")).and(takesArguments(1)), CONSUMER + "$SubscribeAlone")
        .adviseWhereThere(isPublic().and(named("subscribe")).and(takesArguments(2))
            .and(takesArgument(0, named("org.apache.kafka.clients.consumer.SubscriptionPattern"))),
            CONSUMER + "$SubscribeToPattern")
        .advise(method("assign", "java.util.Collection"), CONSUMER + "$Assign")
        .advise(isPublic().and(named("unsubscribe")).and(takesNoArguments()), CONSUMER + "$Unsubscribe")
        .advise(isPublic().and(named("seek")).and(takesArguments(2)).and(takesArgument(1, long.class)),
            CONSUMER + "$Seek")
        .advise(isPublic().and(named("seek")).and(takesArguments(2))
            .and(takesArgument(1, named("org.apache.kafka.clients.consumer.OffsetAndMetadata"))),
            CONSUMER + "$SeekWithMetadata")
        .advise(isPublic().and(namedOneOf("seekToBeginning", "seekToEnd")), CONSUMER + "$SeekAll")
        .advise(isPublic().and(named("position")), CONSUMER + "$Position")
        .advise(isPublic().and(named("committed")).and(takesArgument(0, named("java.util.Set"))),
            CONSUMER + "$Committed")
        .advise(isPublic().and(namedOneOf("beginningOffsets", "endOffsets")), CONSUMER + "$AskOffsets")
        .advise(isPublic().and(named("offsetsForTimes")), CONSUMER + "$AskTimes")
        .advise(isPublic().and(named("currentLag")), CONSUMER + "$Lag")
        .advise(isPublic().and(named("paused")).and(takesNoArguments()), CONSUMER + "$Paused")
        .advise(method("pause", "java.util.Collection"), CONSUMER + "$Pause")
        .advise(method("resume", "java.util.Collection"), CONSUMER + "$Resume")
        .advise(isPublic().and(named("wakeup")).and(takesNoArguments()), CONSUMER + "$Wakeup")
        .advise(isPublic().and(named("close")), CONSUMER + "$Close");
  }

  private static ElementMatcher.Junction<MethodDescription> commitsAll() {
    return isPublic().and(namedOneOf("commitSync", "commitAsync")).and(takesNoArguments()
        .or(takesArguments(1).and(takesArgument(0, named("java.time.Duration")))));
  }

  private static ElementMatcher.Junction<MethodDescription> method(String name, String argument) {
    return isPublic().and(named(name)).and(takesArguments(1)).and(takesArgument(0, named(argument)));
  }

  /**
   * Applied before the agent's own, and so around it: what the gate takes out of a poll, or puts in its place, the agent does not hear
   * of. It counts what the client polled; the spans of records it starts where they are iterated over, and these are the application's.
   */
  @Override
  public int order() {
    return -1;
  }

  @Override
  public boolean isHelperClass(String className) {
    return isHelper(className);
  }

  static boolean isHelper(String className) {
    return className.startsWith(HELPERS) || className.startsWith(LIBRARY);
  }

  @Override
  public List<String> getAdditionalHelperClassNames() {
    return helpers();
  }

  static List<String> helpers() {
    return HelperClasses.of(List.of(HELPERS, LIBRARY), HELPERS + "KafkaGates", HELPERS + "KafkaPolls",
        HELPERS + "KafkaSends",
        HELPERS + "KafkaSubscriptions");
  }
}
