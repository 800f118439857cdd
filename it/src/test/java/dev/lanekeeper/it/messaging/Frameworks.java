package dev.lanekeeper.it.messaging;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mill.Main;

/** The libraries that a mill runs with. */
enum Frameworks {
  /** Those that the tests are compiled with. */
  NEWEST {
    @Override
    String classPath() {
      return ofTests().filter(Frameworks::isTheMills).collect(Collectors.joining(File.pathSeparator));
    }
  },
  /** The oldest that are supported. */
  OLDEST {
    @Override
    String classPath() throws IOException {
      Path oldest = Path.of(System.getProperty("lanekeeper.it.oldest-frameworks"));
      try (Stream<Path> jars = Files.list(oldest)) {
        return Stream.concat(jars.map(Path::toString).sorted(), ofTests().filter(Frameworks::isOfNeither))
            .collect(Collectors.joining(File.pathSeparator));
      }
    }
  };

  /** How Kafka Streams processes: both ways are to be seen. */
  String guarantee() {
    return this == NEWEST ? "exactly_once_v2" : "at_least_once";
  }

  /** With the mill itself. */
  abstract String classPath() throws IOException;

  private static Stream<String> ofTests() {
    String mill =
        Path.of(URI.create(Main.class.getProtectionDomain().getCodeSource().getLocation().toString())).toString();
    return Stream.concat(Stream.of(mill), Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> entry.contains(".jar")));
  }

  private static boolean isTheMills(String entry) {
    return isOfNeither(entry)
        || entry.matches(".*(spring-|kafka-clients|kafka-streams|micrometer|rocksdb|commons-logging).*");
  }

  private static boolean isOfNeither(String entry) {
    return !entry.contains(".jar") || entry.matches(".*(slf4j|jackson|lz4|snappy|zstd|jspecify).*");
  }
}
