package dev.lanekeeper.storm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whose a message is, by the log of revisions as it stands in the database: written down a second time, in the plainest way, so that an
 * error in the product's own rule shows.
 */
final class History {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final TreeMap<Long, Revision> revisions = new TreeMap<>();
  private final Map<String, List<long[]>> tenants = new HashMap<>();
  private final Map<String, Life> lives = new HashMap<>();
  private final Map<String, List<Life>> byTenancy = new HashMap<>();

  private record Revision(String seal, long millis) {}

  /**
   * A life of an override.
   *
   * @param number from 0
   * @param incarnation its id
   * @param tenancy whose
   * @param from the revision with which it begins
   * @param to the revision with which it ends; the largest number while it lives
   * @param residue what becomes of what it leaves
   * @param fence by topic and partition; null: none
   * @param starts by topic and partition, the largest of the groups'
   */
  record Life(int number, String incarnation, String tenancy, long from, long to, String residue,
      @Nullable Map<String, Long> fence, Map<String, Long> starts) {}

  /** Whose a message is. */
  sealed interface Whose {
    /** The baseline's, registered or not. */
    record Baselines() implements Whose {}

    /** Its tenant had ended, or it stands beyond the fence. */
    record Ended() implements Whose {}

    /** A workload's. */
    record Tenants(Life life) implements Whose {}
  }

  private static final Whose BASELINES = new Whose.Baselines();
  private static final Whose ENDED = new Whose.Ended();

  /** The log as the database has it. */
  static History of(Database database) throws SQLException {
    return new History(database.ask("SELECT revision, time, payload FROM changes ORDER BY revision"));
  }

  /**
   * A log.
   *
   * @param log of each revision its number, its time and the change as watchers are sent it
   */
  History(List<List<String>> log) {
    for (List<String> row : log) {
      try {
        add(Long.parseLong(row.get(0)), Long.parseLong(row.get(1)), JSON.readTree(row.get(2)));
      } catch (IOException malformed) {
        throw new UncheckedIOException(malformed);
      }
    }
    lives.values()
        .forEach(life -> byTenancy.computeIfAbsent(life.tenancy, tenancy -> new ArrayList<>()).add(life));
  }

  private void add(long revision, long millis, JsonNode change) {
    revisions.put(revision, new Revision(change.get("seal").asText(), millis));
    for (JsonNode tenant : change.get("tenants")) {
      List<long[]> spans = tenants.computeIfAbsent(tenant.get("tenancy").asText(), tenancy -> new ArrayList<>());
      long from = tenant.get("from").asLong();
      spans.removeIf(span -> span[0] == from);
      spans.add(new long[]{from, end(tenant)});
    }
    for (JsonNode override : change.get("overrides")) {
      if (override.get("service").asText().equals(Ground.SERVICE)) {
        String id = override.get("incarnation").asText();
        Life known = lives.get(id);
        JsonNode fence = override.get("fence");
        lives.put(id, new Life(known == null ? lives.size() : known.number, id, override.get("tenancy").asText(),
            override.get("from").asLong(), end(override), override.get("residue").asText(),
            fence == null || fence.isNull() ? null : places(fence), places(override.get("starts"))));
      }
    }
  }

  private static long end(JsonNode life) {
    JsonNode to = life.get("to");
    return to == null || to.isNull() ? Long.MAX_VALUE : to.asLong();
  }

  private static Map<String, Long> places(JsonNode places) {
    Map<String, Long> found = new HashMap<>();
    for (JsonNode place : places) {
      found.merge(place(place.get("topic").asText(), place.get("partition").asInt()), place.get("offset").asLong(),
          Math::max);
    }
    return found;
  }

  static String place(String topic, int partition) {
    return topic + "-" + partition;
  }

  /** The life with this id; null if there is none. */
  @Nullable
  Life life(String incarnation) {
    return lives.get(incarnation);
  }

  /** All lives, by number. */
  List<Life> lives() {
    List<Life> all = new ArrayList<>(lives.values());
    all.sort((a, b) -> Integer.compare(a.number, b.number));
    return all;
  }

  /** How many revisions there are. */
  int size() {
    return revisions.size();
  }

  /** At which revision a message asks: that of its stamp, if it was ever given; else the last one by its timestamp. */
  long snapshot(String stamp, long timestampMillis) {
    int dash = stamp.indexOf('-');
    if (dash > 0) {
      long revision = Long.parseLong(stamp.substring(0, dash));
      Revision given = revisions.get(revision);
      if (given != null && given.seal.equals(stamp.substring(dash + 1))) {
        return revision;
      }
    }
    long last = 0;
    for (Map.Entry<Long, Revision> each : revisions.entrySet()) {
      if (each.getValue().millis <= timestampMillis) {
        last = each.getKey();
      }
    }
    return last;
  }

  /** Whose a tagged message is. */
  Whose whose(String tenancy, long at, String topic, int partition, long offset) {
    for (Life life : byTenancy.getOrDefault(tenancy, List.of())) {
      if (life.from <= at && at < life.to) {
        Map<String, Long> fence = life.fence;
        boolean beyond = fence != null && offset >= fence.getOrDefault(place(topic, partition), 0L);
        return beyond ? ENDED : new Whose.Tenants(life);
      }
    }
    boolean wasThere = false;
    for (long[] span : tenants.getOrDefault(tenancy, List.of())) {
      if (span[0] <= at && at < span[1]) {
        return BASELINES;
      }
      wasThere |= span[1] <= at;
    }
    return wasThere ? ENDED : BASELINES; // a stranger is the baseline's, as the Environment document of the storm says
  }
}
