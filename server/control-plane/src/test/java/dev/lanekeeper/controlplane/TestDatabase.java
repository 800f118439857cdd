package dev.lanekeeper.controlplane;

import dev.lanekeeper.controlplane.store.PostgresAddress;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL database of a test's own, dropped when it is closed. On the server that {@code LANEKEEPER_TEST_POSTGRES} names (the
 * JDBC URL of a database in which its user may make others), else on the one at 127.0.0.1:5432, else on an embedded one.
 */
public final class TestDatabase implements AutoCloseable {

  private static final String VARIABLE = "LANEKEEPER_TEST_POSTGRES";
  private static final String USUAL = "jdbc:postgresql://127.0.0.1:5432/postgres?user=postgres";
  private static @Nullable String server;

  private final String administration;
  private final String name = "lanekeeper_" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);

  private TestDatabase(String administration) {
    this.administration = administration;
  }

  /** Makes one. */
  public static TestDatabase make() throws SQLException {
    TestDatabase database = new TestDatabase(server());
    database.administer("CREATE DATABASE " + database.name);
    return database;
  }

  private static synchronized String server() {
    String known = server;
    if (known == null) {
      String given = System.getenv(VARIABLE);
      known = given != null ? given : answers(USUAL) ? USUAL : embedded();
      server = known;
    }
    return known;
  }

  private static boolean answers(String url) {
    try (Connection connection = DriverManager.getConnection(url)) {
      return connection.isValid(5);
    } catch (SQLException nobody) {
      return false;
    }
  }

  @SuppressWarnings("MustBeClosedChecker") // ends with the process
  private static String embedded() {
    try {
      return EmbeddedPostgres.builder().start().getJdbcUrl("postgres", "postgres");
    } catch (IOException e) {
      throw new UncheckedIOException(
          "no PostgreSQL server at 127.0.0.1:5432, and an embedded one does not start: start one with"
              + " pg_ctlcluster 15 main start, or name one with " + VARIABLE,
          e);
    }
  }

  /** Does something as who may make databases. */
  public void administer(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(administration);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Does something in it. */
  public void execute(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Breaks every connection to it. */
  public void breakConnections() throws SQLException {
    administer("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
  }

  /** Lets nobody in any more, or everybody again. */
  public void letIn(boolean yes) throws SQLException {
    administer("ALTER DATABASE " + name + " WITH ALLOW_CONNECTIONS " + yes);
    if (!yes) {
      breakConnections();
    }
  }

  /** Its name on the server. */
  public String name() {
    return name;
  }

  /** Its URL. */
  public String url() {
    int slash = administration.lastIndexOf('/');
    int query = administration.indexOf('?');
    return administration.substring(0, slash + 1) + name + (query < 0 ? "" : administration.substring(query));
  }

  /** Where it is, for a store. */
  public PostgresAddress address() {
    return new PostgresAddress(url(), null, null);
  }

  /** A schema of it, for a store. */
  public PostgresAddress address(String schema) {
    return new PostgresAddress(url() + (url().indexOf('?') < 0 ? "?" : "&") + "currentSchema=" + schema, null, null);
  }

  @Override
  public void close() throws SQLException {
    administer("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
  }
}
