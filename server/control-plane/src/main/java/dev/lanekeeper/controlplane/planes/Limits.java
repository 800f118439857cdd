package dev.lanekeeper.controlplane.planes;

import dev.lanekeeper.api.Announcement;
import dev.lanekeeper.api.DataPlaneReport;
import dev.lanekeeper.api.PlainText;
import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Tenancy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What processes may say of themselves: not more than somebody could read, and nothing that a terminal would obey. Pure. */
final class Limits {

  private static final int LONGEST_NAME = 255;
  private static final int LONGEST_TEXT = 2_048;
  private static final int MOST_CONSUMERS = 1_000;
  private static final int MOST_TOPICS = 10_000;
  private static final int MOST_MODULES = 200;
  private static final int MOST_COUNTERS = 1_000;

  private Limits() {}

  /**
   * Checks an announcement but for what else reads it: service, tenancy, instance and the form of the address.
   *
   * @throws IllegalArgumentException with the field
   */
  static void check(Announcement announcement) {
    if (announcement.workload().isBlank()) {
      throw new IllegalArgumentException("workload: \"\" (expected: the name of the workload)");
    }
    PlainText.check("workload", announcement.workload(), LONGEST_NAME);
    text("address", announcement.address(), LONGEST_TEXT);
  }

  /**
   * Checks all of a report but its consumers.
   *
   * @throws IllegalArgumentException with the field
   */
  static void check(DataPlaneReport report) {
    if (report.tenancy() != null) {
      new Tenancy(report.tenancy());
    }
    if (report.incarnation() != null && !report.incarnation().isEmpty()) {
      new Incarnation(report.incarnation());
    }
    text("stamp", report.stamp(), LONGEST_NAME);
    text("origin", report.origin(), LONGEST_NAME);
    PlainText.check("version", report.version(), LONGEST_NAME);
    PlainText.check("host", report.host(), LONGEST_NAME);
    count("consumers", report.consumers().size(), MOST_CONSUMERS);
    count("modules", report.modules().size(), MOST_MODULES);
    for (int i = 0; i < report.modules().size(); i++) {
      text("modules[" + i + "].name", report.modules().get(i).name(), LONGEST_NAME);
      text("modules[" + i + "].detail", report.modules().get(i).detail(), LONGEST_TEXT);
    }
    count("counters", report.counters().size(), MOST_COUNTERS);
    report.counters().keySet().forEach(name -> PlainText.check("counters", name, LONGEST_NAME));
  }

  /**
   * The consumers of a report that are well-formed.
   *
   * @param faults is told what is wrong with the others
   */
  static List<DataPlaneReport.Consumer> consumers(DataPlaneReport report, List<IllegalArgumentException> faults) {
    List<DataPlaneReport.Consumer> wellFormed = new ArrayList<>();
    for (int i = 0; i < report.consumers().size(); i++) {
      try {
        check("consumers[" + i + "]", report.consumers().get(i));
        wellFormed.add(report.consumers().get(i));
      } catch (IllegalArgumentException fault) {
        faults.add(fault);
      }
    }
    return wellFormed;
  }

  private static void check(String field, DataPlaneReport.Consumer consumer) {
    PlainText.check(field + ".bootstrap", consumer.bootstrap(), LONGEST_TEXT);
    if (consumer.group() != null && !consumer.group().isEmpty()) {
      PlainText.checkGroup(field + ".group", consumer.group());
    }
    count(field + ".topics", consumer.topics().size(), MOST_TOPICS);
    consumer.topics().forEach(topic -> PlainText.checkTopic(field + ".topics", topic));
    text(field + ".memberId", consumer.memberId(), LONGEST_TEXT);
    text(field + ".clientId", consumer.clientId(), LONGEST_TEXT);
  }

  private static void text(String field, @Nullable String text, int longest) {
    if (text != null) {
      PlainText.check(field, text, longest);
    }
  }

  private static void count(String field, int count, int most) {
    if (count > most) {
      throw new IllegalArgumentException(field + ": " + count + " of them (expected: at most " + most + ")");
    }
  }

  /** As a problem of the request, with the field that the message begins with. */
  static ProblemException problem(IllegalArgumentException fault, String next) {
    String message = String.valueOf(fault.getMessage());
    return ProblemCode.MALFORMED_REQUEST.exception(message.replaceFirst(":.*", ""), message, next);
  }
}
