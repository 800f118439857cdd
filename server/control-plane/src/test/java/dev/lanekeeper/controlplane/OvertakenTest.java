package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.Documents;
import dev.lanekeeper.api.OperationInfo;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.kafka.GroupReader;
import dev.lanekeeper.controlplane.lifecycle.GroupReads;
import dev.lanekeeper.controlplane.lifecycle.Life;
import dev.lanekeeper.controlplane.lifecycle.Stage;
import dev.lanekeeper.controlplane.operations.Machine;
import dev.lanekeeper.controlplane.operations.OperationKind;
import dev.lanekeeper.controlplane.operations.Operations;
import dev.lanekeeper.controlplane.planes.DataPlanes;
import dev.lanekeeper.controlplane.store.InMemoryStore;
import dev.lanekeeper.controlplane.store.Ledger;
import dev.lanekeeper.controlplane.store.Memory;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.Residue;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A control plane is stopped, or cut off from the store, and another one takes it for dead and goes on. */
@Timeout(60)
class OvertakenTest {

  private static final String HOUSE = """
      kind: Service
      name: C
      consumes: [{ topics: [orders], groups: [c] }]
      ---
      kind: Service
      name: D
      consumes: [{ topics: [orders], groups: [d] }]
      ---
      kind: Cluster
      bootstrap: "127.0.0.1:9092"
      """;
  private static final ServiceName C = ServiceName.of("C");

  private final Store store = new InMemoryStore(new Memory(), InstantSource.system(), new SplittableRandom(1));
  private final InMemoryGroups groups = new InMemoryGroups();
  /** Happens before a call of the first control plane. */
  private final AtomicReference<BiConsumer<String, Object[]>> before = new AtomicReference<>((_, _) -> {});
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();
  private final GroupBroker through = (GroupBroker) Proxy.newProxyInstance(getClass().getClassLoader(),
      new Class<?>[]{GroupBroker.class}, (_, method, args) -> {
        before.get().accept(method.getName(), args);
        Object answer = invoke(groups, method, args);
        return answer instanceof GroupReader reader ? counted(reader) : answer;
      });
  private final Operations first = operations(through, Duration.ZERO, Duration.ZERO);
  private final Operations second = operations(groups, Duration.ZERO, Duration.ZERO);
  private final List<AutoCloseable> more = new ArrayList<>();

  private Operations operations(GroupBroker broker, Duration drain, Duration horizon) {
    return new Operations(store, broker, new DataPlanes(store),
        Machine.of(InstantSource.system(), System::nanoTime),
        new Operations.Patiences(drain, horizon, Duration.ofMillis(20)));
  }

  private static Object invoke(Object target, Method method, Object[] args) throws Throwable {
    try {
      method.setAccessible(true);
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private GroupReader counted(GroupReader reader) {
    opened.incrementAndGet();
    return (GroupReader) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[]{GroupReader.class},
        (_, method, args) -> {
          if (method.getName().equals("close")) {
            closed.incrementAndGet();
          }
          return invoke(reader, method, args);
        });
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : more) {
      one.close();
    }
    first.close();
    second.close();
    store.close();
  }

  private static void apply(Operations operations, String documents) throws Exception {
    operations.apply(Documents.read("test", documents));
  }

  private OverrideLife override(String tenancy) {
    return store.catalog().table().overrides(new Tenancy(tenancy)).getFirst();
  }

  private String born(String tenancy, String residue) throws Exception {
    apply(first,
        "kind: Tenant\ntenancy: " + tenancy + "\nresidue: " + residue + "\noverrides: { C: { workload: {} } }\n");
    return "c.lk." + override(tenancy).incarnation();
  }

  private long append(String value, String tenancy) {
    return groups.append("orders", value.getBytes(StandardCharsets.UTF_8), "baggage", "tenancy=" + tenancy
        + ",tenancy-rev=" + store.catalog().table().stampOf(store.catalog().table().revision()));
  }

  private List<String> handedOver() {
    return groups.logOf(RedeliveredRecord.topic(C, "c", "orders")).stream()
        .map(record -> new String(record.value(), StandardCharsets.UTF_8)).toList();
  }

  private boolean isOver(Incarnation incarnation) {
    Ledger.Entry entry = store.read(ledger -> ledger.entry(incarnation));
    return entry != null && entry.life().stage() instanceof Stage.Ended;
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A control plane whose burial waits in line, and whose lease another one took: SIGSTOP, or no PostgreSQL for ten seconds. */
  @Test
  void inLine_anotherControlPlaneBuriedItMeanwhile_nothingIsHandedOverTwice_norWhatWasProcessed() throws Exception {
    apply(first, HOUSE);
    Set<String> slow = ConcurrentHashMap.newKeySet();
    for (String tenancy : List.of("a", "b", "c", "d")) {
      slow.add(born(tenancy, "redeliver"));
    }
    String own = born("e", "redeliver");
    Incarnation late = override("e").incarnation();
    append("processed", "e");
    append("left", "e");
    groups.offsets.put(own, new TreeMap<>(Map.of("orders", 1L)));
    CountDownLatch stopped = new CountDownLatch(1);
    AtomicInteger having = new AtomicInteger();
    before.set((name, args) -> {
      if (name.equals("undertake") && slow.contains((String) args[1])) {
        having.incrementAndGet();
        waitFor(stopped);
      }
    });
    for (String tenancy : List.of("a", "b", "c", "d")) {
      first.end(new Tenancy(tenancy), OperationKind.DELETE);
    }
    await().until(() -> having.get() == 4);
    first.end(new Tenancy("e"), OperationKind.DELETE);
    await().until(() -> first.waiting().stream().anyMatch(line -> line.contains("others are read")));

    second.resume();
    await().until(() -> isOver(late));
    assertThat(handedOver()).containsExactly("left");
    assertThat(groups.ownGroups()).doesNotContain(own);
    stopped.countDown();
    await().until(() -> first.waiting().isEmpty());

    assertThat(handedOver()).containsExactly("left");
  }

  /** A control plane that is stopped between a look at the ledger and its visit. */
  @Test
  void aboutToVisit_anotherControlPlaneBuriedItMeanwhile_nothingIsHandedOverTwice() throws Exception {
    apply(first, HOUSE);
    String own = born("e", "redeliver");
    Incarnation late = override("e").incarnation();
    append("processed", "e");
    append("left", "e");
    groups.offsets.put(own, new TreeMap<>(Map.of("orders", 1L)));
    CountDownLatch stopped = new CountDownLatch(1);
    AtomicBoolean there = new AtomicBoolean();
    before.set((name, _) -> {
      if (name.equals("undertake")) {
        there.set(true);
        waitFor(stopped);
      }
    });
    first.end(new Tenancy("e"), OperationKind.DELETE);
    await().until(there::get);

    second.resume();
    await().until(() -> isOver(late));
    stopped.countDown();
    await().until(() -> opened.get() == 1 && closed.get() == 1);

    assertThat(handedOver()).containsExactly("left");
  }

  /** An apply that ends an override, too, is published while its groups are still there: it is running, and published. */
  @Test
  void apply_carriedOutByAnotherMeanwhile_thatEndsAnOverride_isNotReportedFailed() throws Exception {
    apply(first, HOUSE);
    String old = born("a", "discard");
    groups.members.put(old, List.of(new GroupBroker.Member("w", "w", "/10.0.0.1")));
    Operations third = operations(groups, Duration.ofHours(1), Duration.ZERO);
    more.add(third);
    CountDownLatch stopped = new CountDownLatch(1);
    AtomicBoolean there = new AtomicBoolean();
    before.set((name, _) -> {
      if (name.equals("place")) {
        there.set(true);
        waitFor(stopped);
      }
    });
    AtomicReference<Exception> told = new AtomicReference<>();
    Thread client = Thread.ofVirtual().start(() -> {
      try {
        apply(first, "kind: Tenant\ntenancy: a\noverrides: { D: { workload: {} } }\n");
      } catch (Exception e) {
        told.set(e);
      }
    });
    await().until(there::get);
    third.resume();
    await().until(() -> store.catalog().table().overrides(new Tenancy("a")).size() == 2);
    stopped.countDown();
    client.join();

    OperationInfo newest = store.read(ledger -> ledger.operations(1)).getFirst();
    assertThat(newest.revision()).as("it was published").isNotNull();
    assertThat(told.get()).isNull();
    assertThat(newest.state()).isNotEqualTo(OperationInfo.FAILED);
  }

  private void leaveUndone(String documents) {
    store.inTransaction(transaction -> {
      transaction.ledger().begin(new Ledger.Running("left", "apply", List.of("a"), documents));
      transaction.ledger().insert("left",
          new Life(new Incarnation("late"), C, new Tenancy("a"), new Target.Workload(), Residue.DISCARD,
              List.of(new GroupReads("default", "c", List.of("orders"))), List.of(), new Stage.Intended()));
      return true;
    });
  }

  @Test
  void apply_ofAService_acknowledged_isNotUndoneByWhatWasLeftUndoneBefore() throws Exception {
    apply(first, HOUSE);
    String service = "kind: Service\nname: C\nhosts: [%s]\nconsumes: [{ topics: [orders], groups: [c] }]\n";
    leaveUndone(service.formatted("old") + "---\nkind: Tenant\ntenancy: a\noverrides: { C: { workload: {} } }\n");

    apply(second, service.formatted("new"));
    second.tend();
    await().until(() -> !store.read(ledger -> ledger.isRunning("left")));

    assertThat(store.catalog().services().values().stream().filter(one -> one.name().equals(C))
        .flatMap(one -> one.hosts().stream())).containsExactly("new");
  }

  @Test
  void apply_ofAnEnvironment_acknowledged_isNotUndoneByWhatWasLeftUndoneBefore() throws Exception {
    apply(first, HOUSE);
    leaveUndone("""
        kind: Environment
        profile: staging
        policy: { unregistered: baseline }
        ---
        kind: Tenant
        tenancy: a
        overrides: { C: { workload: {} } }
        """);

    apply(second, "kind: Environment\nprofile: staging\npolicy: { unregistered: quarantine }\n");
    long revision = store.catalog().table().revision();
    second.tend();
    await().until(() -> !store.read(ledger -> ledger.isRunning("left")));

    assertThat(store.catalog().environment().toString()).as("revision " + revision).containsIgnoringCase("quarantine");
  }

  /** The apply was begun while a delete waited for its tenancy; who began it died. */
  @Test
  void delete_acknowledged_isNotUndoneByAnApplyThatDiedWhileTheDeleteWaited() throws Exception {
    CountDownLatch begin = new CountDownLatch(1);
    AtomicBoolean there = new AtomicBoolean();
    AtomicBoolean dies = new AtomicBoolean(true);
    Store slow = (Store) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[]{Store.class},
        (_, method, args) -> {
          if (method.getName().equals("inTransaction") && Thread.currentThread().getName().equals("dying")
              && !there.getAndSet(true)) {
            waitFor(begin);
          }
          return invoke(store, method, args);
        });
    before.set((name, _) -> {
      if (name.equals("positions") && dies.getAndSet(false)) {
        throw new IllegalStateException("died");
      }
    });
    Operations operations = new Operations(slow, through, new DataPlanes(store),
        Machine.of(InstantSource.system(), System::nanoTime),
        new Operations.Patiences(Duration.ZERO, Duration.ZERO, Duration.ofMillis(20)));
    more.add(operations);
    apply(operations, HOUSE);
    apply(operations, "kind: Tenant\ntenancy: a\n");
    Thread dying = Thread.ofVirtual().name("dying").start(() -> {
      try {
        apply(operations, "kind: Tenant\ntenancy: a\noverrides: { C: { workload: {} } }\n");
      } catch (Exception _) {
        // died
      }
    });
    await().until(there::get);
    AtomicBoolean deleted = new AtomicBoolean();
    Thread deleting = Thread.ofVirtual().start(() -> {
      try {
        operations.end(new Tenancy("a"), OperationKind.DELETE);
        deleted.set(true);
      } catch (Exception _) {
        // says so
      }
    });
    Thread.sleep(300); // the delete has looked for what is to be given up, and waits for the tenancy
    begin.countDown();
    dying.join();
    deleting.join();
    assertThat(deleted).isTrue();
    assertThat(store.catalog().tenants()).isEmpty();
    operations.tend();

    await().during(Duration.ofSeconds(1)).until(() -> store.catalog().tenants().isEmpty());
  }

  /** A broker that answers all but one question. */
  @Test
  void visit_brokerDoesNotSayWhichItIs_leavesNoReaderOpen() throws Exception {
    apply(first, HOUSE);
    born("e", "quarantine");
    Incarnation late = override("e").incarnation();
    append("left", "e");
    AtomicInteger fails = new AtomicInteger(3);
    before.set((name, _) -> {
      if (name.equals("id") && fails.getAndDecrement() > 0) {
        throw BrokerException.unreachable("default", "id", new IllegalStateException("no answer"));
      }
    });

    first.end(new Tenancy("e"), OperationKind.DELETE);
    await().until(() -> isOver(late));

    assertThat(closed.get()).isEqualTo(opened.get());
  }
}
