package dev.lanekeeper.storm;

import dev.lanekeeper.storm.reading.Journal;
import dev.lanekeeper.storm.reading.Reading;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * What became of each message in each group that reads its topic.
 *
 * <pre>
 * whose                            in each group                                                         else
 * the baseline's                   processed by it                                                       lost
 * ended                            put aside, as ended                                                   lost
 * a workload's, discard            processed by it, or by nobody, and nothing behind it was              lost
 * a workload's, quarantine         processed by it, or put aside as residue                              lost
 * a workload's, redeliver          processed by it; or by the baseline; or put aside, perhaps processed  lost
 *
 * in each case by nobody else      (by another: wrong owner; by two: two owners)
 * more than once by its owner      counted; without an incident that may be why: told
 * </pre>
 */
final class Account {

  private static final int MOST_TOLD = 10;
  private static final int NOBODY = 0;
  private static final int BASELINE = 1;
  private static final int FIRST_LIFE = 2;
  private static final String INFIX = ".lk.";

  private final Sent sent;
  private final History history;
  private final Incidents incidents;
  private final List<History.Life> lives;
  private final int groups = Ground.GROUPS.size();
  private final Found[] found;
  /** By group and id. */
  private final int[][] first;
  private final long[][] firstMillis;
  private final BitSet[] firstHandedOver;
  /** Whoever else processed it, and the same one again. */
  private final Map<Long, List<Done>> further = new HashMap<>();
  private final Map<Long, Set<String>> aside = new HashMap<>();
  private final Map<Long, Set<String>> handed = new HashMap<>();
  /** The largest offset that was processed, by life, group and place. */
  private final Map<String, Long> reached = new HashMap<>();
  private final Map<String, List<Integer>> offenders = new TreeMap<>();
  private final Map<String, Long> counts = new TreeMap<>();

  /** A message as it stands in its topic. */
  private record Found(String topic, int partition, long offset, long timestampMillis, String tenancy, String stamp) {}

  private record Done(int owner, long millis, boolean handedOver) {}

  Account(Sent sent, History history, Incidents incidents) {
    this.sent = sent;
    this.history = history;
    this.incidents = incidents;
    lives = history.lives();
    found = new Found[sent.size()];
    first = new int[groups][sent.size()];
    firstMillis = new long[groups][sent.size()];
    firstHandedOver = new BitSet[groups];
    Arrays.setAll(firstHandedOver, group -> new BitSet());
    for (String figure : List.of("lost", "wrong_owner", "two_owners", "redelivered", "redelivered_without_cause",
        "discarded", "put_aside", "handed_over", "put_aside_and_processed", "altered")) {
      counts.put(figure, 0L);
    }
  }

  /** A figure of the account. */
  long count(String figure) {
    return counts.getOrDefault(figure, 0L);
  }

  private void add(String figure) {
    counts.merge(figure, 1L, Long::sum);
  }

  private void offends(String figure, int id, String why) {
    add(figure);
    List<Integer> ids = offenders.computeIfAbsent(figure + ": " + why, key -> new ArrayList<>());
    if (ids.size() < MOST_TOLD) {
      ids.add(id);
    }
  }

  /** Whether everything is accounted for. */
  boolean holds() {
    return offenders.isEmpty();
  }

  /** Reads everything and settles the account. */
  void settle(Records topics, Path journals, Collection<String> quarantines, Collection<String> handovers)
      throws IOException {
    for (String topic : Ground.TOPICS.keySet()) {
      topics.read(topic, this::find);
    }
    for (Journal.Page page : Journal.in(journals)) {
      int group = groupOf(page.group());
      int owner = ownerOf(page.group());
      Journal.read(page, entry -> processed(group, owner, entry));
    }
    for (String topic : quarantines) {
      topics.read(topic, record -> note(aside, record, "lanekeeper-reason", "lanekeeper-incarnation"));
    }
    for (String topic : handovers) {
      topics.read(topic, record -> note(handed, record, "lanekeeper-receiver", "lanekeeper-id"));
    }
    counts.put("put_aside", (long) aside.size());
    counts.put("handed_over", (long) handed.size());
    for (int id = 0; id < sent.size(); id++) {
      settle(id);
    }
  }

  private void find(ConsumerRecord<byte[], byte[]> record) {
    int id = (int) Reading.id(record.value());
    String tenancy = "";
    String stamp = "";
    for (Header header : record.headers()) {
      String text = new String(header.value(), StandardCharsets.UTF_8);
      if (header.key().equals("baggage")) {
        for (String member : text.split(",", -1)) {
          String value = URLDecoder.decode(member.substring(member.indexOf('=') + 1).replace("+", "%2B"),
              StandardCharsets.UTF_8);
          if (member.startsWith("tenancy=")) {
            tenancy = value;
          } else if (member.startsWith("tenancy-rev=")) {
            stamp = value;
          }
        }
      } else if (header.key().equals("X-Tenancy-ID") && tenancy.isEmpty()) {
        tenancy = text;
      }
    }
    if (found[id] != null) {
      offends("altered", id, "stands twice in its topic");
    }
    found[id] =
        new Found(record.topic(), record.partition(), record.offset(), record.timestamp(), tenancy, stamp);
  }

  private static String baselineGroup(String group) {
    int infix = group.indexOf(INFIX);
    return infix < 0 ? group : group.substring(0, infix);
  }

  private static int groupOf(String group) {
    int known = Ground.group(baselineGroup(group));
    if (known < 0) {
      throw new IllegalStateException("group: " + group + " (expected: one of " + Ground.GROUPS.keySet() + ")");
    }
    return known;
  }

  private int ownerOf(String group) {
    int infix = group.indexOf(INFIX);
    if (infix < 0) {
      return BASELINE;
    }
    History.Life life = history.life(group.substring(infix + INFIX.length()));
    if (life == null) {
      throw new IllegalStateException("group: " + group + " (expected: that of a life in the log)");
    }
    return FIRST_LIFE + life.number();
  }

  private static long key(int group, int id) {
    return (long) group << 32 | id;
  }

  private void processed(int group, int owner, Journal.Entry entry) {
    int id = (int) entry.id();
    if (first[group][id] == NOBODY) {
      first[group][id] = owner;
      firstMillis[group][id] = entry.millis();
      firstHandedOver[group].set(id, entry.handedOver());
    } else {
      further.computeIfAbsent(key(group, id), key -> new ArrayList<>())
          .add(new Done(owner, entry.millis(), entry.handedOver()));
    }
    Found message = found[id];
    if (owner != BASELINE && !entry.handedOver() && message != null) {
      reached.merge(owner + " " + group + " " + History.place(message.topic, entry.partition()), entry.offset(),
          Math::max);
    }
  }

  private static String text(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }

  private static void note(Map<Long, Set<String>> notes, ConsumerRecord<byte[], byte[]> record, String what,
      String more) {
    int group = Ground.group(text(record, "lanekeeper-group"));
    if (group < 0) {
      throw new IllegalStateException("lanekeeper-group: " + text(record, "lanekeeper-group"));
    }
    notes.computeIfAbsent(key(group, (int) Reading.id(record.value())), key -> new TreeSet<>())
        .add(text(record, what) + " " + text(record, more));
  }

  private void settle(int id) {
    Found message = found[id];
    if (message == null) {
      if (sent.isAcknowledged(id)) {
        offends("altered", id, "acknowledged, and not in its topic");
      }
      return;
    }
    if (!message.tenancy.equals(sent.tenancy(id))
        || (sent.kind(id) == Sent.Kind.STAMPED) == message.stamp.isEmpty()) {
      offends("altered", id, "does not bear what it was sent with");
    }
    History.Whose whose = whose(message);
    int group = 0;
    for (List<String> reads : Ground.GROUPS.values()) {
      if (reads.contains(message.topic)) {
        settle(id, message, whose, group);
      }
      group++;
    }
  }

  private History.Whose whose(Found message) {
    if (message.tenancy.isEmpty()) {
      return new History.Whose.Baselines();
    }
    return history.whose(message.tenancy, history.snapshot(message.stamp, message.timestampMillis), message.topic,
        message.partition, message.offset);
  }

  private void settle(int id, Found message, History.Whose whose, int group) {
    Map<Integer, Integer> owners = owners(group, id);
    Set<String> reasons = aside.getOrDefault(key(group, id), Set.of());
    boolean two = owners.size() > 1;
    if (two) {
      offends("two_owners", id, "processed by " + owners.keySet().stream().map(this::name).toList());
    }
    switch (whose) {
      case History.Whose.Baselines baselines -> {
        onlyBy(id, owners, Set.of(BASELINE), two);
        notAside(id, reasons, Set.of());
        if (owners.isEmpty()) {
          offends("lost", id, "the baseline's, and not processed");
        }
      }
      case History.Whose.Ended ended -> {
        onlyBy(id, owners, Set.of(), two);
        notAside(id, reasons, Set.of("ended "));
        if (!reasons.contains("ended ")) {
          offends("lost", id, "ended, and not put aside");
        }
      }
      case History.Whose.Tenants tenants -> settle(id, message, tenants.life(), group, owners, reasons, two);
    }
    repeated(group, id, whose, owners);
  }

  private void settle(int id, Found message, History.Life life, int group, Map<Integer, Integer> owners,
      Set<String> reasons, boolean two) {
    int own = FIRST_LIFE + life.number();
    switch (life.residue()) {
      case "discard" -> {
        onlyBy(id, owners, Set.of(own), two);
        notAside(id, reasons, Set.of());
        if (owners.isEmpty()) {
          add("discarded");
          leftWhatCameLater(id, message, life, group);
        }
      }
      case "quarantine" -> {
        String residue = "residue " + life.incarnation();
        onlyBy(id, owners, Set.of(own), two);
        notAside(id, reasons, Set.of(residue));
        if (owners.isEmpty()) {
          leftWhatCameLater(id, message, life, group);
          if (!reasons.contains(residue)) {
            offends("lost", id, "residue, and not put aside");
          }
        } else if (reasons.contains(residue)) {
          asideAndProcessed(id, life);
        }
      }
      case "redeliver" -> {
        String perhaps = "perhaps-processed " + life.incarnation();
        onlyBy(id, owners, Set.of(own, BASELINE), two);
        notAside(id, reasons, Set.of(perhaps));
        if (!owners.containsKey(own)) {
          leftWhatCameLater(id, message, life, group);
        }
        if (owners.isEmpty() && !reasons.contains(perhaps)) {
          offends("lost", id, "to be redelivered, and neither processed nor put aside");
        } else if (owners.containsKey(BASELINE) && reasons.contains(perhaps)) {
          offends("two_owners", id, "redelivered, and put aside as perhaps processed");
        } else if (owners.containsKey(own) && reasons.contains(perhaps)) {
          asideAndProcessed(id, life);
        }
      }
      default -> throw new IllegalStateException(life.residue());
    }
  }

  /** By the guarantee that can only be where the workload was killed, stood still, or stayed too long. */
  private void asideAndProcessed(int id, History.Life life) {
    add("put_aside_and_processed");
    if (!incidents.anyTo(life.tenancy())) {
      offends("two_owners", id, "processed and put aside, though nothing had happened to the workload");
    }
  }

  /** A workload reads in order: what stands before something that it processed it had to process. */
  private void leftWhatCameLater(int id, Found message, History.Life life, int group) {
    String place = History.place(message.topic, message.partition);
    Long last = reached.get((FIRST_LIFE + life.number()) + " " + group + " " + place);
    if (last != null && message.offset < last && message.offset >= life.starts().getOrDefault(place, 0L)) {
      offends("lost", id, "passed over by its owner, which went on behind it");
    }
  }

  private void onlyBy(int id, Map<Integer, Integer> owners, Set<Integer> allowed, boolean two) {
    for (int owner : owners.keySet()) {
      if (!allowed.contains(owner) && !two) {
        offends("wrong_owner", id, "processed by " + (owner == BASELINE ? "the baseline" : "a workload"));
      }
    }
  }

  /** What is in doubt may stand there for anybody; anything else is the word of who disposed of it. */
  private void notAside(int id, Set<String> reasons, Set<String> allowed) {
    for (String reason : reasons) {
      if (!allowed.contains(reason) && !reason.startsWith("in-doubt ")) {
        offends("wrong_owner", id, "put aside as " + reason.substring(0, reason.indexOf(' ')));
      }
    }
  }

  private Map<Integer, Integer> owners(int group, int id) {
    Map<Integer, Integer> owners = new TreeMap<>();
    if (first[group][id] != NOBODY) {
      owners.put(first[group][id], 1);
      further.getOrDefault(key(group, id), List.of()).forEach(done -> owners.merge(done.owner, 1, Integer::sum));
    }
    return owners;
  }

  private void repeated(int group, int id, History.Whose whose, Map<Integer, Integer> owners) {
    List<Done> more = further.getOrDefault(key(group, id), List.of());
    for (Done again : more) {
      if (owners.getOrDefault(again.owner, 0) < 2 || again.owner != first[group][id]) {
        continue;
      }
      add("redelivered");
      String whom = again.owner == BASELINE ? Incidents.BASELINE : lives.get(again.owner - FIRST_LIFE).tenancy();
      long before = Math.min(firstMillis[group][id], again.millis);
      long after = Math.max(firstMillis[group][id], again.millis);
      boolean handed = again.handedOver || firstHandedOver[group].get(id);
      if (!incidents.excuses(whom, before, after)
          && !(handed && incidents.excuses(Incidents.CONTROL_PLANES, before, after))) {
        offends("redelivered_without_cause", id,
            whose instanceof History.Whose.Tenants ? "a workload's" : "the baseline's");
      }
    }
  }

  private String name(int owner) {
    return owner == BASELINE ? "baseline" : lives.get(owner - FIRST_LIFE).residue();
  }

  /** What offends, with the history of the first messages of each kind. */
  List<String> told(Path journals) throws IOException {
    List<String> told = new ArrayList<>();
    for (Map.Entry<String, List<Integer>> kind : offenders.entrySet()) {
      told.add(kind.getKey());
      for (int id : kind.getValue()) {
        told.add("  " + history(id));
        for (Journal.Page page : Journal.in(journals)) {
          Journal.read(page, entry -> {
            if (entry.id() == id) {
              told.add("      " + entry.millis() + " processed in " + page.group() + " by " + page.instance() + " at "
                  + entry.partition() + "@" + entry.offset() + (entry.handedOver() ? ", handed over" : ""));
            }
          });
        }
        for (int group = 0; group < groups; group++) {
          aside.getOrDefault(key(group, id), Set.of()).forEach(reason -> told.add("      put aside as " + reason));
          handed.getOrDefault(key(group, id), Set.of()).forEach(to -> told.add("      handed over to \"" + to + "\""));
        }
      }
    }
    return told;
  }

  private String history(int id) {
    Found message = found[id];
    if (message == null) {
      return "message " + id + ": not found";
    }
    History.@Nullable Life life = whose(message) instanceof History.Whose.Tenants owned ? owned.life() : null;
    long at = history.snapshot(message.stamp, message.timestampMillis);
    String what = "message " + id + " in " + message.topic + "-" + message.partition + "@" + message.offset + " of "
        + message.timestampMillis + ", " + sent.kind(id) + " \"" + message.tenancy + "\" stamp \"" + message.stamp
        + "\", asks at " + at + ": " + whose(message);
    return life == null
        ? what
        : what + "; incidents: " + incidents.of(life.tenancy(), message.timestampMillis - 30_000,
            message.timestampMillis + 60_000);
  }
}
