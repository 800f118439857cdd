package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.ServiceName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A record that is handed over to a service again, through a topic that only the members of one group of the service and of its counterparts read: never
 * through the one it came from, where every other group would see it twice.
 *
 * @param record as it was put aside
 * @param receiver for which life of an override it is; empty: for the baseline
 */
public record RedeliveredRecord(QuarantinedRecord record, String receiver) {

  /** What the names of such topics begin with. */
  private static final String TOPIC_PREFIX = "lanekeeper.redelivered.";
  private static final String GROUP_SUFFIX = ".redelivered";
  private static final String RECEIVER = "lanekeeper-receiver";
  private static final String GROUP = "lanekeeper-group";
  private static final String TOPIC = "lanekeeper-topic";
  private static final String ID = "lanekeeper-id";
  private static final Pattern PLACE = Pattern.compile("(.*)-(\\d+)@(\\d+)/(-?\\d+)");

  /**
   * The topic through which records are handed over again, on the cluster from which they came. Data planes do not call this: the
   * table lists the topics that there are.
   *
   * @param group of the baseline
   * @param origin the topic they came from
   */
  public static String topic(ServiceName service, String group, String origin) {
    byte[] both = (group + '\0' + origin).getBytes(StandardCharsets.UTF_8);
    return topicPrefix(service) + HexFormat.of().formatHex(sha256(both), 0, 8);
  }

  /** What the names of the topics of one service begin with, and perhaps those of others. */
  public static String topicPrefix(ServiceName service) {
    return TOPIC_PREFIX + service.folded() + ".";
  }

  /**
   * The group in which the members of a group of the baseline read these topics. Its counterparts of workloads under test are named
   * after it, as those of any group.
   */
  public static String groupFor(String group) {
    return group + GROUP_SUFFIX;
  }

  /** Whether this is such a group, by its name. */
  public static boolean isGroup(String name) {
    return name.endsWith(GROUP_SUFFIX);
  }

  /** The group of the baseline whose members read in this one. */
  public static String readFor(String group) {
    return group.substring(0, group.length() - GROUP_SUFFIX.length());
  }

  /** Whether this is such a topic, by its name. */
  public static boolean isTopic(String name) {
    return name.startsWith(TOPIC_PREFIX);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }

  /** As it is written. */
  public ProducerRecord<byte[], byte[]> written() {
    Headers headers = new RecordHeaders(record.headers().toArray());
    put(headers, RECEIVER, receiver);
    put(headers, GROUP, record.group());
    put(headers, TOPIC, record.topic());
    put(headers, ID, record.id());
    return new ProducerRecord<>(topic(record.service(), record.group(), record.topic()), null, record.key(),
        record.value(), headers);
  }

  private static void put(Headers headers, String name, String text) {
    headers.remove(name);
    headers.add(name, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * What was written.
   *
   * @param service to which it was handed over
   * @throws IllegalArgumentException if it was not written so
   */
  public static RedeliveredRecord read(ServiceName service, ConsumerRecord<byte[], byte[]> written) {
    Headers headers = written.headers();
    Matcher place = PLACE.matcher(text(headers, ID));
    if (!place.matches() || !place.group(1).equals(text(headers, TOPIC))) {
      throw new IllegalArgumentException(
          "header " + ID + ": \"" + text(headers, ID) + "\" (expected: where a record that is handed over came from)");
    }
    Headers own = new RecordHeaders(headers.toArray());
    List.of(RECEIVER, GROUP, TOPIC, ID).forEach(own::remove);
    return new RedeliveredRecord(
        new QuarantinedRecord(service, QuarantinedRecord.Reason.IN_DOUBT, "", text(headers, GROUP), place.group(1),
            Integer.parseInt(place.group(2)), Long.parseLong(place.group(3)), Long.parseLong(place.group(4)),
            written.key(), written.value(), own),
        text(headers, RECEIVER));
  }

  /** Whether a record that was written so is for this workload, in the counterpart of this group of the baseline. */
  static boolean isFor(Headers headers, Self self, String group) {
    Incarnation incarnation = self.incarnation();
    return text(headers, RECEIVER).equals(incarnation == null ? "" : incarnation.id())
        && text(headers, GROUP).equals(group);
  }

  private static String text(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    byte @Nullable [] value = header == null ? null : header.value();
    return value == null ? "" : new String(value, StandardCharsets.UTF_8);
  }
}
