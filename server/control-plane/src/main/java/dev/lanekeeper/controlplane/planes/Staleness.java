package dev.lanekeeper.controlplane.planes;

import dev.lanekeeper.api.DataPlaneInfo;
import dev.lanekeeper.api.DataPlaneReport;
import dev.lanekeeper.api.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with data planes that report, and what it means. Pure. */
public final class Staleness {

  /** The route stream says every second what is current: who has not heard it for so long does not get it. */
  static final Duration OLD = Duration.ofSeconds(10);
  private static final int MOST = 50;

  private Staleness() {}

  /** One line for each; of very many the first, and how many there are. */
  public static List<String> warnings(List<DataPlaneInfo> planes) {
    List<String> warnings = new ArrayList<>();
    planes.forEach(plane -> add(plane, warnings));
    if (warnings.size() <= MOST) {
      return warnings;
    }
    List<String> some = new ArrayList<>(warnings.subList(0, MOST));
    some.add("and " + (warnings.size() - MOST) + " more");
    return some;
  }

  private static void add(DataPlaneInfo plane, List<String> warnings) {
    DataPlaneReport report = plane.report();
    Long age = plane.tableAgeMillis();
    if (report.revision() == 0 && age == null) {
      warnings.add(who(plane) + " has no route table (expected: one within seconds of its start): it refuses tagged "
          + "calls and holds tagged messages. Next: see what it says about the route stream on standard error");
    } else if (age == null) {
      warnings.add(who(plane) + " goes by a table from its disk, revision " + report.revision()
          + ", that nobody has confirmed (expected: confirmed within seconds of its start): it asks about each tag "
          + "without a stamp. Next: see what it says about the route stream on standard error");
    } else if (age >= OLD.toMillis()) {
      warnings.add(who(plane) + " goes by a table of " + Durations.format(Duration.ofSeconds(age / 1_000))
          + " ago, " + plane.behind() + " revisions behind (expected: less than " + Durations.format(OLD)
          + "): it reports, and gets no changes. Tags with newer stamps are in doubt there, and overrides that end "
          + "wait for it. Next: see whether a proxy between them holds back GET /v1/routes/watch");
    }
    for (DataPlaneReport.Consumer consumer : report.consumers()) {
      String group = consumer.group();
      if (report.tenancy() == null && !consumer.topics().isEmpty() && (group == null || group.isEmpty())) {
        warnings.add(who(plane) + " reads " + consumer.topics() + " in no consumer group (expected: a group): it "
            + "decides by the table that it has, and nobody waits until it knows that an override ends. The guarantee "
            + "does not hold for it. Next: have it subscribe in a group");
      }
    }
  }

  private static String who(DataPlaneInfo plane) {
    DataPlaneReport report = plane.report();
    String tenancy = report.tenancy();
    return report.service() + (tenancy == null ? "" : " of " + tenancy) + ", process " + report.pid() + "@"
        + report.host() + ",";
  }
}
