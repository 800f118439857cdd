package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.QuarantinedInfo;
import dev.lanekeeper.model.ServiceName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What people did with records that were put aside. Each stands here before it is tried, and is done once its operation has noted so.
 *
 * <p><b>Threads.</b> The one that runs the transaction.
 */
public interface Disposals {

  /**
   * What is done with one record.
   *
   * @param operation of the ledger
   * @param cluster the name of the Cluster document
   * @param service in whose quarantine it stands
   * @param record what copies of it have in common
   * @param place where the copy stands that was named: {@code cluster/service/partition/offset}
   * @param life of which override the receiver is; empty: the baseline is; null: nobody is
   * @param receiver as it was named; null: it is discarded
   * @param by who wanted it
   * @param atMillis ms since 1970
   * @param done whether it is done
   */
  record Disposal(String operation, String cluster, ServiceName service, String record, String place,
      @Nullable String life, @Nullable String receiver, String by, long atMillis, boolean done) {

    /** Whether somebody gets it. */
    public boolean isRelease() {
      return receiver != null;
    }

    /** As people are shown it. */
    public QuarantinedInfo.Disposal info() {
      return new QuarantinedInfo.Disposal(operation, receiver, by, atMillis, done);
    }
  }

  /** Writes down what is wanted. */
  void insert(Disposal disposal);

  /** What was done with a record last; null if nothing was. */
  @Nullable
  Disposal last(ServiceName service, String record);

  /** What an operation does, in the order in which it was wanted. */
  List<Disposal> of(String operation);

  /** Notes that an operation has done all of it. */
  void done(String operation);

  /** Takes back what an operation that was given up wanted. */
  void remove(String operation);

  /** Forgets what is older: it does not stand in quarantine any more. What is not done stays. */
  void forgetBefore(long millis);
}
