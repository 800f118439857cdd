package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.Document;
import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tenancy;

/**
 * Where a transaction writes down what it changes, beside the ledger.
 *
 * <p><b>Threads.</b> The one that runs the transaction.
 */
interface Rows {

  /** The ledger. */
  Ledger ledger();

  /** What people did with records that were put aside. */
  Disposals disposals();

  /** Raises the counter of revisions; what it gives is this transaction's. */
  long nextRevision();

  /** Raises the counter to the first revision of an epoch; what it gives is this transaction's. */
  long beginEpoch(int epoch);

  /** Writes down the revision of this transaction. */
  void write(Change change);

  /** Writes down a document, in the place of one with the same kind and key. */
  void write(Document document);

  /** Removes a document. */
  void remove(String kind, String key);

  /** Writes down what is registered beside its document. */
  void write(RegisteredTenant tenant);

  /** Removes what is registered beside its document. */
  void remove(Tenancy tenancy);

  /** Writes down a line of the inventory, or that it was seen again. */
  void write(Reading reading);

  /** Removes the lines of the inventory of a service's baseline. */
  void removeReadings(ServiceName service);

  /** Removes the lines of the inventory of an override. */
  void removeReadings(String incarnation);

  /** Writes down an announcement, in the place of one of the same instance. */
  void write(StoredAnnouncement announcement);

  /** Removes the announcement of an instance. */
  void removeAnnouncement(String instance);

  /** Writes down that it is settled whose a record is that was in doubt. */
  void resolved(ServiceName service, String id);

  /** Whether that is settled. If so, it is remembered as long as if it were settled now. */
  boolean isResolved(ServiceName service, String id);

  /** Whether anything was written. */
  boolean wrote();
}
