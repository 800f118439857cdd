package dev.lanekeeper.agent.advice;

import static net.bytebuddy.matcher.ElementMatchers.named;

import dev.lanekeeper.boot.Modules;
import io.opentelemetry.javaagent.extension.instrumentation.TypeInstrumentation;
import io.opentelemetry.javaagent.extension.instrumentation.TypeTransformer;
import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.matcher.ElementMatcher;
import net.bytebuddy.pool.TypePool;

/**
 * One class of a client library, and the advice for its methods. When the class is loaded it says whether all of it fits:
 * a library of another version, with advice that silently matches nothing, would be a leak.
 */
public final class AdvisedType implements TypeInstrumentation {

  private final String module;
  private final String name;
  private final List<Point> points = new ArrayList<>();

  private record Point(ElementMatcher<? super MethodDescription> methods, String advice, boolean required) {}

  /**
   * Nothing is advised yet.
   *
   * @param module whose it is, for people
   * @param name of the class
   */
  public AdvisedType(String module, String name) {
    this.module = module;
    this.name = name;
  }

  /** Advises methods that every version of the library has. */
  public AdvisedType advise(ElementMatcher<? super MethodDescription> methods, String advice) {
    points.add(new Point(methods, advice, true));
    return this;
  }

  /** Advises methods that some versions do not have. */
  public AdvisedType adviseWhereThere(ElementMatcher<? super MethodDescription> methods, String advice) {
    points.add(new Point(methods, advice, false));
    return this;
  }

  /** The advice that would match nothing in this class, though it should. */
  List<String> missing(TypeDescription type) {
    return points.stream().filter(Point::required)
        .filter(point -> type.getDeclaredMethods().filter(point.methods()).isEmpty())
        .map(point -> name + ": " + point.advice().substring(point.advice().lastIndexOf('.') + 1)).toList();
  }

  /** The same for the class as it is found in a pool. */
  public List<String> missing(TypePool pool) {
    TypePool.Resolution found = pool.describe(name);
    return found.isResolved() ? missing(found.resolve()) : List.of(name + ": not there");
  }

  @Override
  public ElementMatcher<TypeDescription> typeMatcher() {
    ElementMatcher<TypeDescription> byName = named(name);
    return type -> byName.matches(type) && checked(type);
  }

  private boolean checked(TypeDescription type) {
    List<String> missing = missing(type);
    if (!missing.isEmpty()) {
      Modules.missed(module, missing + " (expected: a version of the library that is supported)");
    }
    return true;
  }

  @Override
  public void transform(TypeTransformer transformer) {
    points.forEach(point -> transformer.applyAdviceToMethod(point.methods(), point.advice()));
  }
}
