package dev.lanekeeper.agent.okhttp;

import static io.opentelemetry.javaagent.extension.matcher.AgentElementMatchers.hasClassesNamed;
import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.nameStartsWith;
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

/** Routes the calls of OkHttp in the client. */
public final class OkHttpModule extends InstrumentationModule {

  /** Its name in the agent's settings. */
  public static final String NAME = "lanekeeper-okhttp";

  private static final String PACKAGE = "dev.lanekeeper.agent.okhttp.";
  private static final int ADDRESS_ARGUMENTS = 12;

  /** Called by the agent. */
  public OkHttpModule() {
    super(NAME, "lanekeeper");
  }

  @Override
  public ElementMatcher.Junction<ClassLoader> classLoaderMatcher() {
    return hasClassesNamed("okhttp3.Address", "okhttp3.OkHttpClient$Builder", "okhttp3.Dns");
  }

  /** Also where the user leaves all modules off but those that he names: without this one, tenants leak. */
  @Override
  public boolean defaultEnabled(ConfigProperties config) {
    return true;
  }

  @Override
  public List<TypeInstrumentation> typeInstrumentations() {
    return Readiness.types(OkHttpModule::types);
  }

  private static List<AdvisedType> types() {
    return List.of(
        type("okhttp3.Address").advise(isConstructor().and(takesArguments(ADDRESS_ARGUMENTS))
            .and(takesArgument(2, named("okhttp3.Dns"))).and(takesArgument(3, named("javax.net.SocketFactory"))),
            PACKAGE + "RouteAdvice$Address"),
        type("okhttp3.OkHttpClient").advise(
            isConstructor().and(takesArgument(0, named("okhttp3.OkHttpClient$Builder"))),
            PACKAGE + "RouteAdvice$Client"),
        type("okhttp3.Cache")
            .advise(nameStartsWith("get").and(takesArguments(1)).and(takesArgument(0, named("okhttp3.Request"))),
                PACKAGE + "RouteAdvice$Cache")
            .advise(nameStartsWith("put").and(takesArguments(1)).and(takesArgument(0, named("okhttp3.Response"))),
                PACKAGE + "RouteAdvice$Cache"));
  }

  private static AdvisedType type(String name) {
    return new AdvisedType("okhttp", name);
  }

  @Override
  public boolean isHelperClass(String className) {
    return className.startsWith(PACKAGE);
  }

  @Override
  public List<String> getAdditionalHelperClassNames() {
    return HelperClasses.of(List.of(PACKAGE), PACKAGE + "OwnerDns", PACKAGE + "OwnerSocketFactory",
        PACKAGE + "LaneInterceptor", PACKAGE + "CallTag");
  }
}
