package dev.lanekeeper.kafka;

import java.util.Collection;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The topics that an application of Kafka Streams has for itself, between its parts and for its state. Whose the records in them are
 * was decided when it read what they came from: all of them are its own, whatever tag they bear.
 *
 * <p><b>Threads.</b> Belongs to one, as its gate does.
 */
final class OwnTopics {

  /** As Kafka's own tools tell them from others. */
  private static final Pattern FORM = Pattern.compile(".*-(changelog|repartition|subscription-registration-topic"
      + "|subscription-response-topic|KTABLE-FK-JOIN-SUBSCRIPTION-(REGISTRATION|RESPONSE)-\\d+-topic)");

  /** Of a client that is no part of such an application. */
  static final OwnTopics NONE = new OwnTopics("");

  private final String prefix;
  private final boolean any;
  private @Nullable String recent;
  private boolean recentOwn;

  private OwnTopics(String application) {
    any = !application.isEmpty();
    prefix = application + "-";
  }

  /** Those of the application that a client with these settings is a part of; none for any other client. */
  static OwnTopics of(Map<String, ?> config) {
    return new OwnTopics(ClientIds.text(config.get(StreamsSettings.APPLICATION)));
  }

  /** Whether the client is a part of such an application at all. */
  boolean isAny() {
    return any;
  }

  /** Whether this is one of them. */
  @SuppressWarnings("ReferenceEquality") // the records of a partition bear the very same name
  boolean has(String topic) {
    if (!any) {
      return false;
    }
    if (topic != recent) {
      recent = topic;
      recentOwn = isOf(prefix, topic);
    }
    return recentOwn;
  }

  /** Whether all of these are. */
  boolean haveAll(Collection<TopicPartition> partitions) {
    return isAny() && partitions.stream().allMatch(partition -> isOf(prefix, partition.topic()));
  }

  private static boolean isOf(String prefix, String topic) {
    return topic.startsWith(prefix) && FORM.matcher(topic).matches();
  }
}
