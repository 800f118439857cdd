package dev.lanekeeper.controlplane.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.store.InMemoryStore;
import dev.lanekeeper.controlplane.store.Memory;
import dev.lanekeeper.controlplane.store.OwnTopic;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.QuarantinedRecord.Reason;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.Handover;
import dev.lanekeeper.model.ServiceName;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class HandoversTest {

  private static final ServiceName C = ServiceName.of("C");
  private static final OwnTopic TOPIC =
      new OwnTopic("kafka", C, new Handover("c", "orders", RedeliveredRecord.topic(C, "c", "orders")));

  private final Store store = new InMemoryStore(new Memory(), InstantSource.system(), new SplittableRandom(1));
  private final List<String> asked = new ArrayList<>();
  private final GroupBroker broker = (GroupBroker) Proxy.newProxyInstance(getClass().getClassLoader(),
      new Class<?>[]{GroupBroker.class}, (_, method, _) -> {
        asked.add(method.getName());
        return null;
      });
  private final Handovers handovers = new Handovers(store, broker,
      new ClusterDocument("default", "127.0.0.1:9092", Map.of()), "kafka", System::nanoTime);

  private boolean prepare() {
    return handovers.prepare(new QuarantinedRecord(C, Reason.RESIDUE, "", "c", "orders", 0, 1, 1, null, new byte[1],
        new RecordHeaders()));
  }

  private boolean isListed() {
    var service = store.catalog().table().service(C);
    return service != null && service.handovers().contains(TOPIC.handover());
  }

  /** Or what is written to it would go with it. */
  @Test
  void prepare_topicIsBeingDeletedByAnotherControlPlane_waitsUntilItIsGone() {
    assertThat(prepare()).isTrue();
    handovers.unlist(TOPIC);
    store.inTransaction(transaction -> {
      transaction.ledger().going(TOPIC);
      return true;
    });

    assertThat(prepare()).as("made by this one before").isFalse();
    handovers.forget();
    asked.clear();
    assertThat(prepare()).as("to be made").isFalse();
    assertThat(asked).isEmpty();
    assertThat(isListed()).isFalse();

    store.inTransaction(transaction -> {
      transaction.ledger().gone(TOPIC);
      return true;
    });
    assertThat(prepare()).isTrue();
    assertThat(isListed()).isTrue();
  }
}
