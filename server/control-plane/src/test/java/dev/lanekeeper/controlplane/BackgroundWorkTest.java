package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.OperationInfo;
import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a control plane does all the time goes on, whatever it meets. */
@Timeout(60)
class BackgroundWorkTest {

  private static final String HOUSE = """
      kind: Cluster
      bootstrap: "127.0.0.1:9092"
      ---
      kind: Service
      name: C
      consumes: [{ topics: [orders], groups: [c] }]
      """;

  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;
  private final InMemoryGroups groups = new InMemoryGroups();
  private final MutableClock clock = new MutableClock();
  /** Happens before each call of the broker: its name, and what it is about. */
  private final AtomicReference<BiConsumer<String, @Nullable Object>> before = new AtomicReference<>((_, _) -> {});
  @SuppressWarnings("NullAway.Init") private ControlPlane controlPlane;
  @SuppressWarnings("NullAway.Init") private ControlPlaneClient client;

  @BeforeEach
  void start() throws Exception {
    GroupBroker broker = (GroupBroker) Proxy.newProxyInstance(getClass().getClassLoader(),
        new Class<?>[]{GroupBroker.class}, (_, method, arguments) -> called(method, arguments));
    controlPlane = ControlPlane.builder(directory).port(0).broker(broker).tick(Duration.ofMillis(20))
        .clock(clock).nanos(clock::nanos).horizon(Duration.ZERO).remembered(Duration.ZERO).start();
    client = new ControlPlaneClient(controlPlane.uri(), null);
  }

  private @Nullable Object called(Method method, Object @Nullable [] arguments) throws Throwable {
    before.get().accept(method.getName(), arguments == null || arguments.length == 0 ? null : arguments[0]);
    try {
      return method.invoke(groups, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  @AfterEach
  void stop() {
    controlPlane.close();
  }

  private static boolean isOn(String work) {
    return Thread.currentThread().getName().equals("lanekeeper-" + work);
  }

  @Test
  void resolver_meetsAnError_goesOn() {
    AtomicBoolean thrown = new AtomicBoolean();
    AtomicBoolean after = new AtomicBoolean();
    before.set((name, _) -> {
      if (name.equals("topicsBeginning") && isOn("resolver") && !thrown.getAndSet(true)) {
        throw new StackOverflowError("once");
      }
      if (thrown.get() && isOn("resolver")) {
        after.set(true);
      }
    });
    client.applyYaml(HOUSE);

    await().until(() -> {
      clock.advance(Duration.ofSeconds(5));
      return after.get();
    });
  }

  /** The group of an override that has ended. */
  private String bornAndBuried() {
    client.applyYaml("kind: Tenant\ntenancy: a\noverrides: { C: { workload: {} } }\n");
    String group = groups.ownGroups().iterator().next();
    String operation = client.deleteTenant("a").operation();
    await().until(() -> {
      clock.advance(Duration.ofSeconds(1));
      return client.operation(operation).state().equals(OperationInfo.DONE);
    });
    return group;
  }

  private static ProblemException missing() {
    return ProblemCode.SECRET_MISSING.exception("properties", "leads nowhere", "set it");
  }

  @Test
  void burial_causesThatDifferInTheirNumbers_standInTheLedgerOnce() {
    AtomicInteger tries = new AtomicInteger();
    before.set((name, about) -> {
      if (name.equals("delete") && about instanceof ClusterDocument) {
        throw BrokerException.unreachable("default", "delete groups",
            new TimeoutException("Call(deadlineMs=" + (1_764_505_023L + tries.incrementAndGet()) + ") timed out"));
      }
    });
    client.applyYaml(HOUSE + "---\nkind: Tenant\ntenancy: a\noverrides: { C: { workload: {} } }\n");

    String operation = client.deleteTenant("a").operation();

    await().until(() -> tries.get() > 4);
    assertThat(client.operation(operation).steps()).filteredOn(step -> step.step().equals("waiting")).hasSize(1);
  }

  @Test
  void floor_secretOfAClusterIsMissing_saysSo_andGoesOnOnceItIsThere() {
    before.set((_, about) -> {
      if (about instanceof ClusterDocument && isOn("floor")) {
        throw missing();
      }
    });
    client.applyYaml(HOUSE);
    bornAndBuried();
    await().until(() -> {
      clock.advance(Duration.ofSeconds(5));
      return client.status().heldBack().stream().anyMatch(line -> line.contains("leads nowhere"));
    });

    before.set((_, _) -> {});

    await().until(() -> {
      clock.advance(Duration.ofSeconds(5));
      return client.status().floor() > 0;
    });
  }

  @Test
  void sweeper_secretOfOneClusterIsMissing_groupsOnOthersAreSwept() {
    client.applyYaml(HOUSE + "---\nkind: Cluster\nname: a-first\nbootstrap: \"127.0.0.1:9093\"\n"
        + "---\nkind: Cluster\nname: z-last\nbootstrap: \"127.0.0.1:9094\"\n");
    String group = bornAndBuried();
    before.set((_, about) -> {
      if (about instanceof ClusterDocument cluster && !cluster.name().equals("default")) {
        throw missing();
      }
    });

    groups.place(group, "orders", 5);

    await().until(() -> {
      clock.advance(Duration.ofSeconds(5));
      return groups.ownGroups().isEmpty();
    });
  }
}
