package dev.lanekeeper.agent.springkafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanekeeper.agent.PublishedLanes;
import dev.lanekeeper.boot.ContextSource;
import dev.lanekeeper.boot.Lanes;
import dev.lanekeeper.kafka.RecordTags;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.WireNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.kafka.listener.ListenerExecutionFailedException;

class SpringBatchesTest {

  private final List<String> heard = new ArrayList<>();
  private final PublishedLanes lanes = PublishedLanes.with(new Serving());

  @AfterEach
  void stop() {
    lanes.close();
  }

  /** What a thread serves. */
  private static final class Serving implements ContextSource {
    private Carried now = Carried.NOTHING;

    @Override
    public Carried current() {
      return now;
    }

    @Override
    public Stamp settle(Tag tag, Stamp stamp) {
      return stamp;
    }

    @Override
    public Object here() {
      return this;
    }

    @Override
    public void backTo(Object here) {
      // Nothing was left.
    }

    @Override
    public Served serve(Carried carried) {
      Carried before = now;
      now = carried;
      return () -> now = before;
    }

    @Override
    public <T> Supplier<T> bound(Supplier<T> action) {
      return action;
    }
  }

  /** As Spring's: private, under the advice, with a listener that may fail, or give back, at a value. */
  @SuppressWarnings("UnusedVariable") // read by their names
  private final class Listening {
    private long nackSleepDurationMillis = -1;
    private int nackIndex;
    private final String failing;
    private final String givingBack;

    Listening(String failing, String givingBack) {
      this.failing = failing;
      this.givingBack = givingBack;
    }

    void receive(ConsumerRecords<Object, Object> polled, @Nullable List<ConsumerRecord<Object, Object>> list)
        throws Throwable {
      ContextSource.Served served = SpringBatches.begin(this, polled, list);
      try {
        if (!(served instanceof SpringBatches.Done)) {
          listen(list == null ? all(polled) : list);
        }
      } finally {
        if (served != null) {
          served.close();
        }
      }
    }

    @SuppressWarnings("unused") // by its name
    private void invokeBatchOnMessageWithRecordsOrList(ConsumerRecords<Object, Object> polled,
        @Nullable List<ConsumerRecord<Object, Object>> list) throws Throwable {
      receive(polled, list);
    }

    private void listen(List<ConsumerRecord<Object, Object>> batch) {
      heard.add(Lanes.context().current().tag().text() + batch.stream().map(ConsumerRecord::value).toList());
      for (int i = 0; i < batch.size(); i++) {
        if (batch.get(i).value().equals(failing)) {
          throw new ListenerExecutionFailedException("failed", new BatchListenerFailedException("at " + failing, i));
        }
        if (batch.get(i).value().equals(givingBack)) {
          nackSleepDurationMillis = 0;
          nackIndex = i;
          return;
        }
      }
    }
  }

  private static List<ConsumerRecord<Object, Object>> all(ConsumerRecords<Object, Object> polled) {
    List<ConsumerRecord<Object, Object>> all = new ArrayList<>();
    polled.forEach(all::add);
    return all;
  }

  /** A record for each letter: small ones untagged, of capital ones their tenancy. */
  private static List<ConsumerRecord<Object, Object>> batch(String letters) {
    List<ConsumerRecord<Object, Object>> batch = new ArrayList<>();
    for (int i = 0; i < letters.length(); i++) {
      String letter = letters.substring(i, i + 1);
      ConsumerRecord<Object, Object> record = new ConsumerRecord<>("orders", 0, i, "k", letter + i);
      if (Character.isUpperCase(letter.charAt(0))) {
        RecordTags.write(record.headers(), WireNames.STANDARD, new Carried(Tag.of(letter), new Stamp(1, 0xabc)));
      }
      batch.add(record);
    }
    return batch;
  }

  @SuppressWarnings("deprecation") // where it stands behind does not matter here
  private static ConsumerRecords<Object, Object> polled(List<ConsumerRecord<Object, Object>> batch) {
    Map<TopicPartition, List<ConsumerRecord<Object, Object>>> partitions = new LinkedHashMap<>();
    partitions.put(new TopicPartition("orders", 0), batch);
    return new ConsumerRecords<>(partitions);
  }

  private void receive(Listening listening, String letters) throws Throwable {
    listening.receive(polled(batch(letters)), batch(letters));
  }

  @Test
  void mixedBatch_isHandedOverOneTenancyAtATime_andNothingIsServedAfterwards() throws Throwable {
    receive(new Listening("", ""), "aaXXbYX");
    assertThat(heard).containsExactly("[a0, a1]", "X[X2, X3]", "[b4]", "Y[Y5]", "X[X6]");
    assertThat(Lanes.context().current()).isEqualTo(Carried.NOTHING);
  }

  @Test
  void batchAsItWasPolled_isTakenApartLikewise() throws Throwable {
    new Listening("", "").receive(polled(batch("aXX")), null);
    assertThat(heard).containsExactly("[a0]", "X[X1, X2]");
  }

  @Test
  void batchOfOneTenancy_isHandedOverAsAWhole_andServed() throws Throwable {
    receive(new Listening("", ""), "XXX");
    receive(new Listening("", ""), "abc");
    assertThat(heard).containsExactly("X[X0, X1, X2]", "[a0, b1, c2]");
  }

  @Test
  void failureAtAnIndex_isToldInTermsOfTheWholeBatch_andNothingMoreIsHandedOver() {
    assertThatThrownBy(() -> receive(new Listening("X3", ""), "aXXXb")).isInstanceOfSatisfying(
        BatchListenerFailedException.class, failure -> assertThat(failure.getIndex()).isEqualTo(3));
    assertThat(heard).containsExactly("[a0]", "X[X1, X2, X3]");
    assertThat(Lanes.context().current()).isEqualTo(Carried.NOTHING);
  }

  @Test
  void givenBack_isToldInTermsOfTheWholeBatch_andNothingMoreIsHandedOver() throws Throwable {
    Listening listening = new Listening("", "X2");
    receive(listening, "aXXXb");
    assertThat(listening.nackIndex).isEqualTo(2);
    assertThat(heard).containsExactly("[a0]", "X[X1, X2, X3]");
  }

  @Test
  void containerThatIsNotKnown_isHandedAMixedBatchAsAWhole_untagged() throws Throwable {
    try (ContextSource.Served served = SpringBatches.begin(new Object(), polled(batch("aX")), batch("aX"))) {
      assertThat(served).isNotNull().isNotInstanceOf(SpringBatches.Done.class);
      assertThat(Lanes.context().current()).isEqualTo(Carried.NOTHING);
    }
  }
}
