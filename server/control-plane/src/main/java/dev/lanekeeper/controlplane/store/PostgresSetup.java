package dev.lanekeeper.controlplane.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** Prepares a database for a store. */
final class PostgresSetup {

  private static final String HISTORY = "lanekeeper_schema_history";
  /** Any number: under this one replicas that start at once wait for each other. */
  private static final long MIGRATING = 5_492_811_730_294L;
  private static final int OLDEST = 13;

  private PostgresSetup() {}

  /**
   * Makes its tables, or migrates them.
   *
   * @throws StoreException if it cannot be used; says why and what to do, and no secret
   */
  static void prepare(PostgresAddress address) {
    PGSimpleDataSource source = address.source();
    // A migration may take longer than what the control plane waits for.
    source.setSocketTimeout(0);
    source.setOptions(null);
    try (Connection connection = source.getConnection(); Statement statement = connection.createStatement()) {
      int version = connection.getMetaData().getDatabaseMajorVersion();
      if (version < OLDEST) {
        throw unusable(address, "is PostgreSQL " + version + " (expected: " + OLDEST + " or later)",
            "use a later server", null);
      }
      statement.execute("SELECT pg_advisory_lock(" + MIGRATING + ")");
      Migrations.migrate(source, "postgres", HISTORY);
    } catch (SQLException e) {
      throw refused(address, e);
    } catch (FlywayException e) {
      throw unusable(address, "its tables cannot be made: " + said(e),
          "let its user make tables in the schema that it uses", e);
    } catch (StoreException e) {
      throw unusable(address, String.valueOf(e.getMessage()),
          "use a database, or a schema (currentSchema in the URL), of its own, and the newest Lanekeeper that has"
              + " used it",
          e);
    }
  }

  private static String said(Throwable why) {
    return String.valueOf(why.getMessage()).strip().replaceAll("\\s+", " ");
  }

  private static StoreException refused(PostgresAddress address, SQLException e) {
    String state = String.valueOf(e.getSQLState());
    String next = switch (state) {
      case "28P01", "28000" -> "correct the user and the password; --store-user and --store-password-file give them";
      case "3D000" -> "make the database: createdb NAME";
      default -> state.startsWith("08")
          ? "start the server, or correct host and port of the URL"
          : "see what the server says";
    };
    return unusable(address, said(e), next, e);
  }

  private static StoreException unusable(PostgresAddress address, String what, String next, @Nullable Exception cause) {
    return new StoreException("store: " + address.where() + ": " + what, next, cause);
  }
}
