package dev.lanekeeper.controlplane.kafka;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** Puts secrets in the place of references to them, at the moment of use. */
final class Secrets {

  private final UnaryOperator<@Nullable String> environment;

  Secrets(UnaryOperator<@Nullable String> environment) {
    this.environment = environment;
  }

  /** The value with every reference resolved. */
  String resolved(String cluster, String property, String value) {
    Matcher matcher = ClusterDocument.REFERENCE.matcher(value);
    StringBuilder out = new StringBuilder();
    while (matcher.find()) {
      String found = matcher.group(1).equals("env") ? environment.apply(matcher.group(2)) : file(matcher.group(2));
      if (found == null) {
        throw ProblemCode.SECRET_MISSING.exception("properties." + property,
            "cluster " + cluster + ": " + matcher.group() + " leads nowhere (expected: an environment variable of the "
                + "control plane, or a file that it can read)",
            "set it where the control plane runs, and apply again");
      }
      matcher.appendReplacement(out, Matcher.quoteReplacement(found));
    }
    return matcher.appendTail(out).toString();
  }

  private static @Nullable String file(String path) {
    try {
      return Files.readString(Path.of(path)).strip();
    } catch (IOException | java.nio.file.InvalidPathException unreadable) {
      return null;
    }
  }
}
