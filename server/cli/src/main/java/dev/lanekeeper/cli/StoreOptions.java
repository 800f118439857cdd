package dev.lanekeeper.cli;

import dev.lanekeeper.controlplane.store.PostgresAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the store is, if it is not a directory. */
final class StoreOptions {

  static final String URL = "LANEKEEPER_STORE";
  static final String USER = "LANEKEEPER_STORE_USER";
  static final String PASSWORD = "LANEKEEPER_STORE_PASSWORD";

  @Option(names = "--store", paramLabel = "URL", description = "A PostgreSQL database as the store of any number of control planes: jdbc:postgresql://HOST[:PORT]/DATABASE (default: variable "
      + URL + ").") private @Nullable String store;

  @Option(names = "--store-user", paramLabel = "NAME", description = "The user of the database (default: variable "
      + USER + ", or as the URL says).") private @Nullable String user;

  @Option(names = "--store-password-file", paramLabel = "FILE", description = "A file with the user's password (default: variable "
      + PASSWORD + ", or ~/.pgpass).") private @Nullable Path passwordFile;

  /**
   * The database.
   *
   * @return null: the store is a directory
   * @throws UsageException if what is given cannot be used
   */
  @Nullable
  PostgresAddress address(Map<String, String> environment) {
    String url = store != null ? store : environment.get(URL);
    if (url == null || url.isEmpty()) {
      refuse("--store-user", user);
      refuse("--store-password-file", passwordFile);
      return null;
    }
    try {
      return new PostgresAddress(url, user != null ? user : environment.get(USER), password(environment));
    } catch (IllegalArgumentException malformed) {
      throw new UsageException("--store: " + malformed.getMessage());
    }
  }

  private static void refuse(String option, @Nullable Object given) {
    if (given != null) {
      throw new UsageException(option + ": " + given + " without --store (expected: both, or none)");
    }
  }

  private @Nullable String password(Map<String, String> environment) {
    Path file = passwordFile;
    if (file == null) {
      return environment.get(PASSWORD);
    }
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UsageException("--store-password-file: " + file + " cannot be read (expected: a file with a password)");
    }
  }
}
