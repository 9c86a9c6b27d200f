package dev.doorward.auth.engine;

import dev.doorward.auth.store.Database;
import dev.doorward.auth.store.Mint;
import dev.doorward.auth.store.SteadyClock;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;

/**
 * What every part stands on: settings, storage, time, chance and the record of what happened.
 *
 * <p>There is one database connection: nothing that a transaction calls may start another one.
 */
public record Ground(
    AuthSettings settings, Database database, SteadyClock clock, Mint mint, Journal journal) {

  /** Runs {@code work} in one transaction: all of it is durable on return, or none of it is. */
  public <T, X extends Exception> T transact(HandleCallback<T, X> work) throws X {
    return database.jdbi().inTransaction(work);
  }

  /** Like {@link #transact} for work without a result. */
  public <X extends Exception> void change(HandleConsumer<X> work) throws X {
    database.jdbi().useTransaction(work);
  }
}
