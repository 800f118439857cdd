package dev.lanekeeper.storm;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What came of a storm.
 *
 * @param figures by name, in the order in which they are printed
 * @param told what does not hold, for people; empty if all does
 */
public record Outcome(Map<String, Long> figures, List<String> told) {

  /** Copies the lines. */
  public Outcome {
    told = List.copyOf(told);
  }

  static Outcome of(Plan plan, Traffic traffic, Tenants tenants, Account account, List<String> left,
      Incidents incidents, double seconds, List<String> told) {
    Map<String, Long> figures = new LinkedHashMap<>();
    long messages = 0;
    long tagged = 0;
    Sent sent = traffic.sent();
    for (int id = 0; id < sent.size(); id++) {
      if (sent.isAcknowledged(id)) {
        messages++;
        tagged += sent.tenancy(id).isEmpty() ? 0 : 1;
      }
    }
    figures.put("messages", messages);
    figures.put("tagged", tagged);
    figures.put("tenants", (long) tenants.over());
    for (String figure : List.of("lost", "wrong_owner", "two_owners", "redelivered", "redelivered_without_cause",
        "altered")) {
      figures.put(figure, account.count(figure));
    }
    figures.put("left_over", (long) left.size());
    figures.put("kills", incidents.kills());
    for (String figure : List.of("discarded", "put_aside", "put_aside_and_processed", "handed_over")) {
      figures.put(figure, account.count(figure));
    }
    figures.put("not_taken", (long) traffic.failed());
    figures.put("seconds", Math.round(seconds));
    figures.put("seed", plan.seed());
    return new Outcome(figures, told);
  }

  /** A figure by its name. */
  public long figure(String name) {
    return figures.getOrDefault(name, 0L);
  }

  /** Whether the account holds. */
  public boolean holds() {
    return told.isEmpty();
  }

  /** The figures as one JSON object. */
  public String json() {
    StringBuilder out = new StringBuilder("{");
    figures.forEach((name, value) -> out.append(out.length() > 1 ? "," : "")
        .append(String.format(Locale.ROOT, "\"%s\":%d", name, value)));
    return out.append('}').toString();
  }
}
