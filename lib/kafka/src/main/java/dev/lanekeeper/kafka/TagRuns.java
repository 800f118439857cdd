package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.WireNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * A batch of records in runs: as many as stand one behind the other with the same tag and stamp. What is caused by a run as a whole
 * is caused by one request's kind; what is caused by a mixed batch would be nobody's, or everybody's.
 *
 * @param carried tag and stamp of all its records; {@link Carried#NOTHING} where they are untagged
 * @param first which of the batch its first record is, from 0
 * @param records at least one
 */
public record TagRuns<K, V>(Carried carried, int first, List<ConsumerRecord<K, V>> records) {

  /** Whether any of these bears a tag. Allocates nothing for a record without a tag. */
  public static boolean areTagged(List<? extends ConsumerRecord<?, ?>> records, WireNames names) {
    TagReader reader = new TagReader(names, true);
    for (int i = 0; i < records.size(); i++) {
      if (reader.read(records.get(i).headers())) {
        return true;
      }
    }
    return false;
  }

  /** The runs of a batch, in its order. */
  public static <K, V> List<TagRuns<K, V>> of(List<ConsumerRecord<K, V>> records, WireNames names) {
    List<TagRuns<K, V>> runs = new ArrayList<>();
    int first = 0;
    Carried present = Carried.NOTHING;
    for (int i = 0; i < records.size(); i++) {
      // Whether somebody looks on changes nothing of what is handed over at a time.
      Carried carried = RecordTags.read(records.get(i).headers(), names).tracedBy(null);
      if (i > first && !carried.equals(present)) {
        runs.add(new TagRuns<>(present, first, List.copyOf(records.subList(first, i))));
        first = i;
      }
      present = carried;
    }
    if (first < records.size()) {
      runs.add(new TagRuns<>(present, first, List.copyOf(records.subList(first, records.size()))));
    }
    return runs;
  }

  /** All records of a poll, as they are iterated over. No tracing library hears of it. */
  public static <K, V> List<ConsumerRecord<K, V>> all(ConsumerRecords<K, V> polled) {
    List<ConsumerRecord<K, V>> all = new ArrayList<>(polled.count());
    for (TopicPartition partition : polled.partitions()) {
      List<ConsumerRecord<K, V>> records = polled.records(partition);
      for (int i = 0; i < records.size(); i++) {
        all.add(records.get(i));
      }
    }
    return all;
  }

  /** The run as if it had been polled by itself. */
  public ConsumerRecords<K, V> polled() {
    Map<TopicPartition, List<ConsumerRecord<K, V>>> partitions = new LinkedHashMap<>();
    Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
    for (ConsumerRecord<K, V> each : records) {
      TopicPartition partition = new TopicPartition(each.topic(), each.partition());
      partitions.computeIfAbsent(partition, key -> new ArrayList<>()).add(each);
      next.put(partition, new OffsetAndMetadata(each.offset() + 1, each.leaderEpoch(), ""));
    }
    return Clients.records(partitions, next);
  }
}
