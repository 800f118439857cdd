package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.Applied;
import dev.lanekeeper.api.Deleted;
import dev.lanekeeper.api.Document;
import dev.lanekeeper.api.DocumentException;
import dev.lanekeeper.api.Documents;
import dev.lanekeeper.api.OperationInfo;
import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.api.TenantDocument;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.lifecycle.Life;
import dev.lanekeeper.controlplane.lifecycle.Stage;
import dev.lanekeeper.controlplane.planes.DataPlanes;
import dev.lanekeeper.controlplane.store.Ledger;
import dev.lanekeeper.controlplane.store.RegisteredTenant;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.controlplane.store.StoreException;
import dev.lanekeeper.controlplane.store.Transaction;
import dev.lanekeeper.model.Tenancy;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Applies documents and ends tenants. An apply is planned, placed in the broker where its services consume, planned
 * again, and published in one transaction: one revision for all of it, or nothing.
 *
 * <p><b>Threads.</b> Any; blocks.
 */
public final class Operations implements AutoCloseable {

  private static final Logger LOG = System.getLogger(Operations.class.getName());

  private final Store store;
  private final Births births;
  private final Deaths deaths;
  private final Publication publication;
  private final Ids ids;
  private final TenancyLocks locks;
  private final Tasks tasks;
  /** The applies that somebody is at, by id: those that are not, and run by the ledger, are taken up. */
  private final Set<String> inHand = ConcurrentHashMap.newKeySet();

  /**
   * How long an ended override is given.
   *
   * @param drainDeadline after how long its workload has to be out of its groups
   * @param horizon how long after its end messages of its are waited for before the baseline is asked to agree on a fence
   * @param look after how long it is looked again whether what is waited for has come
   */
  public record Patiences(Duration drainDeadline, Duration horizon, Duration look) {}

  /** Operations on a store. */
  public Operations(Store store, GroupBroker broker, DataPlanes dataPlanes, Machine machine,
      Patiences patiences) {
    this.store = store;
    this.ids = new Ids(machine.random());
    this.locks = new TenancyLocks(store.leases(), machine.threads());
    this.tasks = new Tasks(machine.threads());
    this.births = new Births(store, broker, dataPlanes, machine);
    this.deaths = new Deaths(store, broker, dataPlanes, machine, patiences, tasks);
    this.publication = new Publication(patiences.drainDeadline());
  }

  /**
   * The documents that an operation is to apply, as the ledger holds them: one in each line, as JSON; once all in one text, as YAML. All
   * of them together may be longer than what is read at once.
   */
  static List<Document> documents(String written) {
    if (written.isEmpty()) {
      return List.of();
    }
    try {
      if (!written.startsWith("{")) {
        return Documents.read("ledger", written);
      }
      List<Document> documents = new ArrayList<>();
      for (String line : written.lines().toList()) {
        documents.addAll(Documents.read("ledger", line));
      }
      return documents;
    } catch (DocumentException e) {
      throw new IllegalStateException("the ledger holds documents that cannot be read", e);
    }
  }

  /**
   * Applies documents, all or none. Applying what is already there changes nothing but when it expires.
   *
   * @throws ProblemException if they do not fit, or a broker is in the way; nothing is changed then
   */
  public Applied apply(List<Document> documents) throws InterruptedException {
    try (var _ = locks.hold(tenancies(documents))) {
      return applyHeld(documents);
    } finally {
      deaths.takeUp();
    }
  }

  private static List<Tenancy> tenancies(List<Document> documents) {
    return documents.stream().filter(TenantDocument.class::isInstance)
        .map(document -> ((TenantDocument) document).tenancy()).toList();
  }

  private Applied applyHeld(List<Document> documents) throws InterruptedException {
    ApplyPlan plan = Planner.plan(store.catalog(), documents);
    String operation = ids.operation();
    if (!plan.asksBroker()) {
      return store.inTransaction(transaction -> {
        ApplyPlan now = Planner.plan(transaction.catalog(), documents);
        if (now.asksBroker()) {
          throw changedMeanwhile();
        }
        supersede(transaction, documents, tenancies(documents), Births.cancelled());
        if (!now.changesTenants()) {
          return publication.publish(transaction, documents, now, null);
        }
        intend(transaction, operation, documents, now);
        return publication.publish(transaction, documents, now, operation);
      });
    }
    inHand.add(operation);
    try {
      store.inTransaction(transaction -> {
        supersede(transaction, documents, tenancies(documents), Births.cancelled());
        return intend(transaction, operation, documents, plan);
      });
      return carryOut(operation, documents, plan);
    } finally {
      inHand.remove(operation);
    }
  }

  private static ProblemException changedMeanwhile() {
    return ProblemCode.CHANGED_MEANWHILE.exception("what the services consume changed while the documents were applied",
        "apply them again");
  }

  /** Writes down what is wanted: the operation, and its lives, before anything is tried. */
  private String intend(Transaction transaction, String operation, List<Document> documents, ApplyPlan plan) {
    transaction.ledger().begin(new Ledger.Running(operation, OperationKind.APPLY.code(),
        tenancies(documents).stream().map(Tenancy::text).toList(),
        documents.stream().map(Documents::writeJson).collect(Collectors.joining("\n"))));
    for (ApplyPlan.Birth birth : plan.births()) {
      transaction.ledger().insert(operation,
          new Life(ids.incarnation(store.identity()), birth.service(), birth.tenancy(), birth.target(), birth.residue(),
              birth.reads(), List.of(), new Stage.Intended()));
    }
    return operation;
  }

  private Applied carryOut(String operation, List<Document> documents, ApplyPlan plan) throws InterruptedException {
    try {
      births.place(operation, Clusters.of(store.catalog(), documents));
      return store.inTransaction(transaction -> {
        if (!transaction.ledger().isRunning(operation)) {
          throw Births.cancelled();
        }
        if (!Planner.plan(transaction.catalog(), documents).equals(plan)
            || !intended(transaction, operation).equals(Set.copyOf(plan.births()))) {
          throw changedMeanwhile();
        }
        return publication.publish(transaction, documents, plan, operation);
      });
    } catch (ProblemException e) {
      giveUp(operation, e);
      // Another control plane that took this one for dead may have carried it out.
      OperationInfo now = store.<@Nullable OperationInfo>read(ledger -> ledger.operation(operation));
      Long revision = now == null ? null : now.revision();
      if (revision != null) {
        return Publication.applied(documents, operation, revision);
      }
      throw e;
    }
  }

  /** The births for which there are lives. Who goes on with an operation of another makes a plan anew, but no lives. */
  private static Set<ApplyPlan.Birth> intended(Transaction transaction, String operation) {
    return transaction.ledger().bornOf(operation).stream().map(Ledger.Entry::life).map(
        life -> new ApplyPlan.Birth(life.tenancy(), life.service(), life.target(), life.residue(), life.reads()))
        .collect(Collectors.toSet());
  }

  /** Nothing was published: the lives end, by way of deleting where the broker may have got something. */
  private void giveUp(String operation, ProblemException why) {
    store.inTransaction(transaction -> {
      transaction.ledger().failed(operation, why.problem());
      transaction.ledger().bornOf(operation).forEach(entry -> giveUp(transaction, entry.life()));
      return operation;
    });
  }

  private static void giveUp(Transaction transaction, Life life) {
    Stage stage = life.stage();
    Stage next = switch (stage) {
      case Stage.Intended intended -> intended.cancelled();
      case Stage.Measured measured -> measured.cancelled();
      case Stage.Placed placed -> placed.cancelled();
      case Stage.Live _,Stage.Ending _,Stage.Taken _,Stage.Undertaking _,Stage.Closing _,Stage.Fenced _,Stage.Deleting _,Stage.Ended _ ->
        stage;
    };
    if (!next.equals(stage)) {
      transaction.ledger().move(life.incarnation(), stage, next);
    }
  }

  /**
   * Ends a tenant: its end is published at once, its groups go in the background. One that is being applied is not
   * published any more.
   *
   * @throws ProblemException if it is not registered
   */
  public Deleted end(Tenancy tenancy, OperationKind kind) throws InterruptedException {
    // Who applies a tenant whose time is over renews it; only a delete is a reason to give that up.
    boolean cancelled = kind == OperationKind.DELETE && cancel(tenancy);
    try (var hold = kind == OperationKind.EXPIRE ? locks.tryHold(Set.of(tenancy)) : locks.hold(Set.of(tenancy))) {
      if (hold == null) {
        throw ProblemCode.CHANGED_MEANWHILE.exception("tenancy " + tenancy + " is being applied", "nothing");
      }
      return store.inTransaction(transaction -> {
        // Also what was begun, and left, since the first look.
        boolean left =
            kind == OperationKind.DELETE && supersede(transaction, List.of(), List.of(tenancy), Births.cancelled());
        RegisteredTenant tenant = transaction.catalog().tenants().get(tenancy);
        if (kind == OperationKind.EXPIRE && (tenant == null || !isOver(tenant, transaction.nowMillis()))) {
          throw ProblemCode.CHANGED_MEANWHILE.exception("tenancy " + tenancy + " was renewed or deleted", "nothing");
        }
        if (tenant == null && !cancelled && !left) {
          throw ProblemCode.TENANT_UNKNOWN.exception("tenancy " + tenancy + " is not registered",
              "lanekeeper get tenants lists those that are");
        }
        String operation = ids.operation();
        transaction.ledger().begin(new Ledger.Running(operation, kind.code(), List.of(tenancy.text()), ""));
        return publication.end(transaction, tenancy, tenant, operation);
      });
    } finally {
      deaths.takeUp();
    }
  }

  /** Tells a running apply of this tenancy that it is no longer wanted; whether there was one. */
  private boolean cancel(Tenancy tenancy) {
    return store.inTransaction(transaction -> supersede(transaction, List.of(), List.of(tenancy), Births.cancelled()));
  }

  /**
   * What was wanted of tenancies and other documents before, and is not published, is wanted no more: whoever goes on with it finds it
   * failed. Whether there was any.
   *
   * <p>INVARIANT: in the transaction that writes down what is wanted now. Else what somebody left undone, and is carried out later, would
   * undo it.
   */
  private static boolean supersede(Transaction transaction, List<Document> wanted, Collection<Tenancy> tenancies,
      ProblemException why) {
    Set<String> keys = keys(wanted);
    boolean found = false;
    for (Ledger.Running running : transaction.ledger().unpublished()) {
      if (running.kind().equals(OperationKind.APPLY.code())
          && (tenancies.stream().anyMatch(tenancy -> running.tenancies().contains(tenancy.text()))
              || !Collections.disjoint(keys, keys(documents(running.documents()))))) {
        transaction.ledger().failed(running.id(), why.problem());
        found = true;
      }
    }
    return found;
  }

  private static Set<String> keys(List<Document> documents) {
    return documents.stream().map(document -> document.kind() + " " + document.key()).collect(Collectors.toSet());
  }

  private static boolean isOver(RegisteredTenant tenant, long nowMillis) {
    Long expiresAt = tenant.expiresAtMillis();
    return expiresAt != null && expiresAt <= nowMillis;
  }

  /** Ends the tenants whose time to live is over, and goes on with what failed. May wait for operations that run. */
  public void tend() throws InterruptedException {
    long now = store.current().asOfMillis();
    List<Tenancy> over = new ArrayList<>();
    store.catalog().tenants().forEach((tenancy, tenant) -> {
      if (isOver(tenant, now)) {
        over.add(tenancy);
      }
    });
    for (Tenancy tenancy : over) {
      try {
        end(tenancy, OperationKind.EXPIRE);
      } catch (ProblemException meanwhile) {
        LOG.log(Level.DEBUG, "tenant " + tenancy + " did not expire", meanwhile);
      } catch (StoreException e) {
        throw e; // it would be so for each of them
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "tenant " + tenancy + " cannot be ended, though its time is over; it is tried again", e);
      }
    }
    takeUp();
  }

  /** Goes on with what the ledger says is under way, and nobody is at: the store failed under it. */
  private void takeUp() {
    giveUpAbandoned();
    for (Ledger.Running running : unpublishedApplies()) {
      takeUp(running);
    }
    deaths.takeUp();
  }

  /** Unless somebody is at it, here or in another control plane. */
  private void takeUp(Ledger.Running running) {
    if (!inHand.add(running.id())) {
      return;
    }
    TenancyLocks.Hold hold = null;
    try {
      hold = locks.tryHold(tenancies(running));
    } finally {
      if (hold == null) {
        inHand.remove(running.id());
      }
    }
    if (hold != null) {
      start(running, hold);
    }
  }

  private void start(Ledger.Running running, TenancyLocks.Hold hold) {
    tasks.start("resume-" + running.id(), () -> {
      try (hold) {
        resume(running);
      } finally {
        inHand.remove(running.id());
      }
    });
  }

  /** Whoever was at an operation that was cancelled did not come to giving up its lives. */
  private void giveUpAbandoned() {
    for (Ledger.Entry entry : store.read(Ledger::abandoned)) {
      try (var hold = inHand.contains(entry.birth()) ? null : locks.tryHold(Set.of(entry.life().tenancy()))) {
        if (hold != null) {
          store.inTransaction(transaction -> {
            giveUp(transaction, entry.life());
            return hold;
          });
        }
      }
    }
  }

  private List<Ledger.Running> unpublishedApplies() {
    return store.read(Ledger::unpublished).stream()
        .filter(running -> running.kind().equals(OperationKind.APPLY.code())).toList();
  }

  private static List<Tenancy> tenancies(Ledger.Running running) {
    return running.tenancies().stream().map(Tenancy::new).toList();
  }

  /** Takes up what a crash left undone. Tenancies that are concerned are held when this returns. */
  public void resume() {
    takeUp();
  }

  private void resume(Ledger.Running running) throws InterruptedException {
    if (!store.read(ledger -> ledger.isRunning(running.id()))) {
      return;
    }
    List<Document> documents = documents(running.documents());
    try {
      carryOut(running.id(), documents, Planner.plan(store.catalog(), documents));
    } catch (ProblemException e) {
      giveUp(running.id(), e);
      LOG.log(Level.WARNING, "operation " + running.id() + " was resumed and failed: " + e.getMessage());
    } finally {
      deaths.takeUp();
    }
  }

  /** What lives that are on their way out wait for, one line each; for people. */
  public List<String> waiting() {
    return deaths.waiting();
  }

  @Override
  public void close() {
    tasks.close();
  }
}
