package dev.lanekeeper.agent;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** An application in a JVM of its own, with the real agent and the extension jar that was built. */
final class AgentProcess {

  private static final List<String> FEW_MODULES = List.of("-Dotel.instrumentation.common.default-enabled=false",
      "-Dotel.instrumentation.java-http-client.enabled=true", "-Dotel.instrumentation.java-http-server.enabled=true",
      "-Dotel.instrumentation.okhttp.enabled=true", "-Dotel.instrumentation.executors.enabled=true",
      "-Dotel.instrumentation.http-url-connection.enabled=true");

  private static final String END = "(end)";

  private final Process process;
  private final Queue<String> errors = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Integer> port = new CompletableFuture<>();

  /**
   * Starts it.
   *
   * @param jdk that runs it
   * @param client {@code jdk} or {@code okhttp}
   * @param settings system properties
   */
  AgentProcess(Path jdk, String client, Map<String, String> settings) throws IOException {
    List<String> command = new ArrayList<>(List.of(jdk.resolve("bin/java").toString(),
        "-javaagent:" + Path.of("target/agent/opentelemetry-javaagent.jar").toAbsolutePath(),
        "-Dotel.javaagent.extensions=" + Path.of(System.getProperty("lanekeeper.extension", "")).toAbsolutePath(),
        "-XX:TieredStopAtLevel=1", "-Xmx256m",
        "-Dotel.traces.exporter=none", "-Dotel.metrics.exporter=none", "-Dotel.logs.exporter=none"));
    command.addAll(FEW_MODULES);
    settings.forEach((name, value) -> command.add("-D" + name + "=" + value));
    command
        .addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.lanekeeper.agent.app.CallingApp", client));
    process = new ProcessBuilder(command).start();
    drain(process.getErrorStream(), errors::add);
    drain(process.getInputStream(), this::output);
  }

  private void output(String line) {
    if (line.startsWith("PORT ")) {
      port.complete(Integer.parseInt(line.substring("PORT ".length())));
    } else if (line.equals(END)) {
      port.completeExceptionally(new IllegalStateException("it ended: " + errors()));
    }
  }

  private static void drain(InputStream in, Consumer<String> line) {
    Thread thread = new Thread(() -> {
      try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
        reader.lines().forEach(line);
      } catch (IOException | UncheckedIOException ended) {
        line.accept(ended.toString());
      }
      line.accept(END);
    });
    thread.setDaemon(true);
    thread.start();
  }

  /** What it said on standard error. */
  String errors() {
    return String.join("\n", errors);
  }

  /** Has the application call a URL, as part of a request with these headers. */
  String call(String url, boolean asynchronous, Map<String, String> headers) throws Exception {
    return get(
        "/call?mode=" + (asynchronous ? "async" : "sync") + "&url=" + URLEncoder.encode(url, StandardCharsets.UTF_8),
        headers);
  }

  /** The same through a client that is not routed. */
  String callUnrouted(String url, Map<String, String> headers) throws Exception {
    return get("/call?mode=unrouted&url=" + URLEncoder.encode(url, StandardCharsets.UTF_8), headers);
  }

  /** The same through OkHttp in a class loader that does not ask its parent. */
  String callStrictly(String url, Map<String, String> headers) throws Exception {
    return get("/call?mode=strict&url=" + URLEncoder.encode(url, StandardCharsets.UTF_8), headers);
  }

  /** Has the application call a URL with a header of its own, as part of no tagged request. */
  String callWith(String name, String value, String url) throws Exception {
    return get("/call?mode=sync&header=" + name + "&value=" + value + "&url="
        + URLEncoder.encode(url, StandardCharsets.UTF_8), Map.of());
  }

  /** Sends the application a request. */
  String get(String path, Map<String, String> headers) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + port.get(60, TimeUnit.SECONDS) + path);
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setReadTimeout(30_000);
    headers.forEach(connection::setRequestProperty);
    try (InputStream in = connection.getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Ends it. Not {@code close}: the test framework would call that after the first test that is given it. */
  void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(5, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }

  /** The JDKs to run on: that of the tests, and that of the build where it is another. */
  static List<Path> jdks() {
    Path own = Path.of(System.getProperty("java.home"));
    String build = System.getProperty("lanekeeper.build.jdk");
    return build == null || Path.of(build).equals(own) ? List.of(own) : List.of(Path.of(build), own);
  }
}
