package dev.lanekeeper.controlplane.store;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Where a PostgreSQL database is, and as whom it is used.
 *
 * @param url {@code jdbc:postgresql://HOST[:PORT][,HOST...]/DATABASE[?parameters of the driver]}, without a password
 * @param user null: as the URL, or the operating system says
 * @param password null: as {@code ~/.pgpass} says, or none
 */
public record PostgresAddress(String url, @Nullable String user, @Nullable String password) {

  /** What a URL begins with. */
  public static final String PREFIX = "jdbc:postgresql:";

  private static final int CONNECT_SECONDS = 5;
  /** For an answer to a statement. A server whose machine is gone is found out by this. */
  private static final int ANSWER_SECONDS = 15;
  /** Whoever is stopped in the midst of a transaction must not keep the others from writing. */
  private static final String SESSION =
      "-c idle_in_transaction_session_timeout=5000 -c lock_timeout=9000 -c statement_timeout=12000"
          + " -c default_transaction_isolation=read\\ committed";
  private static final Set<String> SECRETS = Set.of("password", "sslpassword");

  /**
   * Checks the URL.
   *
   * @throws IllegalArgumentException if it is none, or holds a password: others could read it
   */
  public PostgresAddress {
    if (!url.startsWith(PREFIX + "//")) {
      throw new IllegalArgumentException(
          shown(url) + " (expected: " + PREFIX + "//HOST[:PORT]/DATABASE)");
    }
    int query = url.indexOf('?');
    String authority = (query < 0 ? url : url.substring(0, query)).substring(PREFIX.length() + 2);
    if (authority.indexOf('@') >= 0 || secrets(query < 0 ? "" : url.substring(query + 1))) {
      throw new IllegalArgumentException(
          shown(url) + " with a password in it (expected: none, for others could read it)");
    }
    try {
      new PGSimpleDataSource().setURL(url);
    } catch (IllegalArgumentException malformed) {
      throw new IllegalArgumentException(
          shown(url) + " (expected: " + PREFIX + "//HOST[:PORT]/DATABASE)", malformed);
    }
  }

  private static boolean secrets(String query) {
    return Arrays.stream(query.split("&")).map(parameter -> parameter.replaceFirst("=.*", "").toLowerCase(Locale.ROOT))
        .anyMatch(SECRETS::contains);
  }

  private static String shown(String url) {
    return url.replaceFirst("\\?.*", "").replaceFirst("//[^/]*@", "//");
  }

  /** Hosts and database, for people. */
  public String where() {
    return shown(url).substring(PREFIX.length() + 2);
  }

  /** Connections to it, always to the one that takes writes. */
  PGSimpleDataSource source() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setURL(url);
    if (user != null) {
      source.setUser(user);
    }
    if (password != null) {
      source.setPassword(password);
    }
    Set<String> given = new TreeSet<>();
    int query = url.indexOf('?');
    Arrays.stream(query < 0 ? new String[0] : url.substring(query + 1).split("&"))
        .forEach(parameter -> given.add(parameter.replaceFirst("=.*", "")));
    source.setTargetServerType("primary");
    if (!given.contains("connectTimeout")) {
      source.setConnectTimeout(CONNECT_SECONDS);
    }
    if (!given.contains("loginTimeout")) {
      source.setLoginTimeout(CONNECT_SECONDS);
    }
    if (!given.contains("socketTimeout")) {
      source.setSocketTimeout(ANSWER_SECONDS);
    }
    if (!given.contains("ApplicationName")) {
      source.setApplicationName("lanekeeper");
    }
    source.setTcpKeepAlive(true);
    String options = source.getOptions();
    source.setOptions(options == null ? SESSION : options + " " + SESSION);
    return source;
  }

  @Override
  public String toString() {
    return where();
  }
}
