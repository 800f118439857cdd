package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether every member of groups of the baseline has reported a revision. Who has not is looked for in the broker, which knows who there is;
 * as long as the one that was missing last has not reported, the broker is asked now and then only whether it is still there.
 *
 * <p><b>Threads.</b> Belongs to one.
 */
final class Hearing {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  /** After how long the broker is asked again. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

  private final GroupBroker broker;
  private final LongSupplier nanos;
  private @Nullable Missing missing;

  /**
   * A member that had not reported when the broker was asked last.
   *
   * @param says whom people are told of
   * @param lately until when the broker need not be asked whether it is still there
   */
  private record Missing(String memberId, String says, Patience lately) {}

  Hearing(GroupBroker broker, LongSupplier nanos) {
    this.broker = broker;
    this.nanos = nanos;
  }

  /**
   * Who is still missing, of those of whom the broker was asked lately; for people. Null: the broker has to be asked.
   *
   * @param known what members have reported, by member id
   */
  @Nullable
  String stillMissing(Map<String, Long> known, long revision) {
    Missing last = missing;
    return last != null && !last.lately().isOver() && isBehind(last.memberId(), known, revision) ? last.says() : null;
  }

  /**
   * Asks the broker who is in groups, and says who of them is missing, for people; null if nobody is.
   *
   * @param groups by cluster
   * @param known what members had reported before, by member id
   */
  @Nullable
  String missing(Map<ClusterDocument, Set<String>> groups, Map<String, Long> known, long revision) {
    for (Map.Entry<ClusterDocument, Set<String>> each : groups.entrySet()) {
      Map<String, List<GroupBroker.Member>> members =
          new TreeMap<>(broker.members(each.getKey(), each.getValue(), PATIENCE));
      for (Map.Entry<String, List<GroupBroker.Member>> group : members.entrySet()) {
        List<GroupBroker.Member> behind =
            group.getValue().stream().filter(member -> isBehind(member.memberId(), known, revision)).toList();
        if (!behind.isEmpty()) {
          GroupBroker.Member first = behind.get(0);
          String says = behind.size() + " members of the baseline's group " + group.getKey()
              + " have not reported revision " + revision + ", among them " + first.clientId() + " at "
              + first.host().replace("/", "");
          missing = new Missing(first.memberId(), says, new Patience(LOOK_AGAIN, nanos));
          return says;
        }
      }
    }
    return null;
  }

  private static boolean isBehind(String memberId, Map<String, Long> known, long revision) {
    return known.getOrDefault(memberId, 0L) < revision;
  }
}
