package dev.lanekeeper.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.controlplane.ControlPlane;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lanekeeper run}, with a process that is no service at all, against a real control plane. */
class LaunchIT {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final String SERVICES = """
      kind: Service
      name: C
      hosts: ["127.0.0.1:9003"]
      """;
  private static final String TENANT = SERVICES + """
      ---
      kind: Tenant
      tenancy: "123"
      overrides: { C: { workload: {} } }
      """;
  /** Listens on the port that is its argument until it is ended. */
  private static final String LISTENER = """
      public class Listener {
        public static void main(String[] arguments) throws Exception {
          var address = java.net.InetAddress.getLoopbackAddress();
          try (var socket = new java.net.ServerSocket(Integer.parseInt(arguments[0]), 50, address)) {
            while (true) {
              socket.accept().close();
            }
          }
        }
      }
      """;

  @TempDir private Path directory = Path.of("");
  private final List<String> notes = Collections.synchronizedList(new ArrayList<>());
  private ControlPlane controlPlane = unset();
  private ControlPlaneClient client = new ControlPlaneClient(java.net.URI.create("http://127.0.0.1:1"), null);

  @SuppressWarnings("NullAway") // Set before each test.
  private static ControlPlane unset() {
    return null;
  }

  @BeforeEach
  void start() throws Exception {
    controlPlane = ControlPlane.builder(directory.resolve("data")).port(0).start();
    client = new ControlPlaneClient(controlPlane.uri(), null);
  }

  @AfterEach
  void stop() {
    controlPlane.close();
  }

  private Launch launch(@Nullable Integer port) {
    var identity = new Identity("C", "123", controlPlane.uri(), "c.jar", UUID.randomUUID().toString());
    return new Launch(client, identity, port, notes::add);
  }

  private static List<String> java(String... arguments) {
    var command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of(arguments));
    return command;
  }

  private List<String> listener(int port) throws IOException {
    return java(Files.writeString(directory.resolve("Listener.java"), LISTENER).toString(), "" + port);
  }

  private static void await(BooleanSupplier holds) throws InterruptedException {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private List<String> addresses() {
    return client.tenants().stream().flatMap(tenant -> tenant.overrides().stream())
        .flatMap(override -> override.addresses().stream()).toList();
  }

  private CompletableFuture<Integer> inBackground(Launch launch, boolean temporary, List<String> command) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return launch.run(temporary, command, System.getenv());
      } catch (IOException | InterruptedException failed) {
        throw new IllegalStateException(failed);
      }
    });
  }

  @Test
  void run_portAccepts_isAnnouncedAndWithdrawnAtTheEnd() throws Exception {
    client.applyYaml(TENANT);
    int port = Ports.free();
    Launch launch = launch(port);

    var ended = inBackground(launch, false, listener(port));
    await(() -> addresses().equals(List.of("http://127.0.0.1:" + port)));
    launch.end();

    assertThat(ended.get(30, TimeUnit.SECONDS)).isNotZero();
    assertThat(addresses()).isEmpty();
    assertThat(Ports.accepts(port)).isFalse();
    assertThat(notes).contains("C for tenancy 123 serves at http://127.0.0.1:" + port);
  }

  @Test
  void run_childExits_passesItsExitCode() throws Exception {
    client.applyYaml(TENANT);

    int exitCode = launch(null).run(false, java("-XX:NoSuchFlag"), System.getenv());

    assertThat(exitCode).isEqualTo(1);
  }

  @Test
  void run_noOverride_startsNothing() {
    client.applyYaml(SERVICES);

    assertThatThrownBy(() -> launch(null).run(false, List.of("/no/such/program"), System.getenv()))
        .isInstanceOfSatisfying(ProblemException.class, refused -> {
          assertThat(refused.is(ProblemCode.OVERRIDE_UNKNOWN)).isTrue();
          assertThat(refused.next()).contains("workload");
        });
  }

  @Test
  void run_otherWorkloadAnnounced_isRefused() throws Exception {
    client.applyYaml(TENANT);
    var other = new Identity("C", "123", controlPlane.uri(), "other.jar", UUID.randomUUID().toString());
    try (var announced = Announced.begin(client, other, notes::add)) {
      assertThat(announced.incarnation()).isNotEmpty();

      assertThatThrownBy(() -> launch(null).run(false, List.of("/no/such/program"), System.getenv()))
          .isInstanceOfSatisfying(ProblemException.class,
              refused -> assertThat(refused.is(ProblemCode.WORKLOAD_CONFLICT)).isTrue());
    }
  }

  @Test
  void run_temporary_registersAndDeletes() throws Exception {
    client.applyYaml(SERVICES);
    int port = Ports.free();
    Launch launch = launch(port);

    var ended = inBackground(launch, true, listener(port));
    await(() -> !addresses().isEmpty());
    launch.end();
    ended.get(30, TimeUnit.SECONDS);

    assertThat(client.tenants()).isEmpty();
    assertThat(notes).contains("tenant 123 deleted");
  }

  @Test
  void run_temporaryAndControlPlaneAway_saysHowToDeleteItLater() throws Exception {
    client.applyYaml(SERVICES);
    Path begun = directory.resolve("begun");
    Path end = directory.resolve("end");
    var ended = inBackground(launch(null), true,
        List.of("sh", "-c", "touch '" + begun + "'; while [ ! -e '" + end + "' ]; do sleep 0.05; done; exit 7"));
    await(() -> Files.exists(begun));
    var root = controlPlane.uri();
    controlPlane.close();
    Files.createFile(end);

    assertThat(ended.get(60, TimeUnit.SECONDS)).isEqualTo(7);
    assertThat(notes).anySatisfy(note -> assertThat(note).contains("tenant 123 could not be deleted",
        "lanekeeper delete 123 --control-plane " + root, "1h"));
    start();
    assertThat(client.tenant("123").ttl()).isEqualTo("1h");
  }

  @Test
  void run_temporary_isRenewedWhileItRunsAndNotBroughtBack() throws Exception {
    client.applyYaml(SERVICES);
    var identity = new Identity("C", "123", controlPlane.uri(), "c.jar", UUID.randomUUID().toString());
    Launch launch = new Launch(client, identity, null, Duration.ofSeconds(6), notes::add);
    var ended = inBackground(launch, true, List.of("sleep", "60"));
    await(() -> client.tenants().size() == 1);
    long first = Objects.requireNonNull(client.tenant("123").expiresAtMillis());
    await(() -> Objects.requireNonNull(client.tenant("123").expiresAtMillis()) > first);

    client.deleteTenant("123");
    await(() -> notes.contains("tenant 123 was deleted by somebody else"));
    launch.end();
    ended.get(30, TimeUnit.SECONDS);

    assertThat(client.tenants()).isEmpty();
    assertThat(notes).contains("tenant 123 was gone already");
  }

  @Test
  void run_temporaryAndRegistered_isRefusedAndLeavesTheTenant() {
    client.applyYaml(TENANT);

    assertThatThrownBy(() -> launch(null).run(true, List.of("/no/such/program"), System.getenv()))
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("--tenancy: 123: is registered");
    assertThat(client.tenants()).hasSize(1);
  }

  @Test
  void run_temporaryAndNoSuchProgram_deletesTheTenant() {
    client.applyYaml(SERVICES);

    assertThatThrownBy(() -> launch(null).run(true, List.of("/no/such/program"), System.getenv()))
        .isInstanceOf(IOException.class).hasMessageContaining("/no/such/program");
    assertThat(client.tenants()).isEmpty();
  }

  @Test
  void run_portTaken_startsNothing() throws IOException {
    client.applyYaml(TENANT);
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> launch(taken.getLocalPort()).run(false, List.of("/no/such/program"), System.getenv()))
          .isInstanceOf(IllegalStateException.class).hasMessageContaining("--port: " + taken.getLocalPort());
    }
  }
}
