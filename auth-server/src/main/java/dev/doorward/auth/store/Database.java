package dev.doorward.auth.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;

/**
 * The SQLite database of the authorization server: WAL, full sync, so that what was acknowledged is
 * there after a crash. One connection writes and reads; SQLite has one writer anyway.
 */
public final class Database implements AutoCloseable {
  private final HikariDataSource source;
  private final Jdbi jdbi;

  private Database(HikariDataSource source) {
    this.source = source;
    this.jdbi = Jdbi.create(source);
  }

  /** Opens or makes {@code doorward.db} in {@code dataDir} and brings its schema up to date. */
  public static Database open(Path dataDir) {
    var config = new HikariConfig();
    config.setPoolName("store");
    config.setJdbcUrl("jdbc:sqlite:" + dataDir.resolve("doorward.db"));
    config.setMaximumPoolSize(1);
    config.setConnectionTimeout(5_000);
    config.addDataSourceProperty("journal_mode", "WAL");
    config.addDataSourceProperty("synchronous", "FULL");
    config.addDataSourceProperty("foreign_keys", "true");
    config.addDataSourceProperty("busy_timeout", "5000");
    var source = new HikariDataSource(config);
    try {
      Flyway.configure()
          .dataSource(source)
          .locations("classpath:dev/doorward/auth/store/migration")
          .loggers("slf4j")
          .load()
          .migrate();
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
    return new Database(source);
  }

  /** The way to the tables; statements block, so never call it on an event loop. */
  public Jdbi jdbi() {
    return jdbi;
  }

  @Override
  public void close() {
    source.close();
  }
}
