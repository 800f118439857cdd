package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Hop;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.WireNames;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * What stands between an application and a Kafka producer: writes tag and stamp of the request that is being served into
 * the headers of the records that are sent meanwhile. Untagged records are not looked at.
 *
 * <p>A producer of Kafka Streams sends what its records caused whenever it comes to it: while another record is being processed, out of
 * a cache. There the headers alone say whose a record is, which Kafka Streams takes along; not the request that is being served.
 *
 * <p>Idempotent: a record whose headers bear a well-formed tag already keeps it, and gets a stamp if it has none.
 *
 * <p><b>Threads.</b> May be shared by all threads, like the producer. Never blocks.
 */
public final class ProducerGate {

  private static final ThreadLocal<TagReader> READER =
      ThreadLocal.withInitial(() -> new TagReader(WireNames.STANDARD, true));

  private final RouteSource source;
  private final Self self;
  private final Supplier<Carried> serving;
  private final Supplier<Carried> context;
  private final Map<String, ?> config;
  private final Journal journal;

  private ProducerGate(RouteSource source, Self self, Map<String, ?> config, Supplier<Carried> serving,
      Supplier<Carried> context, GateSettings settings) {
    this.source = source;
    this.self = self;
    this.config = config;
    this.serving = serving;
    this.context = context;
    journal = new Journal(settings.counters());
  }

  /**
   * A gate for a producer that is about to be made.
   *
   * @param source the table
   * @param self whose workload this process is; what a tenant's process sends of its own accord bears its tenancy
   * @param config the settings that the application gave its producer
   * @param context tag and stamp of the request that the current thread serves; {@link Carried#NOTHING} if untagged
   * @throws KafkaException if this process belongs to a tenant and has no incarnation
   */
  public static ProducerGate of(RouteSource source, Self self, Map<String, ?> config, Supplier<Carried> context,
      GateSettings settings) {
    return new ProducerGate(source, self, ClientIds.producer(self, config), context,
        ClientIds.isStreams(config) ? () -> Carried.NOTHING : context, settings);
  }

  /**
   * The settings to make the producer with: the application's own at the baseline, unless they name interceptors. These may
   * make a record anew, so one of ours comes behind them; under test always, for what others write into the headers.
   */
  public Map<String, Object> config() {
    Map<String, Object> plain = StreamsSettings.plain(config);
    Object named = config.get(StandIns.INTERCEPTORS);
    return self.isBaseline() && StandIns.entries(named).isEmpty()
        ? plain
        : StandIns.put(plain, this,
            Map.of(StandIns.INTERCEPTORS, StandIns.withLast(named, ProducerTagInterceptor.class)));
  }

  /**
   * The record to send.
   *
   * @return {@code record} itself where there is nothing to add; else a copy, so that a record that is sent twice, for two
   *     requests, bears each time the tag of its own
   */
  public <K, V> ProducerRecord<K, V> beforeSend(ProducerRecord<K, V> record) {
    Carried carried = current();
    if (!carried.isTagged()) {
      return record;
    }
    RouteView view = source.view();
    RouteTable table = view.table();
    WireNames names = table.names();
    TagReader reader = new TagReader(names, false);
    if (reader.read(record.headers())) {
      Carried borne = reader.tag().carried();
      if (!borne.tag().isMalformed()) {
        if (!borne.stamp().isNone()) {
          return record;
        }
        carried = borne.tag().equals(carried.tag()) ? carried : borne;
      }
    }
    Headers headers = new RecordHeaders(record.headers());
    Carried stamped = view.stamped(carried, false);
    RecordTags.write(headers, names, stamped);
    tell(stamped, record.topic());
    journal.count(Journal.CARRY_TAGGED);
    return new ProducerRecord<>(record.topic(), record.partition(), record.timestamp(), record.key(), record.value(),
        headers);
  }

  private void tell(Carried carried, String topic) {
    if (carried.trace() != null) {
      source.tell(Hop.now(carried, Hop.Kind.SEND, Hop.Place.of(self), topic, Hop.Outcome.PASS, "sent", null, null));
    }
  }

  /**
   * Whose a record is, where that is not the request that this thread is serving: a tracing library, which writes into the headers of
   * what is sent what is being served, has to be told so.
   *
   * @param record as {@link #beforeSend} gave it
   * @return {@link Carried#NOTHING} if nobody's; null where nobody has to be told anything
   */
  public @Nullable Carried another(ProducerRecord<?, ?> record) {
    Carried served = serving.get();
    if (!served.isTagged()) {
      return null;
    }
    TagReader reader = READER.get();
    reader.use(source.view().table().names());
    Carried borne = reader.read(record.headers()) ? reader.tag().carried() : Carried.NOTHING;
    return borne.equals(served) ? null : borne;
  }

  /**
   * The group whose offsets a transaction commits: under test the workload's own, where the application named the
   * baseline's by hand.
   */
  @SuppressWarnings("removal") // all that it can be said with
  public ConsumerGroupMetadata group(ConsumerGroupMetadata group) {
    Incarnation incarnation = self.incarnation();
    if (incarnation == null || group.groupId().endsWith(incarnation.groupFor(""))) {
      return group;
    }
    return new ConsumerGroupMetadata(incarnation.groupFor(group.groupId()), group.generationId(), group.memberId(),
        group.groupInstanceId());
  }

  /**
   * The offsets that a transaction commits, with what is claimed beyond them; without those of records that were handed over
   * again.
   *
   * @param group what {@link #group} gave
   */
  public Map<TopicPartition, OffsetAndMetadata> offsets(Map<TopicPartition, OffsetAndMetadata> offsets,
      ConsumerGroupMetadata group) {
    Map<TopicPartition, OffsetAndMetadata> own = offsets;
    if (areOfHandovers(offsets)) {
      own = new HashMap<>(offsets);
      own.keySet().removeIf(HandoverPlaces::isOne);
    }
    return self.isBaseline() ? own : Claims.carried(group.groupId(), own);
  }

  /**
   * Has a transaction commit how far records that were handed over again were processed, with those from which they came: in
   * the group in which they are read. Does nothing where there are none among these.
   *
   * @param offsets as the application gave them
   * @param group what {@link #group} gave
   * @param transaction to be told the offsets and the group
   */
  @SuppressWarnings("removal") // all that it can be said with
  public void handedOver(Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group,
      BiConsumer<Map<TopicPartition, OffsetAndMetadata>, ConsumerGroupMetadata> transaction) {
    if (!areOfHandovers(offsets)) {
      return;
    }
    HandoverTopics topics = new HandoverTopics(self, group.groupId());
    topics.look(source.view().table());
    Map<TopicPartition, OffsetAndMetadata> real = new HashMap<>();
    offsets.forEach((shown, offset) -> {
      TopicPartition partition = topics.places().real(shown);
      if (partition != null && offset != null) {
        real.put(partition, offset);
      }
    });
    if (!real.isEmpty()) {
      transaction.accept(real, new ConsumerGroupMetadata(topics.readers()));
    }
  }

  private static boolean areOfHandovers(Map<TopicPartition, OffsetAndMetadata> offsets) {
    return offsets.keySet().stream().anyMatch(HandoverPlaces::isOne);
  }

  private Carried current() {
    Carried carried = context.get();
    Tenancy own = self.tenancy();
    return carried.isTagged() || own == null ? carried : new Carried(Tag.of(own.text()), Stamp.NONE);
  }
}
