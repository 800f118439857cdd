package dev.lanekeeper.cli;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.Durations;
import dev.lanekeeper.api.HopInfo;
import dev.lanekeeper.api.PlainText;
import dev.lanekeeper.api.TraceInfo;
import dev.lanekeeper.api.TracePath;
import dev.lanekeeper.model.BaggageText;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.MalformedTagException;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.WireNames;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lanekeeper trace}: sends a request, and draws the path that it took. */
@Command(name = "trace", description = "Send a request, or follow one, and draw the path it took: each decision, with its reason.")
final class TraceCommand extends RemoteCommand {

  private static final Duration REQUEST = Duration.ofSeconds(60);
  private static final long LOOK_MILLIS = 150;
  private static final int HIGHEST_PORT = 65_535;

  @Parameters(arity = "0..1", paramLabel = "URL", description = "Where the request goes: the edge, or a service.") private @Nullable String url;

  @Option(names = "--tenancy", paramLabel = "TENANCY", description = "The tenancy or combination (a+b) of the request; none: untagged.") private @Nullable String tenancy;

  @Option(names = {"-X",
      "--request"}, paramLabel = "METHOD", description = "Its method (default: GET; POST with --data).") private @Nullable String method;

  @Option(names = {"-H",
      "--header"}, paramLabel = "NAME: VALUE", description = "A header of it; may be given several times.") private List<String> headers =
          new ArrayList<>();

  @Option(names = {"-d", "--data"}, paramLabel = "TEXT", description = "Its body.") private @Nullable String data;

  @Option(names = "--follow", paramLabel = "NAME", description = "Send nothing: draw what is heard of the request that bears this name.") private @Nullable String follow;

  @Option(names = "--print-header", description = "Send nothing: print the header by which a request of yours is traced, and follow it with --follow.") private boolean printHeader;

  @Option(names = "--settle", paramLabel = "DURATION", defaultValue = "2s", description = "It is over once nothing was heard for so long (default: ${DEFAULT-VALUE}).") private String settle =
      "2s";

  @Option(names = "--timeout", paramLabel = "DURATION", defaultValue = "60s", description = "How long to wait at most (default: ${DEFAULT-VALUE}).") private String timeout =
      "60s";

  TraceCommand(Session session) {
    super(session);
  }

  /**
   * What became of the request for its sender.
   *
   * @param status null where there was no answer
   * @param error why there was none; null where there was one
   */
  private record Answered(String line, @Nullable Integer status, @Nullable String error) {}

  /** How long is listened: until nothing was heard for so long, or for so long at most. */
  private record Patience(Duration quiet, Duration atMost) {}

  @Override
  int run(ControlPlaneClient client) throws InterruptedException {
    Patience patience = new Patience(duration("--settle", settle), duration("--timeout", timeout));
    if (printHeader) {
      requireNone(url, "URL");
      String name = newName();
      screen().line(WireNames.BAGGAGE + ": " + baggage(client, name));
      screen().note("Then: lanekeeper trace --follow " + name);
      return ExitCode.OK;
    }
    if (follow != null) {
      requireNone(url, "URL");
      return show(follow, null, heard(client, follow, patience));
    }
    if (url == null) {
      throw new UsageException("URL: none (expected: where the request goes, or --follow NAME)");
    }
    String name = newName();
    Answered answered = send(client, name, uri(url));
    return show(name, answered, heard(client, name, patience));
  }

  private static void requireNone(@Nullable String url, String what) {
    if (url != null) {
      throw new UsageException(what + ": " + url + " (expected: none, since no request is sent)");
    }
  }

  /** In the form of a trace id of W3C Trace Context, which it is, too, of the request that is sent. */
  private static String newName() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  private String baggage(ControlPlaneClient client, String name) {
    WireNames names = client.environment().names();
    try {
      Tag tag = tenancy == null ? Tag.NONE : Tag.of(tenancy);
      return BaggageText.members(names, new Carried(tag, Stamp.NONE, name));
    } catch (MalformedTagException malformed) {
      throw new UsageException("--tenancy: " + malformed.getMessage());
    }
  }

  private static URI uri(String text) {
    try {
      URI uri = URI.create(text.contains("://") ? text : "http://" + text);
      if (uri.getHost() != null && uri.getScheme().matches("(?i)https?") && uri.getPort() != 0
          && uri.getPort() <= HIGHEST_PORT) {
        return uri;
      }
    } catch (IllegalArgumentException malformed) {
      // Told below.
    }
    throw new UsageException("URL: " + text + " (expected: such as http://127.0.0.1:8080/orders)");
  }

  private HttpRequest request(ControlPlaneClient client, String name, URI to) {
    String verb = method != null ? method : data != null ? "POST" : "GET";
    HttpRequest.BodyPublisher body =
        data == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(data);
    try {
      HttpRequest.Builder request = HttpRequest.newBuilder(to).timeout(REQUEST).method(verb, body)
          .header("traceparent", "00-" + name + "-" + name.substring(0, 16) + "-01")
          .header(WireNames.BAGGAGE, baggage(client, name));
      for (String header : headers) {
        int colon = header.indexOf(':');
        if (colon < 1) {
          throw new UsageException("--header: " + header + " (expected: NAME: VALUE)");
        }
        request.header(header.substring(0, colon).strip(), header.substring(colon + 1).strip());
      }
      return request.build();
    } catch (IllegalArgumentException malformed) {
      throw new UsageException("request: " + malformed.getMessage());
    }
  }

  private Answered send(ControlPlaneClient client, String name, URI to) throws InterruptedException {
    HttpRequest request = request(client, name, to);
    String line = request.method() + " " + to;
    screen().progress(line + " ...");
    long began = System.nanoTime();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      return new Answered(line + " -> " + response.statusCode() + " after " + (System.nanoTime() - began) / 1_000_000
          + " ms, " + response.body().length + " bytes", response.statusCode(), null);
    } catch (IOException e) {
      String error = cause(e);
      return new Answered(line + " -> no answer: " + error, null, error);
    }
  }

  /** For people: the client leaves out why it could not connect. */
  private static String cause(IOException failure) {
    String message = failure.getMessage();
    if (message != null) {
      return message;
    }
    return failure instanceof ConnectException
        ? "nobody accepts connections there"
        : failure.getClass().getSimpleName();
  }

  /** What was heard once nothing more is. */
  private List<HopInfo> heard(ControlPlaneClient client, String name, Patience patience) throws InterruptedException {
    long quiet = patience.quiet.toNanos();
    long end = System.nanoTime() + patience.atMost.toNanos();
    List<HopInfo> hops = List.of();
    long changed = System.nanoTime();
    while (System.nanoTime() < end) {
      TraceInfo now = client.trace(name);
      if (now.hops().size() != hops.size()) {
        hops = now.hops();
        changed = System.nanoTime();
        screen().progress(hops.size() + " hops heard ...");
      } else if (System.nanoTime() - changed > quiet && (follow == null || !hops.isEmpty())) {
        break;
      }
      Thread.sleep(LOOK_MILLIS);
    }
    return hops;
  }

  private static Duration duration(String option, String text) {
    try {
      return Durations.parse(text);
    } catch (IllegalArgumentException malformed) {
      throw new UsageException(option + ": " + text + " (expected: " + Durations.EXPECTED + ")");
    }
  }

  private int show(String name, @Nullable Answered answered, List<HopInfo> hops) {
    output().show(screen(), () -> json(name, answered, hops), () -> print(name, answered, hops));
    boolean refused = hops.stream().anyMatch(hop -> hop.outcome().equals("refuse"));
    boolean unanswered = answered != null && answered.status() == null;
    return hops.isEmpty() || refused || unanswered ? ExitCode.FAILED : ExitCode.OK;
  }

  private static String json(String name, @Nullable Answered answered, List<HopInfo> hops) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("trace", name);
    if (answered != null && answered.status() != null) {
      all.put("status", answered.status());
    }
    if (answered != null && answered.error() != null) {
      all.put("error", answered.error());
    }
    all.put("visits", TracePath.of(hops).visits());
    all.put("hops", hops);
    return Json.of(all);
  }

  private void print(String name, @Nullable Answered answered, List<HopInfo> hops) {
    if (answered != null) {
      screen().line(screen().bold(PlainText.shown(answered.line())));
    }
    TracePath.of(hops).drawn().stream().map(PlainText::shown)
        .forEach(line -> screen().line(line.contains("REFUSED") ? screen().bad(line) : line));
    screen().line(screen().faint(PlainText.shown("trace " + name
        + (hops.isEmpty() ? "" : ", tag " + tag(hops.getFirst()) + ", stamp " + stamp(hops)))));
    if (hops.isEmpty()) {
      screen().note("Nothing was heard of it (expected: that it meets an agent or a gateway of this control plane,"
          + " which take such a request from who may bear a tenancy)");
    }
  }

  private static String tag(HopInfo hop) {
    return hop.tag().isEmpty() ? "none" : hop.tag();
  }

  private static String stamp(List<HopInfo> hops) {
    return hops.stream().map(HopInfo::stamp).filter(stamp -> !stamp.isEmpty()).findFirst().orElse("none");
  }
}
