package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.StatusInfo;
import dev.lanekeeper.client.RouteJson;
import java.time.InstantSource;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the control plane knows, kept where the death of a process does not reach it.
 *
 * <p>Revisions are given one after the other, without a gap, in the order of commits; each has a commit time that is never less than
 * the one before. Who decides does so inside {@link #inTransaction}, by the catalog that he is handed there: nobody else changes
 * anything until it is over.
 *
 * <p><b>Threads.</b> Any; all but {@link #catalog}, {@link #identity} and {@link #clock} may block.
 */
public interface Store extends AutoCloseable {

  /**
   * Tells somebody of the log so far, and then of each change.
   *
   * @throws StoreException if the log cannot be read
   */
  void follow(Follower newFollower);

  /** By what this store tells itself from others: 16 hexadecimal digits. */
  String identity();

  /** The newest known state. Never blocks. */
  Catalog catalog();

  /** The clock by which commit times are given, as near as is known without asking. For deadlines, never for decisions. */
  InstantSource clock();

  /**
   * What is current: the newest revision, and as of when. No later change will ever have an earlier time, and {@link #catalog} is at
   * least as new when this returns.
   *
   * @throws StoreException if that cannot be told
   */
  RouteJson.Current current();

  /**
   * Runs a transaction; commits what it wrote, or, if it throws, nothing.
   *
   * @return what {@code work} returns, once it is kept
   * @throws StoreException if the store cannot be read or written; what {@code work} wrote is then kept either wholly or not at all
   */
  <T extends @Nullable Object> T inTransaction(Function<Transaction, T> work);

  /**
   * Looks at the ledger, and writes nothing.
   *
   * @return what {@code look} returns: as it was at some moment after this was called
   * @throws StoreException if the store cannot be read
   */
  default <T extends @Nullable Object> T read(Function<Ledger, T> look) {
    return inTransaction(transaction -> look.apply(transaction.ledger()));
  }

  /**
   * What it is, for people.
   *
   * @throws StoreException if that cannot be told
   */
  StatusInfo.Store info();

  /** Who was heard of. */
  Presence presence();

  /** What became of requests that somebody traces. */
  Traces traces();

  /** Which control plane is at what. */
  default Leases leases() {
    return Leases.ALONE;
  }

  @Override
  void close();
}
