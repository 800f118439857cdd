package dev.lanekeeper.cli;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.QuarantinePage;
import dev.lanekeeper.api.QuarantinedInfo;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code lanekeeper quarantine list}: what was put aside, the newest first. */
@Command(name = "list", description = "List what was put aside, the newest first, or count it by reason.")
final class QuarantineList extends RemoteCommand {

  /** What the control plane gives at once. */
  private static final int PAGE = 200;

  @Option(names = "--service", paramLabel = "NAME", description = "What this service put aside only.") private @Nullable String service;

  @Option(names = "--tenancy", paramLabel = "TENANCY", description = "What is tagged with this tenancy only, alone or in a combination.") private @Nullable String tenancy;

  @Option(names = "--reason", paramLabel = "REASON", description = "Only: residue, perhaps-processed, ended, unregistered or in-doubt.") private @Nullable String reason;

  @Option(names = "--state", paramLabel = "STATE", description = "Only: held, in-doubt, settled, releasing, released or discarded.") private @Nullable String state;

  @Option(names = "--limit", paramLabel = "N", defaultValue = "50", description = "How many to list at most (default: ${DEFAULT-VALUE}).") private int limit =
      50;

  @Option(names = "--after", paramLabel = "NEXT", description = "Go on where a listing before ended: its next.") private @Nullable String after;

  @Option(names = "--count", description = "Count all of them by reason, and list none.") private boolean count;

  QuarantineList(Session session) {
    super(session);
  }

  @Override
  int run(ControlPlaneClient client) {
    if (limit < 1) {
      throw new UsageException("--limit: " + limit + " (expected: 1 or more)");
    }
    QuarantinePage page = all(client);
    output().show(screen(), () -> Json.of((Object) page), () -> print(page));
    return ExitCode.OK;
  }

  /** Page after page, until there are enough. */
  private QuarantinePage all(ControlPlaneClient client) {
    var filter = new QuarantinePage.Filter(service, tenancy, reason, state);
    List<QuarantinedInfo> found = new ArrayList<>();
    Map<String, Long> counts = new TreeMap<>();
    String next = after;
    long looked = 0;
    while (true) {
      QuarantinePage page = client.quarantine(filter, count ? 0 : Math.min(PAGE, limit - found.size()), next);
      found.addAll(page.records());
      page.counts().forEach((why, some) -> counts.merge(why, some, Long::sum));
      looked += page.looked();
      next = page.next();
      if (next == null || (!count && found.size() >= limit)) {
        return new QuarantinePage(found, counts, looked, page.rest(), next);
      }
      screen().progress("looked at " + looked + " of " + (looked + page.rest()) + ", found " + sum(counts));
    }
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  private void print(QuarantinePage page) {
    if (!page.records().isEmpty()) {
      Table table = table(page.records());
      List<String> lines = table.lines();
      screen().line(screen().faint(lines.getFirst()));
      lines.stream().skip(1).forEach(screen()::line);
    }
    String counted = new TreeMap<>(page.counts()).entrySet().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue()).collect(Collectors.joining(", "));
    screen().line(counted.isEmpty() ? "nothing in quarantine" + (isFiltered() ? " that matches" : "") : counted);
    if (page.next() != null) {
      screen().line(screen().faint(page.rest() + " older ones were not looked at: raise --limit, or --after "
          + page.next()));
    }
  }

  private boolean isFiltered() {
    return service != null || tenancy != null || reason != null || state != null;
  }

  /** A row for each. */
  static Table table(List<QuarantinedInfo> records) {
    var table = new Table(List.of("ID", "PUT ASIDE", "REASON", "STATE", "TENANCY", "CAME FROM", "GROUP", "BYTES"));
    for (QuarantinedInfo one : records) {
      table.add(List.of(one.id(), Instant.ofEpochMilli(one.asideMillis()).truncatedTo(ChronoUnit.SECONDS).toString(),
          one.reason(), stateOf(one), one.tenancy() == null ? "-" : one.tenancy(),
          one.topic() + "-" + one.partition() + "@" + one.offset(), one.group(), bytes(one)));
    }
    return table;
  }

  private static String stateOf(QuarantinedInfo one) {
    QuarantinedInfo.Disposal disposal = one.disposal();
    return disposal == null || disposal.receiver() == null ? one.state() : one.state() + " to " + disposal.receiver();
  }

  private static String bytes(QuarantinedInfo one) {
    Integer key = one.keyBytes();
    Integer value = one.valueBytes();
    return one.byReference() ? "by reference" : "" + ((key == null ? 0 : key) + (value == null ? 0 : value));
  }
}
