package dev.lanekeeper.perf;

import dev.lanekeeper.model.Instances;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * What routing inside the HTTP client costs: calls per second of a process under the agent with Lanekeeper, against the same
 * calls to the same two destinations with the choice made beforehand and the plain agent ({@code in_client_ratio}); and
 * against those again, with every call through one nginx ({@code sidecar_ratio}).
 *
 * <p>10,000 tenants in the table, half of the calls tagged, of 1,000 tenants. For each client three processes live side by
 * side and run in turn, {@value ROUNDS} rounds. Needs nginx, which is also both destinations.
 */
public final class HttpRouting {

  private static final int ROUNDS = 61;
  private static final long WARM_UP_MILLIS = 8000;
  private static final long ROUND_MILLIS = 300;

  private final Path home = Path.of(System.getProperty("lanekeeper.home", "."));
  private final int baseline = freePort();
  private final int underTest = freePort();
  private final int sidecar = freePort();

  private HttpRouting() throws IOException {}

  /** Measures java.net.http and OkHttp. */
  public static void main(String[] args) throws IOException, InterruptedException {
    new HttpRouting().measure();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void measure() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("lanekeeper-http-routing");
    RouteTable table = table();
    Process nginx = nginx(directory);
    try (StaticRoutes routes = StaticRoutes.serve(table)) {
      Report report = new Report();
      report.row("http-routing, " + Tables.TENANTS + " tenants", "calls/s", "ratio to chosen beforehand");
      Map<String, Samples> ratios = new LinkedHashMap<>();
      for (String client : List.of("java-http", "okhttp")) {
        measure(client, table, routes.address(), directory, report, ratios);
      }
      Samples worst = Collections.min(ratios.values(), Comparator.comparingDouble(Samples::median));
      report.figure("in_client_ratio", worst.median());
      report.figure("in_client_ratio_lower_quartile", worst.quantile(0.25));
      report.print();
    } finally {
      nginx.destroy();
      nginx.waitFor(10, TimeUnit.SECONDS);
    }
  }

  private void measure(String client, RouteTable table, URI routes, Path directory, Report report,
      Map<String, Samples> ratios) throws IOException, InterruptedException {
    String base = "http://127.0.0.1:" + baseline + "/";
    String test = "http://127.0.0.1:" + underTest + "/";
    String hop = "http://127.0.0.1:" + sidecar + "/";
    String stamp = table.stamp().text();
    try (Load routed = load(client, true, routes, directory, base, base, "under-test", stamp);
        Load chosen = load(client, false, routes, directory, base, test, "under-test", stamp);
        Load through = load(client, false, routes, directory, hop, hop, "baseline", stamp)) {
      List<Load> loads = List.of(chosen, routed, through);
      for (Load load : loads) {
        load.run(WARM_UP_MILLIS);
      }
      double[][] rates = new double[loads.size()][ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < loads.size(); i++) {
          int turn = round % 2 == 0 ? i : loads.size() - 1 - i;
          rates[turn][round] = loads.get(turn).run(ROUND_MILLIS);
        }
      }
      Samples inClient = ratio(rates[1], rates[0]);
      Samples viaSidecar = ratio(rates[2], rates[0]);
      ratios.put(client, inClient);
      report.row(client + ", chosen beforehand, plain agent", new Samples(rates[0]).text("%.0f"), "1");
      report.row(client + ", routed by Lanekeeper", new Samples(rates[1]).text("%.0f"), inClient.text("%.3f"));
      report.row(client + ", through one nginx", new Samples(rates[2]).text("%.0f"), viaSidecar.text("%.3f"));
      String name = client.replace('-', '_');
      report.figure(name + "_in_client_ratio", inClient.median());
      report.figure(name + "_in_client_ratio_lower_quartile", inClient.quantile(0.25));
      report.figure(name + "_sidecar_ratio", viaSidecar.median());
    }
  }

  private static Samples ratio(double[] side, double[] other) {
    double[] ratio = new double[side.length];
    for (int i = 0; i < side.length; i++) {
      ratio[i] = side[i] / other[i];
    }
    return new Samples(ratio);
  }

  /** The usual table; the service is the baseline's address, and every workload under test is at the other. */
  private RouteTable table() {
    ServiceName name = ServiceName.of("B");
    RouteTable.Content content = Tables.table(Tables.TENANTS, name, new SplittableRandom(42)).content();
    List<Instances> instances = new ArrayList<>();
    for (int i = 0; i < Tables.TENANTS; i++) {
      instances.add(new Instances(Tables.incarnation(i), List.of(URI.create("http://127.0.0.1:" + underTest))));
    }
    Service service = new Service(name, List.of("127.0.0.1:" + baseline), false);
    return RouteTable.of(new RouteTable.Content(content.floor(), content.log(), content.tenants(), content.overrides(),
        List.of(service), instances, content.environments()));
  }

  private Load load(String client, boolean routed, URI routes, Path directory, String... arguments) throws IOException {
    Path agent = home.resolve("server/cli/target/agent/opentelemetry-javaagent.jar");
    Path extension = home.resolve("lib/agent/target/lanekeeper-agent-0.1.0.jar");
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx256m", "-javaagent:" + agent, "-Dotel.traces.exporter=none", "-Dotel.metrics.exporter=none",
        "-Dotel.logs.exporter=none"));
    if (routed) {
      command.addAll(List.of("-Dotel.javaagent.extensions=" + extension, "-Dlanekeeper.service=A",
          "-Dlanekeeper.control-plane=" + routes, "-Dlanekeeper.dir=" + directory));
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), HttpLoad.class.getName(), client));
    command.addAll(List.of(arguments));
    Path log = directory.resolve(client + (routed ? "-routed" : "") + "-" + System.nanoTime() + ".log");
    return Load.start(command, log);
  }

  private Process nginx(Path directory) throws IOException, InterruptedException {
    Path configuration = directory.resolve("nginx.conf");
    Files.writeString(configuration, """
        worker_processes 1;
        daemon off;
        pid %1$s/nginx.pid;
        error_log %1$s/error.log;
        events { worker_connections 256; }
        http {
          access_log off;
          keepalive_requests 100000000;
          client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy; fastcgi_temp_path %1$s/fastcgi;
          uwsgi_temp_path %1$s/uwsgi; scgi_temp_path %1$s/scgi;
          upstream baseline { server 127.0.0.1:%2$d; keepalive 16; keepalive_requests 100000000; }
          server { listen 127.0.0.1:%2$d; location / { return 200 "baseline"; } }
          server { listen 127.0.0.1:%3$d; location / { return 200 "under-test"; } }
          server { listen 127.0.0.1:%4$d;
            location / { proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://baseline; } }
        }
        """.formatted(directory, baseline, underTest, sidecar));
    try {
      Process nginx = new ProcessBuilder("nginx", "-p", directory.toString(), "-c", configuration.toString())
          .redirectErrorStream(true).redirectOutput(directory.resolve("nginx.log").toFile()).start();
      if (nginx.waitFor(300, TimeUnit.MILLISECONDS)) {
        throw new IOException("nginx: ended at once: " + Files.readString(directory.resolve("nginx.log")));
      }
      return nginx;
    } catch (IOException missing) {
      throw new IOException("nginx: cannot be started (expected: on the PATH; Debian: apt-get install nginx-light)",
          missing);
    }
  }
}
