package dev.lanekeeper.agent.javahttp;

import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.isPrivate;
import static net.bytebuddy.matcher.ElementMatchers.isPublic;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.namedOneOf;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.lanekeeper.agent.advice.AdvisedType;
import dev.lanekeeper.agent.advice.Readiness;
import io.opentelemetry.javaagent.extension.instrumentation.InstrumentationModule;
import io.opentelemetry.javaagent.extension.instrumentation.TypeInstrumentation;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import java.util.List;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.pool.TypePool;

/** Routes the calls of {@code java.net.http} in the client. */
public final class JavaHttpModule extends InstrumentationModule {

  /** Its name in the agent's settings. */
  public static final String NAME = "lanekeeper-java-http-client";

  private static final String CLIENT = "jdk.internal.net.http.";
  private static final String ADVICE = "dev.lanekeeper.agent.javahttp.";

  /** Called by the agent. */
  public JavaHttpModule() {
    super(NAME, "lanekeeper");
  }

  /** What of our advice does not fit the client of this JDK; empty if all does. Loads none of its classes. */
  public static List<String> missing() {
    TypePool pool = TypePool.Default.of(ClassFileLocator.ForClassLoader.ofPlatformLoader());
    return types().stream().flatMap(type -> type.missing(pool).stream()).toList();
  }

  /** Also where the user leaves all modules off but those that he names: without this one, tagged calls leak. */
  @Override
  public boolean defaultEnabled(ConfigProperties config) {
    return true;
  }

  @Override
  public List<TypeInstrumentation> typeInstrumentations() {
    return Readiness.types(JavaHttpModule::types);
  }

  private static List<AdvisedType> types() {
    return List.of(request(),
        type("HttpClientImpl").advise(isPublic().and(named("sendAsync")), ADVICE + "RouteAdvice$SendAsync")
            .advise(isPublic().and(namedOneOf("send", "sendAsync")), ADVICE + "RouteAdvice$ClientView"),
        filter("CookieFilter"), filter("AuthenticationFilter"), filter("RedirectFilter"),
        type("Http1Request").advise(named("hostString"), ADVICE + "ShownAdvice$Host")
            .advise(named("requestURI"), ADVICE + "ShownAdvice$Target"),
        type("Stream").advise(named("createPseudoHeaders"), ADVICE + "ShownAdvice$PseudoHeaders"),
        type("HttpResponseImpl").advise(isConstructor(), ADVICE + "ShownAdvice$Response")
            .advise(named("request").and(takesArguments(0)), ADVICE + "ShownAdvice$ResponseRequest"));
  }

  private static AdvisedType type(String name) {
    return new AdvisedType("java.net.http", CLIENT + name);
  }

  private static AdvisedType request() {
    return type("HttpRequestImpl")
        .advise(isConstructor().and(takesArguments(2)).and(takesArgument(0, named("java.net.http.HttpRequest")))
            .and(takesArgument(1, named("java.net.ProxySelector"))), ADVICE + "RouteAdvice$First")
        .advise(isConstructor().and(isPrivate()).and(takesArgument(0, named("java.net.URI")))
            .and(takesArgument(2, named(CLIENT + "HttpRequestImpl"))), ADVICE + "RouteAdvice$FollowUp")
        .advise(named("newInstanceForRedirection"), ADVICE + "RouteAdvice$Redirection")
        .advise(named("newInstanceForAuthentication"), ADVICE + "RouteAdvice$ClientView")
        .advise(named("uri").and(takesArguments(0)), ADVICE + "ShownAdvice$Uri");
  }

  private static AdvisedType filter(String name) {
    return type(name).advise(namedOneOf("request", "response"), ADVICE + "ShownAdvice$ApplicationView");
  }

  @Override
  public boolean isHelperClass(String className) {
    return false;
  }
}
