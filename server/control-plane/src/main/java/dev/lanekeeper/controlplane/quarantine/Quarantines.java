package dev.lanekeeper.controlplane.quarantine;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.api.QuarantinePage;
import dev.lanekeeper.api.QuarantinedInfo;
import dev.lanekeeper.api.QuarantinedRecordInfo;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.kafka.TopicBrowser;
import dev.lanekeeper.controlplane.kafka.TopicBrowser.Extent;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.RecordTags;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.WireNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What stands in the quarantines of all clusters. Reads the broker each time: the store knows only what became of records.
 *
 * <p><b>Threads.</b> Any; blocks.
 */
public final class Quarantines {

  /** Most records of one page. */
  public static final int MOST = 500;
  /** Most records that are looked at for one page. */
  private static final int MOST_LOOKED = 5_000;
  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  /** For a record of the largest size, over a slow line. */
  private static final Duration PATIENCE_FOR_A_LARGE = Duration.ofSeconds(20);

  private final Store store;
  private final GroupBroker broker;

  /** Of the clusters that a store knows. */
  public Quarantines(Store store, GroupBroker broker) {
    this.store = store;
    this.broker = broker;
  }

  /**
   * A page of what there is, newest first.
   *
   * @param limit how many records at most; 0: they are only counted
   * @param after where the page before ended; null: the first page
   * @throws ProblemException if a cluster does not answer, or {@code after} is none
   */
  public QuarantinePage page(QuarantinePage.Filter filter, int limit, @Nullable String after) {
    Wanted wanted = Wanted.of(filter);
    Cursor cursor = after == null ? null : Cursor.parse(after);
    List<TopicBrowser> browsers = new ArrayList<>();
    Map<String, NewestFirst> sources = new TreeMap<>();
    try {
      for (ClusterDocument cluster : store.catalog().clusters().values()) {
        if (cursor == null || cursor.places().containsKey(cluster.name())) {
          TopicBrowser browser = broker.browse(cluster, PATIENCE);
          browsers.add(browser);
          Map<TopicPartition, Extent> extents =
              cursor == null
                  ? browser.extents(topics(cluster, wanted.service()))
                  : extents(browser, cursor.places().getOrDefault(cluster.name(), Map.of()));
          sources.put(cluster.name(), new NewestFirst(cluster.name(), browser, extents));
        }
      }
      return page(wanted, limit, sources);
    } catch (BrokerException e) {
      throw asProblem(e);
    } finally {
      browsers.forEach(TopicBrowser::close);
    }
  }

  private String kafka(String cluster) {
    ClusterDocument document = store.catalog().clusters().get(cluster);
    return document == null ? "" : broker.id(document, PATIENCE);
  }

  private Set<String> topics(ClusterDocument cluster, @Nullable ServiceName service) {
    Set<String> topics = broker.topicsBeginning(cluster, QuarantinedRecord.TOPIC_PREFIX, PATIENCE);
    if (service == null) {
      return topics;
    }
    Set<String> one = new TreeSet<>(topics);
    one.retainAll(Set.of(QuarantinedRecord.topic(service)));
    return one;
  }

  private static Map<TopicPartition, Extent> extents(TopicBrowser browser, Map<TopicPartition, Long> upTo) {
    Set<String> topics = new TreeSet<>();
    upTo.keySet().forEach(partition -> topics.add(partition.topic()));
    Map<TopicPartition, Extent> extents = new HashMap<>();
    browser.extents(topics).forEach((partition, there) -> {
      Long to = upTo.get(partition);
      if (to != null && to > there.from()) {
        extents.put(partition, new Extent(there.from(), Math.min(to, there.to())));
      }
    });
    return extents;
  }

  private QuarantinePage page(Wanted wanted, int limit, Map<String, NewestFirst> sources) {
    long until = System.nanoTime() + LONGEST.toNanos();
    States states = new States(store, this::kafka);
    List<QuarantinedInfo> found = new ArrayList<>();
    Map<String, Long> counts = new TreeMap<>();
    long looked = 0;
    while (looked < MOST_LOOKED && (limit == 0 || found.size() < limit) && System.nanoTime() - until < 0) {
      List<Aside> some = next(sources, limit == 0 ? MOST : limit - found.size());
      if (some.isEmpty()) {
        break;
      }
      looked += some.size();
      for (QuarantinedInfo info : states.of(some.stream().map(this::tagged).filter(wanted::isWanted).toList())) {
        if (wanted.isIn(info.state())) {
          counts.merge(info.reason(), 1L, Long::sum);
          if (limit > 0) {
            found.add(info);
          }
        }
      }
    }
    Map<String, Map<TopicPartition, Long>> places = new TreeMap<>();
    long rest = 0;
    for (Map.Entry<String, NewestFirst> source : sources.entrySet()) {
      places.put(source.getKey(), source.getValue().places());
      rest += source.getValue().rest();
    }
    return new QuarantinePage(found, counts, looked, rest, new Cursor(places).text());
  }

  /** Some of the newest records of all clusters that are left. */
  private static List<Aside> next(Map<String, NewestFirst> sources, int most) {
    List<Aside> next = new ArrayList<>();
    while (next.size() < most) {
      Aside newest = null;
      for (NewestFirst source : sources.values()) {
        Aside head = source.peek();
        if (head != null && (newest == null || head.asideMillis() > newest.asideMillis())) {
          newest = head;
        }
      }
      NewestFirst source = newest == null ? null : sources.get(newest.id().cluster());
      if (newest == null || source == null) {
        return next;
      }
      source.pass(newest);
      next.add(newest);
    }
    return next;
  }

  private Tagged tagged(Aside aside) {
    return new Tagged(aside, tag(aside.record()));
  }

  private @Nullable Tag tag(QuarantinedRecord record) {
    for (WireNames names : store.catalog().table().allNames()) {
      Carried carried = RecordTags.read(record.headers(), names);
      if (carried.isTagged()) {
        return carried.tag();
      }
    }
    return null;
  }

  /** A record with the tag that it bears; null: none that can be read. */
  record Tagged(Aside aside, @Nullable Tag tag) {

    @Nullable
    String tenancy() {
      return tag == null || tag.text().isEmpty() ? null : tag.text();
    }
  }

  /** What is looked for. */
  private record Wanted(@Nullable ServiceName service, @Nullable Tenancy tenancy, @Nullable String reason,
      @Nullable String state) {

    static Wanted of(QuarantinePage.Filter filter) {
      String service = filter.service();
      String tenancy = filter.tenancy();
      try {
        return new Wanted(service == null ? null : ServiceName.of(service),
            tenancy == null ? null : new Tenancy(tenancy),
            oneOf("reason", filter.reason(), Aside.Reasons.all()), oneOf("state", filter.state(), States.ALL));
      } catch (IllegalArgumentException malformed) {
        String message = String.valueOf(malformed.getMessage());
        throw ProblemCode.MALFORMED_REQUEST.exception(message.replaceFirst(":.*", ""), message, "correct it");
      }
    }

    private static @Nullable String oneOf(String field, @Nullable String text, List<String> all) {
      if (text != null && !all.contains(text)) {
        throw new IllegalArgumentException(field + ": \"" + text + "\" (expected: one of " + all + ")");
      }
      return text;
    }

    boolean isWanted(Tagged one) {
      Tag tag = one.tag();
      return (service == null || service.equals(one.aside().record().service()))
          && (reason == null || one.aside().isBecauseOf(reason))
          && (tenancy == null || (tag != null && tag.tenancies().contains(tenancy)));
    }

    boolean isIn(String one) {
      return state == null || state.equals(one);
    }
  }

  /**
   * One record with what it holds.
   *
   * @throws ProblemException if there is none, or a cluster does not answer
   */
  public QuarantinedRecordInfo look(EntryId id) {
    Found found = find(id);
    Aside aside = new Aside(id, found.asideMillis(), found.record(), Contents.length(found.record().key()),
        Contents.length(found.record().value()));
    QuarantinedInfo info = new States(store, this::kafka).of(List.of(tagged(aside))).getFirst();
    return new QuarantinedRecordInfo(info, Contents.headers(found.record().headers()),
        Contents.of(found.record().key()), Contents.of(found.record().value()));
  }

  /**
   * A record as it stands in a quarantine.
   *
   * @param record with key and value, unless it stands there by reference
   * @param asideMillis when it was put aside, ms since 1970
   */
  public record Found(QuarantinedRecord record, long asideMillis) {}

  /**
   * The record that stands at a place.
   *
   * @throws ProblemException if there is none, or the cluster does not answer
   */
  public Found find(EntryId id) {
    ClusterDocument cluster = store.catalog().clusters().get(id.cluster());
    if (cluster == null) {
      throw ProblemCode.NOT_FOUND.exception("id", id + ": no Cluster document is called " + id.cluster()
          + " (expected: one of " + new TreeSet<>(store.catalog().clusters().keySet()) + ")",
          "take it from: lanekeeper quarantine list");
    }
    try {
      ConsumerRecord<byte[], byte[]> written =
          broker.read(cluster, id.place().topic(), id.partition(), id.offset(), PATIENCE_FOR_A_LARGE);
      QuarantinedRecord record = written == null ? null : Aside.read(written);
      if (written == null || record == null) {
        throw ProblemCode.NOT_FOUND.exception("id", id + ": no record that was put aside stands there",
            "take it from: lanekeeper quarantine list; records are kept for two weeks");
      }
      return new Found(record, written.timestamp());
    } catch (BrokerException e) {
      throw asProblem(e);
    }
  }

  /** A cluster's refusal or silence, as it is answered. */
  public static ProblemException asProblem(BrokerException e) {
    return e.isUnreachable()
        ? new ProblemException(ProblemCode.KAFKA_UNREACHABLE.problem("cluster", String.valueOf(e.getMessage()),
            "check that the cluster runs and that bootstrap in its Cluster document is right, and ask again"), e)
        : new ProblemException(ProblemCode.KAFKA_REFUSED.problem("cluster", String.valueOf(e.getMessage()),
            "check what the properties of its Cluster document allow"), e);
  }
}
