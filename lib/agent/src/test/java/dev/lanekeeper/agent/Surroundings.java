package dev.lanekeeper.agent;

import dev.lanekeeper.model.RouteTable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A baseline, a workload under test, a host outside, and the applications and control planes that a test starts. */
final class Surroundings {

  private static final Path JDK = AgentProcess.jdks().get(0);

  private final List<AgentProcess> processes = new ArrayList<>();
  private final List<AutoCloseable> servers = new ArrayList<>();
  private final EchoServer baseline = server("BASE");
  private final RouteTable table = CallScenario.table(baseline, server("TEST"), server("OUTSIDE"));

  Surroundings() throws IOException {}

  private EchoServer server(String name) throws IOException {
    EchoServer server = new EchoServer(name);
    servers.add(server);
    return server;
  }

  RouteTable table() {
    return table;
  }

  /** A control plane with the table, which answers that much later. */
  StubControlPlane controlPlane(Duration delay) throws Exception {
    StubControlPlane controlPlane = new StubControlPlane(table, delay);
    servers.add(controlPlane);
    return controlPlane;
  }

  /** Starts an application that keeps its table in a directory. */
  AgentProcess app(String client, Path routes, Map<String, String> settings) throws IOException {
    Map<String, String> all = new HashMap<>(settings);
    all.put("lanekeeper.dir", routes.toString());
    AgentProcess app = new AgentProcess(JDK, client, all);
    processes.add(app);
    return app;
  }

  /** A URL of the baseline. */
  String shop() {
    return "http://localhost:" + baseline.port() + "/x";
  }

  /** Ends all of it. */
  void stop() throws Exception {
    for (AgentProcess process : processes) {
      process.stop();
    }
    for (AutoCloseable server : servers) {
      server.close();
    }
  }
}
