package dev.lanekeeper.kafka;

import dev.lanekeeper.model.ServiceName;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A record that was put aside, as it stands in the quarantine of a service: the record as it was, and where it came from. Of one
 * record there may be several copies, which have the same {@link #id}: they count as one.
 *
 * @param service which did not process it
 * @param reason why it was put aside
 * @param incarnation the life of an override whose record it was; empty if it was nobody's
 * @param group the group of the baseline that met it, or whose counterpart it stands in for
 * @param topic it came from
 * @param partition it came from
 * @param offset it had
 * @param timestampMillis it had
 * @param key it had
 * @param value it had
 * @param headers it had, tag and stamp among them
 * @param byReference whether it was too large to be copied: key and value are null, and are to be read where it came from
 */
@SuppressWarnings("ArrayRecordComponent") // what the client gives, as it is
public record QuarantinedRecord(ServiceName service, Reason reason, String incarnation, String group,
    String topic, int partition, long offset, long timestampMillis, byte @Nullable [] key, byte @Nullable [] value,
    Headers headers, boolean byReference) {

  /** A record with its key and value. */
  public QuarantinedRecord(ServiceName service, Reason reason, String incarnation, String group, String topic,
      int partition, long offset, long timestampMillis, byte @Nullable [] key, byte @Nullable [] value,
      Headers headers) {
    this(service, reason, incarnation, group, topic, partition, offset, timestampMillis, key, value, headers, false);
  }

  /** What the names of quarantines begin with. */
  public static final String TOPIC_PREFIX = "lanekeeper.quarantine.";
  private static final String PREFIX = "lanekeeper-";
  private static final String SERVICE = PREFIX + "service";
  private static final String REASON = PREFIX + "reason";
  private static final String INCARNATION = PREFIX + "incarnation";
  private static final String GROUP = PREFIX + "group";
  private static final String TOPIC = PREFIX + "topic";
  private static final String PARTITION = PREFIX + "partition";
  private static final String OFFSET = PREFIX + "offset";
  private static final String TIMESTAMP = PREFIX + "timestamp";
  private static final String KEY = PREFIX + "key";
  private static final String BY_REFERENCE = PREFIX + "by-reference";
  /** Longer than what a tag may travel in. */
  private static final int LONG_HEADER = 8192;

  /** Why a record was put aside. */
  public enum Reason {
    /** It was that of a workload under test, which ended without having processed it. */
    RESIDUE,
    /** The same; but the workload may have processed it. */
    PERHAPS_PROCESSED,
    /** Its tenant had ended. */
    ENDED,
    /** Nobody had registered its tenancy. */
    UNREGISTERED,
    /** Nobody could tell whose it was when it came. The control plane will, as soon as it can. */
    IN_DOUBT
  }

  /** The topic that holds what a service put aside, on the cluster from which it came. */
  public static String topic(ServiceName service) {
    return TOPIC_PREFIX + service.folded();
  }

  /**
   * A record as it was read.
   *
   * @param incarnation the life of an override whose record it was; empty if it was nobody's
   * @param group the group of the baseline
   */
  public static QuarantinedRecord of(ServiceName service, Reason reason, String incarnation, String group,
      ConsumerRecord<byte[], byte[]> record) {
    return new QuarantinedRecord(service, reason, incarnation, group, record.topic(), record.partition(),
        record.offset(),
        record.timestamp(), record.key(), record.value(), record.headers());
  }

  /** The same record with another reason. */
  public QuarantinedRecord because(Reason newReason) {
    return because(newReason, incarnation);
  }

  /** The same record with another reason, as the record of a life of an override. */
  public QuarantinedRecord because(Reason newReason, String newIncarnation) {
    return new QuarantinedRecord(service, newReason, newIncarnation, group, topic, partition, offset, timestampMillis,
        key,
        value, headers, byReference);
  }

  /** The same without what may be large: key, value, and headers that are too long to hold a tag. */
  public QuarantinedRecord asReference() {
    Headers small = new RecordHeaders();
    for (Header header : headers) {
      if (header.value() == null || header.value().length <= LONG_HEADER) {
        small.add(header);
      }
    }
    return new QuarantinedRecord(service, reason, incarnation, group, topic, partition, offset, timestampMillis, null,
        null, small, true);
  }

  /** The same with what stands where it came from. */
  public QuarantinedRecord whole(ConsumerRecord<byte[], byte[]> original) {
    return new QuarantinedRecord(service, reason, incarnation, group, topic, partition, offset, timestampMillis,
        original.key(), original.value(), original.headers(), false);
  }

  /** What copies of the same record have in common, and those of others do not. */
  public String id() {
    return topic + "-" + partition + "@" + offset + "/" + timestampMillis;
  }

  /** As it is written. */
  public ProducerRecord<byte[], byte[]> written() {
    Headers all = new RecordHeaders(headers.toArray());
    for (Header header : headers) {
      if (header.key().startsWith(PREFIX)) {
        all.remove(header.key());
      }
    }
    put(all, SERVICE, service.text());
    put(all, REASON, reason.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    put(all, INCARNATION, incarnation);
    put(all, GROUP, group);
    put(all, TOPIC, topic);
    put(all, PARTITION, "" + partition);
    put(all, OFFSET, "" + offset);
    put(all, TIMESTAMP, "" + timestampMillis);
    if (byReference) {
      put(all, BY_REFERENCE, "true");
    }
    if (key != null) {
      all.add(KEY, key);
    }
    return new ProducerRecord<>(topic(service), null, id().getBytes(StandardCharsets.UTF_8), value, all);
  }

  private static void put(Headers headers, String name, String text) {
    headers.add(name, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * What was written.
   *
   * @throws IllegalArgumentException if it was not written so
   */
  public static QuarantinedRecord read(ConsumerRecord<byte[], byte[]> written) {
    Headers headers = written.headers();
    Headers own = new RecordHeaders();
    for (Header header : headers) {
      if (!header.key().startsWith(PREFIX)) {
        own.add(header);
      }
    }
    Header key = headers.lastHeader(KEY);
    return new QuarantinedRecord(ServiceName.of(text(headers, SERVICE)),
        Reason.valueOf(text(headers, REASON).toUpperCase(Locale.ROOT).replace('-', '_')), text(headers, INCARNATION),
        text(headers, GROUP), notEmpty(headers, TOPIC), (int) place(headers, PARTITION, Integer.MAX_VALUE),
        place(headers, OFFSET, Long.MAX_VALUE),
        Long.parseLong(text(headers, TIMESTAMP)), key == null ? null : key.value(), written.value(), own,
        headers.lastHeader(BY_REFERENCE) != null);
  }

  private static String notEmpty(Headers headers, String name) {
    String text = text(headers, name);
    if (text.isEmpty()) {
      throw new IllegalArgumentException("header " + name + ": empty (expected: a name)");
    }
    return text;
  }

  private static long place(Headers headers, String name, long most) {
    long place = Long.parseLong(text(headers, name));
    if (place < 0 || place > most) {
      throw new IllegalArgumentException("header " + name + ": " + place + " (expected: 0 to " + most + ")");
    }
    return place;
  }

  private static String text(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    if (header == null || header.value() == null) {
      throw new IllegalArgumentException(
          "header " + name + ": missing (expected: what stands on each quarantined record)");
    }
    return new String(header.value(), StandardCharsets.UTF_8);
  }
}
