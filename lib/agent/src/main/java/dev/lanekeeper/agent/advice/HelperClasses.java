package dev.lanekeeper.agent.advice;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The classes of the extension that advice needs in an application's loader: those that the named ones refer to, and so on,
 * within some packages. Each stands behind those that it extends: so the agent has to define them.
 */
public final class HelperClasses {

  private final List<String> packages;
  private final Set<String> seen = new LinkedHashSet<>();
  private final Set<String> ordered = new LinkedHashSet<>();

  private HelperClasses(List<String> packages) {
    this.packages = packages;
  }

  /**
   * Finds them.
   *
   * @param packages in which they are looked for, each with a dot at its end
   * @param roots where to begin
   * @throws IllegalStateException if one of them is not in the extension
   */
  public static List<String> of(List<String> packages, String... roots) {
    HelperClasses classes = new HelperClasses(packages);
    for (String root : roots) {
      classes.add(root);
    }
    return new ArrayList<>(classes.ordered);
  }

  private void add(String name) {
    if (packages.stream().noneMatch(name::startsWith) || !seen.add(name)) {
      return;
    }
    ClassFile file = read(name);
    file.parents().forEach(this::add);
    ordered.add(name);
    file.referred().forEach(this::add);
  }

  private static ClassFile read(String name) {
    String resource = name.replace('.', '/') + ".class";
    ClassLoader loader = HelperClasses.class.getClassLoader();
    try (InputStream in = loader == null ? null : loader.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + ": not found (expected: in the extension jar)");
      }
      return ClassFile.read(in);
    } catch (IOException failure) {
      throw new IllegalStateException(resource + ": " + failure + " (expected: a class file)", failure);
    }
  }
}
