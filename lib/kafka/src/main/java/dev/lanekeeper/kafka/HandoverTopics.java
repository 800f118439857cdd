package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Handover;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.Service;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The topics through which records are handed over again to the group of one consumer, as the newest table lists them. */
final class HandoverTopics {

  /** What the names of our own topics begin with. */
  private static final String OURS = "lanekeeper.";

  private final Self self;
  private final String group;
  private final HandoverPlaces places = new HandoverPlaces();
  private RouteTable seen = RouteTable.EMPTY;
  private List<Handover> listed = List.of();

  /**
   * Of one consumer.
   *
   * @param group as the consumer has it
   */
  HandoverTopics(Self self, String group) {
    this.self = self;
    Incarnation incarnation = self.incarnation();
    String suffix = incarnation == null ? "" : incarnation.groupFor("");
    this.group =
        suffix.isEmpty() || !group.endsWith(suffix) ? group : group.substring(0, group.length() - suffix.length());
  }

  /** Whether this is a topic of ours. */
  static boolean isOurs(String topic) {
    return topic.startsWith(OURS);
  }

  /** The group of the baseline that the consumer belongs to, or to whose counterpart. */
  String group() {
    return group;
  }

  /** The group in which these topics are read on its behalf. */
  String readers() {
    String readers = RedeliveredRecord.groupFor(group);
    Incarnation incarnation = self.incarnation();
    return incarnation == null ? readers : incarnation.groupFor(readers);
  }

  /** Takes note of a table; whether it lists others than the one before. */
  @SuppressWarnings("ReferenceEquality") // any newer table is worth a look
  boolean look(RouteTable table) {
    if (table == seen) {
      return false;
    }
    seen = table;
    Service service = table.service(self.service());
    List<Handover> now = service == null
        ? List.of()
        : service.handovers().stream().filter(handover -> handover.group().equals(group)).toList();
    boolean others = !now.equals(listed);
    now.forEach(places::add);
    listed = now;
    return others;
  }

  /** Where the application finds what comes through them, also through those that were listed once. */
  HandoverPlaces places() {
    return places;
  }

  /** Whether any are listed. */
  boolean isAny() {
    return !listed.isEmpty();
  }

  /** Those through which records of these topics come. */
  Set<String> of(Set<String> origins) {
    Set<String> topics = new TreeSet<>();
    for (Handover handover : listed) {
      if (origins.contains(handover.origin())) {
        topics.add(handover.topic());
      }
    }
    return topics;
  }
}
