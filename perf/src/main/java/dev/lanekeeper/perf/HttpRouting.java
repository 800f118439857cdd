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
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * What routing inside the HTTP client costs: calls per second of a process under the agent with Lanekeeper, against the same
 * calls to the same two destinations with the choice made beforehand and the plain agent ({@code in_client_ratio}); and
 * against those again, with every call through one nginx ({@code sidecar_ratio}).
 *
 * <p>10,000 tenants in the table; half of the calls, or another share, are tagged, of 1,000 tenants. For each client four
 * processes are compared by {@link Alternation}. The fourth is the first once more: how far two like processes lie apart is
 * what cannot be measured here. What is counted by CPU is that of the process that calls. Needs nginx, which is also both
 * destinations.
 */
public final class HttpRouting {

  private static final Alternation ALTERNATION = new Alternation(4, 20, 9, 15, 100);

  private final Path home = Path.of(System.getProperty("lanekeeper.home", "."));
  private final int baseline = freePort();
  private final int underTest = freePort();
  private final int sidecar = freePort();

  private final double share;

  private HttpRouting(double share) throws IOException {
    this.share = share;
  }

  /**
   * Measures java.net.http and OkHttp.
   *
   * @param args the share of tagged calls, from 0 to 1; half of them if it is left out
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length > 0 && !args[0].matches("0(\\.\\d+)?|1(\\.0+)?")) {
      System.err.println("perf: http-routing: " + args[0] + " (expected: the share of tagged calls, from 0 to 1)");
      System.exit(2);
    }
    new HttpRouting(args.length == 0 ? 0.5 : Double.parseDouble(args[0])).measure();
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
      report.row("http-routing, " + Tables.TENANTS + " tenants, " + share + " tagged", "calls/s",
          "ratio to chosen beforehand (quartiles)", "process by process", "by CPU");
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

  /**
   * One of the processes.
   *
   * @param routed by Lanekeeper
   * @param baseline where untagged calls go
   * @param tagged where tagged ones go
   * @param answer what these are answered
   */
  private record Side(boolean routed, String baseline, String tagged, String answer) {}

  private void measure(String client, RouteTable table, URI routes, Path directory, Report report,
      Map<String, Samples> ratios) throws IOException, InterruptedException {
    String base = "http://127.0.0.1:" + baseline + "/";
    String test = "http://127.0.0.1:" + underTest + "/";
    String hop = "http://127.0.0.1:" + sidecar + "/";
    String stamp = table.stamp().text();
    List<Side> sides = List.of(new Side(false, base, test, "under-test"), new Side(true, base, base, "under-test"),
        new Side(false, hop, hop, "baseline"), new Side(false, base, test, "under-test"));
    Alternation.Outcome done = ALTERNATION.run(client, sides.size(), index -> {
      Side side = sides.get(index);
      return load(client, side.routed, routes, directory, side.baseline, side.tagged, side.answer, stamp);
    });
    Samples inClient = done.ratio(1, 0);
    Samples again = done.ratio(3, 0);
    ratios.put(client, inClient);
    row(report, client + ", chosen beforehand, plain agent", done, 0);
    row(report, client + ", the same once more", done, 3);
    row(report, client + ", routed by Lanekeeper", done, 1);
    row(report, client + ", through one nginx (its CPU not counted)", done, 2);
    String name = client.replace('-', '_');
    report.figure(name + "_in_client_ratio", inClient.median());
    report.figure(name + "_in_client_ratio_lower_quartile", inClient.quantile(0.25));
    report.figure(name + "_in_client_ratio_cpu", done.cpuRatio(1, 0));
    report.figure(name + "_sidecar_ratio", done.ratio(2, 0).median());
    report.figure(name + "_control_ratio", again.median());
    report.figure(name + "_control_ratio_lower_quartile", again.quantile(0.25));
  }

  private static void row(Report report, String name, Alternation.Outcome done, int side) {
    Samples ratio = done.ratio(side, 0);
    report.row(name, done.rates(side).text("%.0f"),
        String.format(Locale.ROOT, "%.3f [%.3f to %.3f]", ratio.median(), ratio.quantile(0.25), ratio.quantile(0.75)),
        done.twins(side, 0).text("%.3f"), String.format(Locale.ROOT, "%.3f", done.cpuRatio(side, 0)));
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
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), HttpLoad.class.getName(), client,
        Double.toString(share)));
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
