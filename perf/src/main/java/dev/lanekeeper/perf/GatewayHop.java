package dev.lanekeeper.perf;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.controlplane.ControlPlane;
import dev.lanekeeper.model.Instances;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one hop through the gateway costs, beside HAProxy and nginx: each with one thread, before the same two servers, half of the requests
 * tagged, of all tenants in turn. Load by wrk, side by side in rounds that alternate; the first of them warm up and do not count.
 *
 * <p>And how long it takes until a new tenant is routed: from the control plane's acknowledgement to the first request that reaches its
 * workload.
 */
@SuppressWarnings("StringConcatToTextBlock") // documents of one line, and lines with CR LF
public final class GatewayHop {

  private static final int WARM_UPS = 4;
  private static final int ROUNDS = 7;
  private static final int SECONDS = 4;
  private static final int CONNECTIONS = 32;
  private static final int BIRTHS = 100;
  private static final int TICKS_PER_SECOND = 100;
  private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
  private static final Pattern MEDIAN = Pattern.compile("50%\\s+([0-9.]+)(us|ms|s)");
  private static final Pattern WRONG = Pattern.compile("Non-2xx or 3xx responses: (\\d+)|Socket errors: (.+)");

  private final int tenants;
  private final Processes processes = new Processes("gateway");
  private final Path directory = processes.directory();
  private final int baseline = Processes.freePort();
  private final int underTest = Processes.freePort();

  private GatewayHop(int tenants) throws IOException {
    this.tenants = tenants;
  }

  /**
   * Measures.
   *
   * @param args tenants in the table; 1,000 if it is left out
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length > 0 && !args[0].matches("[1-9][0-9]{0,5}")) {
      System.err.println("perf: gateway: " + args[0] + " (expected: how many tenants are in the table)");
      System.exit(2);
    }
    new GatewayHop(args.length == 0 ? 1_000 : Integer.parseInt(args[0])).measure();
  }

  /**
   * Something that passes requests on.
   *
   * @param port where it listens
   * @param process null: the server itself, without a hop
   */
  private record Side(String name, int port, Process process) {

    /** CPU so far, in seconds: of all its threads, and of nobody else. */
    double cpuSeconds() throws IOException {
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / (double) TICKS_PER_SECOND;
    }

    double residentMegabytes() throws IOException {
      String status = Files.readString(Path.of("/proc/" + process.pid() + "/status"));
      Matcher resident = Pattern.compile("VmRSS:\\s+(\\d+) kB").matcher(status);
      return resident.find() ? Long.parseLong(resident.group(1)) / 1024.0 : 0;
    }
  }

  /** What a round gave: requests per second, the median of their times in ms, CPU per request in us. */
  private record Round(double rate, double medianMillis, double cpuMicros) {}

  private void measure() throws IOException, InterruptedException {
    try (processes; StaticRoutes routes = StaticRoutes.serve(table())) {
      Process servers = processes.start("nginx", "nginx-light", "-p", directory.toString(), "-c", servers().toString());
      List<Side> sides = List.of(gateway(routes.address()), haproxy(), nginx(), new Side("no hop", baseline, servers));
      Path script = script();
      sides.forEach(side -> processes.await(side.name, side.port));
      Map<Side, List<Round>> done = new LinkedHashMap<>();
      for (int round = -WARM_UPS; round < ROUNDS; round++) {
        System.err.println(
            "perf: gateway: " + (round < 0 ? "warming up" : "measuring, round " + (round + 1) + " of " + ROUNDS));
        for (int i = 0; i < sides.size(); i++) {
          Side side = sides.get(Math.floorMod(i + round, sides.size()));
          Round one = round(side, script);
          if (round >= 0) {
            done.computeIfAbsent(side, _ -> new ArrayList<>()).add(one);
          }
        }
      }
      report(sides, done);
    }
  }

  private void report(List<Side> sides, Map<Side, List<Round>> done) throws IOException, InterruptedException {
    Report report = new Report();
    report.row("gateway, " + tenants + " tenants, half tagged, one thread each", "requests/s", "us of CPU", "p50 ms");
    for (Side side : sides) {
      List<Round> rounds = done.getOrDefault(side, List.of());
      report.row(side.name, samples(rounds, Round::rate).text("%.0f"), samples(rounds, Round::cpuMicros).text("%.1f"),
          samples(rounds, Round::medianMillis).text("%.2f"));
    }
    List<Round> own = done.getOrDefault(sides.get(0), List.of());
    List<Round> haproxy = done.getOrDefault(sides.get(1), List.of());
    List<Round> nginx = done.getOrDefault(sides.get(2), List.of());
    double bare = samples(done.getOrDefault(sides.get(3), List.of()), Round::medianMillis).median();
    report.figure("rps_to_haproxy", ratio(own, haproxy, Round::rate).median());
    report.figure("rps_to_nginx", ratio(own, nginx, Round::rate).median());
    report.figure("cpu_to_haproxy", ratio(own, haproxy, Round::cpuMicros).median());
    report.figure("added_p50_to_haproxy", (samples(own, Round::medianMillis).median() - bare)
        / (samples(haproxy, Round::medianMillis).median() - bare));
    report.figure("rss_mb", sides.get(0).residentMegabytes());
    report.row("rps_to_haproxy, round by round", ratio(own, haproxy, Round::rate).text("%.3f"));
    effective(report);
    report.print();
  }

  private static Samples samples(List<Round> rounds, ToDoubleFunction<Round> of) {
    return new Samples(rounds.stream().mapToDouble(of).toArray());
  }

  private static Samples ratio(List<Round> own, List<Round> other, ToDoubleFunction<Round> of) {
    double[] ratios = new double[own.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = of.applyAsDouble(own.get(i)) / of.applyAsDouble(other.get(i));
    }
    return new Samples(ratios);
  }

  private Round round(Side side, Path script) throws IOException, InterruptedException {
    double before = side.cpuSeconds();
    Process wrk =
        processes.start("wrk", "wrk", "-t1", "-c" + CONNECTIONS, "-d" + SECONDS + "s", "--latency", "-s",
            script.toString(),
            "http://127.0.0.1:" + side.port + "/");
    String said = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    wrk.waitFor();
    Matcher wrong = WRONG.matcher(said);
    if (wrong.find()) {
      throw new IOException(side.name + ": " + wrong.group() + " (expected: nothing but answers)");
    }
    double rate = number(RATE, said);
    return new Round(rate, millis(said), (side.cpuSeconds() - before) * 1e6 / (rate * SECONDS));
  }

  private static double number(Pattern pattern, String said) throws IOException {
    Matcher found = pattern.matcher(said);
    if (!found.find()) {
      throw new IOException("wrk said: " + said);
    }
    return Double.parseDouble(found.group(1));
  }

  private static double millis(String said) throws IOException {
    double number = number(MEDIAN, said);
    Matcher unit = MEDIAN.matcher(said);
    return !unit.find() || unit.group(2).equals("ms")
        ? number
        : unit.group(2).equals("us") ? number / 1000 : number * 1000;
  }

  private Side gateway(URI routes) throws IOException {
    int port = Processes.freePort();
    return new Side("gateway", port, processes.gateway(routes, port, baseline));
  }

  private Side haproxy() throws IOException {
    int port = Processes.freePort();
    Path map = Files.writeString(directory.resolve("haproxy.map"), lines("%s test\n"));
    Path configuration = Files.writeString(directory.resolve("haproxy.cfg"), """
        global
          nbthread 1
        defaults
          mode http
          timeout connect 2s
          timeout client 60s
          timeout server 60s
          http-reuse always
        frontend edge
          bind 127.0.0.1:%d
          option forwardfor
          http-request set-header X-Forwarded-Proto http
          use_backend test if { req.hdr(X-Tenancy-ID),map(%s) -m found }
          default_backend baseline
        backend baseline
          server b 127.0.0.1:%d
        backend test
          server t 127.0.0.1:%d
        """.formatted(port, map, baseline, underTest));
    return new Side("HAProxy", port, processes.start("haproxy", "haproxy", "-db", "-f", configuration.toString()));
  }

  private Side nginx() throws IOException {
    int port = Processes.freePort();
    Path configuration = Files.writeString(directory.resolve("proxy.conf"),
        nginx("proxy",
            """
                map_hash_max_size 65536; map_hash_bucket_size 128;
                upstream baseline { server 127.0.0.1:%2$d; keepalive 64; keepalive_requests 100000000; }
                upstream test { server 127.0.0.1:%3$d; keepalive 64; keepalive_requests 100000000; }
                map $http_x_tenancy_id $to { default baseline; %4$s }
                server { listen 127.0.0.1:%1$d;
                  location / { proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;
                    proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto http; proxy_pass http://$to; } }
                """
                .formatted(port, baseline, underTest, lines("\"%s\" test;\n"))));
    return new Side("nginx", port,
        processes.start("nginx", "nginx-light", "-p", directory.toString(), "-c", configuration.toString()));
  }

  private Path servers() throws IOException {
    return Files.writeString(directory.resolve("servers.conf"), nginx("servers", """
        server { listen 127.0.0.1:%d; location / { return 200 "baseline"; } }
        server { listen 127.0.0.1:%d; location / { return 200 "under-test"; } }
        """.formatted(baseline, underTest)));
  }

  /** One process alone: its CPU is that of all its work. */
  private String nginx(String name, String content) {
    return """
        master_process off;
        daemon off;
        pid %1$s/%2$s.pid;
        error_log %1$s/%2$s.log;
        events { worker_connections 1024; }
        http {
          access_log off;
          keepalive_requests 100000000;
          client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy; fastcgi_temp_path %1$s/fastcgi;
          uwsgi_temp_path %1$s/uwsgi; scgi_temp_path %1$s/scgi;
          %3$s
        }
        """.formatted(directory, name, content);
  }

  private String lines(String format) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < tenants; i++) {
      lines.append(String.format(Locale.ROOT, format, Tables.tenancy(i)));
    }
    return lines.toString();
  }

  /** Every other request is tagged; the texts are made beforehand, so that wrk is not what is measured. */
  private Path script() throws IOException {
    StringBuilder names = new StringBuilder();
    SplittableRandom random = new SplittableRandom(42);
    for (int i = 0; i < 1_000; i++) {
      names.append('"').append(Tables.tenancy(random.nextInt(tenants))).append("\",");
    }
    return Files.writeString(directory.resolve("load.lua"), """
        local names = { %s }
        local requests = {}
        local at = 0
        init = function(args)
          for i, name in ipairs(names) do
            requests[2 * i - 1] = wrk.format("GET", "/", { ["X-Tenancy-ID"] = name })
            requests[2 * i] = wrk.format("GET", "/")
          end
        end
        request = function()
          at = at %% #requests + 1
          return requests[at]
        end
        """.formatted(names));
  }

  private RouteTable table() {
    ServiceName name = ServiceName.of("B");
    RouteTable.Content content = Tables.table(tenants, name, new SplittableRandom(42)).content();
    List<Instances> instances = new ArrayList<>();
    for (int i = 0; i < tenants; i++) {
      instances.add(new Instances(Tables.incarnation(i), List.of(URI.create("http://127.0.0.1:" + underTest))));
    }
    return RouteTable.of(new RouteTable.Content(content.floor(), content.log(), content.tenants(), content.overrides(),
        List.of(new Service(name, List.of("b"), false)), instances, content.environments()));
  }

  /** From an acknowledged tenant to the first request that reaches its workload, by a control plane of its own. */
  private void effective(Report report) throws IOException, InterruptedException {
    double[] millis = new double[BIRTHS];
    try (ControlPlane controlPlane = startControlPlane()) {
      ControlPlaneClient rest = new ControlPlaneClient(controlPlane.uri(), null);
      rest.applyYaml("kind: Environment\nprofile: staging\nredirects: { allow: [\"127.0.0.1\"] }\n---\n"
          + "kind: Service\nname: B\nhosts: [b]\n");
      Side gateway = gateway(controlPlane.uri());
      processes.await(gateway.name, gateway.port);
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port)) {
        socket.setTcpNoDelay(true);
        for (int i = 0; i < BIRTHS; i++) {
          String tenancy = "birth-" + i;
          rest.applyYaml(
              "kind: Tenant\ntenancy: " + tenancy + "\noverrides: { B: { redirect: \"http://127.0.0.1:" + underTest
                  + "\" } }\n");
          long acknowledged = System.nanoTime();
          while (!answer(socket, tenancy).endsWith("under-test")) {
            Thread.onSpinWait();
          }
          millis[i] = (System.nanoTime() - acknowledged) / 1e6;
        }
      }
    }
    Samples samples = new Samples(millis);
    report.row("a new tenant, from acknowledged to routed, ms", samples.text("%.2f"));
    report.figure("effective_p50_ms", samples.median());
    report.figure("effective_p99_ms", samples.quantile(0.99));
  }

  private ControlPlane startControlPlane() throws IOException {
    try {
      return ControlPlane.builder(directory.resolve("data")).port(0).start();
    } catch (Exception failed) {
      throw new IOException("the control plane cannot be started: " + failed.getMessage(), failed);
    }
  }

  private static String answer(Socket socket, String tenancy) throws IOException {
    socket.getOutputStream().write(("GET / HTTP/1.1\r\nHost: b\r\nX-Tenancy-ID: " + tenancy + "\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII));
    StringBuilder answer = new StringBuilder();
    byte[] buffer = new byte[1024];
    while (answer.indexOf("baseline") < 0 && answer.indexOf("under-test") < 0) {
      int read = socket.getInputStream().read(buffer);
      if (read < 0) {
        throw new IOException("the gateway closed the connection: " + answer);
      }
      answer.append(new String(buffer, 0, read, StandardCharsets.US_ASCII));
    }
    return answer.toString();
  }
}
