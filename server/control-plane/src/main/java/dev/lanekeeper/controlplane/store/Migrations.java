package dev.lanekeeper.controlplane.store;

import java.util.Arrays;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.jspecify.annotations.Nullable;

/** Makes the tables of a store, or brings them up to this version. */
final class Migrations {

  private static final String ROOT = "classpath:dev/lanekeeper/controlplane/store/";

  private Migrations() {}

  /**
   * Migrates.
   *
   * @param dialect the folder of its statements
   * @param history the table that says which of them were carried out
   * @throws StoreException if the tables are of a later version, or not this product's
   * @throws FlywayException if the database fails
   */
  static void migrate(DataSource source, String dialect, String history) {
    Flyway flyway = Flyway.configure().dataSource(source).locations(ROOT + dialect).table(history).load();
    @Nullable MigrationInfo newer = Arrays.stream(flyway.info().applied())
        .filter(info -> info.getState() == MigrationState.FUTURE_SUCCESS).reduce((first, last) -> last).orElse(null);
    if (newer != null) {
      throw new StoreException("its tables are of version " + newer.getVersion()
          + ", which a later Lanekeeper made (expected: tables of this version, or of one before)", null);
    }
    try {
      flyway.migrate();
    } catch (FlywayException e) {
      if (String.valueOf(e.getMessage()).contains("non-empty schema")) {
        throw new StoreException("there are tables of something else (expected: none, or Lanekeeper's own)", e);
      }
      throw e;
    }
  }
}
