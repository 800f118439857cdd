package dev.lanekeeper.storm;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The PostgreSQL database of the control planes, dropped in the end: on the server that {@code LANEKEEPER_TEST_POSTGRES} names (the
 * JDBC URL of a database in which its user may make others), else on the one at 127.0.0.1:5432, else on one that is given.
 */
final class Database {

  private static final String VARIABLE = "LANEKEEPER_TEST_POSTGRES";
  private static final String USUAL = "jdbc:postgresql://127.0.0.1:5432/postgres?user=postgres";

  /** Where none is given. */
  static final Supplier<String> NONE = () -> {
    throw new IllegalStateException("no PostgreSQL server at 127.0.0.1:5432: start one with"
        + " pg_ctlcluster 15 main start, or name one with " + VARIABLE);
  };

  private final String administration;
  private final String name = "lanekeeper_storm_" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);

  private Database(String administration) throws SQLException {
    this.administration = administration;
    administer("CREATE DATABASE " + name);
  }

  /**
   * Makes one.
   *
   * @param otherwise the URL of a server, where none is named and none is at the usual place
   */
  static Database make(Supplier<String> otherwise) throws SQLException {
    String given = System.getenv(VARIABLE);
    return new Database(given != null ? given : answers() ? USUAL : otherwise.get());
  }

  private static boolean answers() {
    try (Connection connection = DriverManager.getConnection(USUAL)) {
      return connection.isValid(1);
    } catch (SQLException nobody) {
      return false;
    }
  }

  private void administer(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(administration);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The columns of a question's answer, as text. */
  List<List<String>> ask(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<List<String>> answer = new ArrayList<>();
      while (rows.next()) {
        List<String> row = new ArrayList<>();
        for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
          row.add(String.valueOf(rows.getString(column)));
        }
        answer.add(row);
      }
      return answer;
    }
  }

  /** Its URL. */
  String url() {
    int slash = administration.lastIndexOf('/');
    int query = administration.indexOf('?');
    return administration.substring(0, slash + 1) + name + (query < 0 ? "" : administration.substring(query));
  }

  /** Drops it, whoever is connected; nothing happens if it is gone. */
  void drop() {
    try {
      administer("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    } catch (SQLException left) {
      System.err.println("database " + name + " is left behind: " + left.getMessage());
    }
  }
}
