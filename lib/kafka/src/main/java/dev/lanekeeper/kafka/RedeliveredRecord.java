package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.ServiceName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A record that is handed over to a service again, through a topic that only one group of the service and its counterparts read: never
 * through the one it came from, where every other group would see it twice.
 *
 * @param record as it was put aside
 * @param receiver for which life of an override it is; empty: for the baseline
 */
public record RedeliveredRecord(QuarantinedRecord record, String receiver) {

  private static final String TOPIC_PREFIX = "lanekeeper.redelivered.";
  private static final String RECEIVER = "lanekeeper-receiver";
  private static final String GROUP = "lanekeeper-group";
  private static final String TOPIC = "lanekeeper-topic";
  private static final String ID = "lanekeeper-id";

  /**
   * The topic through which records are handed over again, on the cluster from which they came. Data planes do not call this: the
   * table lists the topics that there are.
   *
   * @param group of the baseline
   * @param origin the topic they came from
   */
  public static String topic(ServiceName service, String group, String origin) {
    byte[] both = (group + '\0' + origin).getBytes(StandardCharsets.UTF_8);
    return TOPIC_PREFIX + service.folded() + "." + HexFormat.of().formatHex(sha256(both), 0, 8);
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

  /** Whether a record that was written so is for this workload, in the counterpart of this group of the baseline. */
  static boolean isFor(Headers headers, Self self, String group) {
    Incarnation incarnation = self.incarnation();
    return text(headers, RECEIVER).equals(incarnation == null ? "" : incarnation.id())
        && text(headers, GROUP).equals(group);
  }

  /** The topic from which it came first. */
  static String origin(Headers headers) {
    return text(headers, TOPIC);
  }

  private static String text(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    byte @Nullable [] value = header == null ? null : header.value();
    return value == null ? "" : new String(value, StandardCharsets.UTF_8);
  }
}
