package dev.lanekeeper.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.WireNames;
import dev.lanekeeper.testkit.Seeded;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class TagRunsTest {

  private static final Stamp FIRST = new Stamp(1, 7);
  private static final Stamp SECOND = new Stamp(2, 8);

  private static ConsumerRecord<String, String> record(int partition, long offset, Carried carried) {
    ConsumerRecord<String, String> record =
        new ConsumerRecord<>("orders", partition, offset, "k", partition + "-" + offset);
    if (carried.isTagged()) {
      RecordTags.write(record.headers(), WireNames.STANDARD, carried);
    }
    return record;
  }

  private static Carried tagged(String tenancy, Stamp stamp) {
    return new Carried(Tag.of(tenancy), stamp);
  }

  @Test
  void runs_changeWithTagAndStamp_andKeepTheOrder() {
    List<ConsumerRecord<String, String>> batch = List.of(record(0, 3, Carried.NOTHING), record(0, 4, Carried.NOTHING),
        record(0, 7, tagged("a", FIRST)), record(1, 1, tagged("a", FIRST)), record(1, 2, tagged("a", SECOND)),
        record(1, 3, tagged("b", SECOND)), record(1, 4, Carried.NOTHING));
    assertThat(TagRuns.areTagged(batch, WireNames.STANDARD)).isTrue();
    assertThat(TagRuns.of(batch, WireNames.STANDARD)).containsExactly(
        new TagRuns<>(Carried.NOTHING, 0, batch.subList(0, 2)),
        new TagRuns<>(tagged("a", FIRST), 2, batch.subList(2, 4)),
        new TagRuns<>(tagged("a", SECOND), 4, batch.subList(4, 5)),
        new TagRuns<>(tagged("b", SECOND), 5, batch.subList(5, 6)),
        new TagRuns<>(Carried.NOTHING, 6, batch.subList(6, 7)));
  }

  @Test
  void untagged_areSeenToBe_andNothingIsNothing() {
    ConsumerRecord<String, String> other = record(0, 1, Carried.NOTHING);
    other.headers().add("baggage", LogConsumer.bytes("region=eu")).add("traceparent", LogConsumer.bytes("00-1"));
    assertThat(TagRuns.areTagged(List.of(other), WireNames.STANDARD)).isFalse();
    assertThat(TagRuns.of(List.<ConsumerRecord<String, String>>of(), WireNames.STANDARD)).isEmpty();
  }

  @Test
  void polled_standsBehindItsLastRecords() {
    List<ConsumerRecord<String, String>> batch = List.of(record(0, 3, Carried.NOTHING), record(1, 9, Carried.NOTHING));
    ConsumerRecords<String, String> polled = TagRuns.of(batch, WireNames.STANDARD).get(0).polled();
    assertThat(TagRuns.all(polled)).isEqualTo(batch);
    assertThat(polled.nextOffsets()).isEqualTo(Map.of(new TopicPartition("orders", 0), new OffsetAndMetadata(4),
        new TopicPartition("orders", 1), new OffsetAndMetadata(10)));
  }

  @Test
  void anyBatch_isItsRuns_oneBehindTheOther_andNeighboursDiffer() {
    Seeded random = Seeded.of("TagRunsTest");
    List<Carried> kinds = List.of(Carried.NOTHING, tagged("a", FIRST), tagged("a", SECOND), tagged("b", FIRST));
    for (int i = 0; i < 200; i++) {
      List<ConsumerRecord<String, String>> batch = new ArrayList<>();
      for (int at = random.below(20); at > 0; at--) {
        batch.add(record(0, batch.size(), random.oneOf(kinds)));
      }
      List<ConsumerRecord<String, String>> again = new ArrayList<>();
      Carried before = null;
      for (TagRuns<String, String> run : TagRuns.of(batch, WireNames.STANDARD)) {
        assertThat(run.first()).isEqualTo(again.size());
        assertThat(run.carried()).isNotEqualTo(before);
        run.records().forEach(
            record -> assertThat(RecordTags.read(record.headers(), WireNames.STANDARD)).isEqualTo(run.carried()));
        again.addAll(run.records());
        before = run.carried();
      }
      assertThat(again).isEqualTo(batch);
    }
  }

  /** Whether somebody looks on changes nothing of what an application is given at a time. */
  @Test
  void runs_doNotChangeWithTheTrace() {
    List<ConsumerRecord<String, String>> batch = List.of(record(0, 1, tagged("a", FIRST).tracedBy("t1")),
        record(0, 2, tagged("a", FIRST).tracedBy("t2")), record(0, 3, tagged("a", FIRST)),
        record(0, 4, Carried.NOTHING.tracedBy("t3")), record(0, 5, Carried.NOTHING));
    assertThat(TagRuns.of(batch, WireNames.STANDARD)).hasSize(2);
  }
}
