package dev.lanekeeper.perf;

import dev.lanekeeper.model.Environment;
import dev.lanekeeper.model.Policy;
import dev.lanekeeper.model.RevisionLog;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.WireNames;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What production has of a server that tests ask for ten times as much as it can do: both come through one gateway. Rounds in which
 * production is alone alternate with rounds beside the tests.
 *
 * <p>Production is a third of what the server can do, sent by the clock whatever becomes of it: a request that waits to be sent is late,
 * and counts so. The tests are wrk's: 800 connections of fifty tenants, each of which pauses for 60 ms behind an answer.
 */
@SuppressWarnings("StringConcatToTextBlock") // lines with CR LF
public final class Overload {

  private static final int WARM_UPS = 2;
  private static final int ROUNDS = 7;
  private static final int SECONDS = 6;
  private static final int WORKERS = 16;
  private static final Duration WORK = Duration.ofMillis(20);
  private static final int TENANTS = 50;
  private static final int CONNECTIONS = 800;
  private static final int PAUSE_MILLIS = 60;
  private static final int OK = 200;
  private static final double[] BOUNDS = {19, 20, 21, 22, 23, 24, 25, 26, 28, 30, 35, 40, 50, 75, 100, 1_000};
  private static final int WIDTH = 50;
  private static final Pattern TESTS = Pattern.compile("STATUS (\\d+) (\\d+)");

  private final Processes processes = new Processes("overload");
  private final SplittableRandom random = new SplittableRandom(42);
  private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /**
   * What a round gave.
   *
   * @param millis what production's requests took, ascending; of those that failed: infinite
   * @param served tests that were answered
   * @param refused tests that were refused
   * @param busy how much of the time the server's workers were at work
   */
  @SuppressWarnings("ArrayRecordComponent") // goes from hand to hand
  private record Round(double[] millis, long served, long refused, long other, double busy) {

    double p(double share) {
      return millis[(int) Math.min(millis.length - 1, Math.ceil(share * millis.length) - 1)];
    }

    double success() {
      return Arrays.stream(millis).filter(Double::isFinite).count() / (double) millis.length;
    }
  }

  private Overload() throws IOException {}

  /** Measures. {@code args}: none, or {@code --no-shares}, to see what it is without. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length > 1 || (args.length == 1 && !args[0].equals("--no-shares"))) {
      System.err.println("perf: overload: " + String.join(" ", args) + " (expected: nothing, or --no-shares)");
      System.exit(2);
    }
    new Overload().measure(args.length == 0);
  }

  private void measure(boolean fair) throws IOException, InterruptedException {
    ServiceName b = ServiceName.of("B");
    RouteTable table =
        RouteTable.of(new RouteTable.Content(0, RevisionLog.EMPTY.append(1, 7, 1_000), List.of(), List.of(),
            List.of(new Service(b, List.of(), false)), List.of(),
            List.of(new Environment(1, "staging", Policy.STAGING, List.of(), WireNames.STANDARD))));
    try (processes;
        BusyServer server = new BusyServer(WORKERS, WORK);
        StaticRoutes routes = StaticRoutes.serve(table)) {
      int port = Processes.freePort();
      processes.gateway(routes.address(), port, server.port(), fair ? new String[0] : new String[]{"--no-shares"});
      processes.await("gateway", port);
      Path script = script();
      List<Round> alone = new ArrayList<>();
      List<Round> beside = new ArrayList<>();
      for (int round = -WARM_UPS; round < ROUNDS; round++) {
        System.err.println("perf: overload: "
            + (round < 0 ? "warming up" : "measuring, round " + (round + 1) + " of " + ROUNDS));
        Round first = round(server, port, null);
        Round second = round(server, port, script);
        if (round >= 0) {
          alone.add(first);
          beside.add(second);
        }
      }
      report(alone, beside);
    }
  }

  private void report(List<Round> alone, List<Round> beside) {
    Report report = new Report();
    report.row("production, " + ROUNDS + " rounds of " + SECONDS + " s each", "alone", "beside tests");
    for (double share : new double[]{0.5, 0.9, 0.99, 0.999}) {
      report.row("p" + String.format(Locale.ROOT, "%s", share * 100).replaceAll("\\.0$", "") + ", ms",
          samples(alone, share).text("%.1f"), samples(beside, share).text("%.1f"));
    }
    report.row("answered", share(alone), share(beside));
    report.row("the server is busy", busy(alone), busy(beside));
    report.row("tests answered each second", "", rate(beside.stream().mapToLong(Round::served).sum()));
    report.row("tests refused each second (429)", "", rate(beside.stream().mapToLong(Round::refused).sum()));
    report.row("tests that met something else", "", Long.toString(beside.stream().mapToLong(Round::other).sum()));
    picture(report, alone, beside);
    double[] ratios = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      ratios[i] = beside.get(i).p(0.99) / alone.get(i).p(0.99);
    }
    report.row("p99 beside to alone, round by round", "", new Samples(ratios).text("%.3f"));
    report.figure("production_success", beside.stream().mapToDouble(Round::success).min().orElse(0));
    report.figure("production_p99_ratio", new Samples(ratios).median());
    report.figure("server_busy", beside.stream().mapToDouble(Round::busy).average().orElse(0));
    report.figure("tests_per_second", beside.stream().mapToLong(Round::served).sum() / (double) (ROUNDS * SECONDS));
    report.print();
  }

  private static Samples samples(List<Round> rounds, double share) {
    return new Samples(rounds.stream().mapToDouble(round -> round.p(share)).toArray());
  }

  private static String share(List<Round> rounds) {
    return String.format(Locale.ROOT, "%.3f %%",
        100 * rounds.stream().mapToDouble(Round::success).average().orElse(0));
  }

  private static String busy(List<Round> rounds) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * rounds.stream().mapToDouble(Round::busy).average().orElse(0));
  }

  private static String rate(long count) {
    return String.format(Locale.ROOT, "%.0f", count / (double) (ROUNDS * SECONDS));
  }

  /** How production's requests are spread, all rounds together: a bar for each span of time. */
  private static void picture(Report report, List<Round> alone, List<Round> beside) {
    double[][] shares = {shares(alone), shares(beside)};
    double largest = Arrays.stream(shares).flatMapToDouble(Arrays::stream).max().orElse(1);
    double from = 0;
    for (int i = 0; i < BOUNDS.length; i++) {
      double[] both = {shares[0][i], shares[1][i]};
      if (both[0] + both[1] > 0) {
        report.row(String.format(Locale.ROOT, "%4.0f to %4.0f ms", from, BOUNDS[i]), bar(both[0], largest),
            bar(both[1], largest));
      }
      from = BOUNDS[i];
    }
  }

  private static String bar(double share, double largest) {
    int length = (int) Math.ceil(WIDTH * share / largest);
    return String.format(Locale.ROOT, "%6.2f %% ", 100 * share) + "#".repeat(length);
  }

  private static double[] shares(List<Round> rounds) {
    double[] shares = new double[BOUNDS.length];
    long all = rounds.stream().mapToLong(round -> round.millis.length).sum();
    for (Round round : rounds) {
      for (double millis : round.millis) {
        int i = 0;
        while (i < BOUNDS.length - 1 && millis >= BOUNDS[i]) {
          i++;
        }
        shares[i] += 1.0 / all;
      }
    }
    return shares;
  }

  /** {@code script}: of the tests; null: production is alone. */
  private Round round(BusyServer server, int port, @Nullable Path script) throws IOException, InterruptedException {
    long servedBefore = server.served();
    long began = System.nanoTime();
    Process wrk = script == null
        ? null
        : processes.start("wrk", "wrk", "-t1", "-c" + CONNECTIONS, "-d" + SECONDS + "s", "-s", script.toString(),
            "http://127.0.0.1:" + port + "/");
    double[] millis = production(port);
    double seconds = (System.nanoTime() - began) / 1e9;
    double busy = (server.served() - servedBefore) * WORK.toNanos() / 1e9 / seconds / WORKERS;
    long served = 0;
    long refused = 0;
    long other = 0;
    if (wrk != null) {
      String said = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      wrk.waitFor();
      Matcher each = TESTS.matcher(said);
      while (each.find()) {
        long count = Long.parseLong(each.group(2));
        switch (each.group(1)) {
          case "200" -> served += count;
          case "429" -> refused += count;
          default -> other += count;
        }
      }
      if (served == 0) {
        throw new IOException("wrk said: " + said + " (expected: some tests that are answered)");
      }
    }
    Thread.sleep(1_000);
    return new Round(millis, served, refused, other, busy);
  }

  /** What production's requests took, by the clock that says when each was due. */
  private double[] production(int port) {
    double meanNanos = 3 * WORK.toNanos() / (double) WORKERS;
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/")).timeout(Duration.ofSeconds(30)).build();
    List<CompletableFuture<Double>> sent = new ArrayList<>();
    long begin = System.nanoTime();
    long due = begin;
    while (due - begin < SECONDS * 1_000_000_000L) {
      while (System.nanoTime() - due < 0) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      long from = due;
      sent.add(client.sendAsync(request, HttpResponse.BodyHandlers.discarding())
          .handle((response, failure) -> failure == null
              && response.statusCode() == OK ? (System.nanoTime() - from) / 1e6 : Double.POSITIVE_INFINITY));
      due += (long) (-Math.log(1 - random.nextDouble()) * meanNanos);
    }
    return sent.stream().mapToDouble(CompletableFuture::join).sorted().toArray();
  }

  private Path script() throws IOException {
    return Files.writeString(processes.directory().resolve("tests.lua"), """
        local requests, next, counts = {}, 0, {}
        for i = 1, %1$d do
          requests[i] = "GET / HTTP/1.1\\r\\nHost: b\\r\\nX-Tenancy-ID: load/testing/" .. i .. "\\r\\n\\r\\n"
        end
        request = function() next = next %% %1$d + 1; return requests[next] end
        delay = function() return %2$d end
        local thread
        setup = function(one) thread = one end
        init = function() answered = {} end
        response = function(status) answered[status] = (answered[status] or 0) + 1; text = ""
          for code, count in pairs(answered) do text = text .. "STATUS " .. code .. " " .. count .. "\\n" end
        end
        done = function() io.write(thread:get("text") or "") end
        """.formatted(TENANTS, PAUSE_MILLIS));
  }
}
