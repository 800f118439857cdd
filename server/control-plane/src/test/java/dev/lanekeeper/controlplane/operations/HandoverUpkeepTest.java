package dev.lanekeeper.controlplane.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.store.InMemoryStore;
import dev.lanekeeper.controlplane.store.Memory;
import dev.lanekeeper.controlplane.store.OwnTopic;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.Handover;
import dev.lanekeeper.model.ServiceName;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What becomes of hand-over topics while the broker does not answer. */
class HandoverUpkeepTest {

  private static final ServiceName C = ServiceName.of("C");
  private static final ClusterDocument CLUSTER = new ClusterDocument("default", "127.0.0.1:9092", Map.of());

  private final Store store = new InMemoryStore(new Memory(), InstantSource.system(), new SplittableRandom(1));
  /** Whose ends the broker was asked for. */
  private final List<String> asked = new ArrayList<>();
  /** It is asked for the ends of topics, and does not answer. */
  private final GroupBroker broker = (GroupBroker) Proxy.newProxyInstance(getClass().getClassLoader(),
      new Class<?>[]{GroupBroker.class}, (_, method, arguments) -> {
        if (method.getName().equals("ends")) {
          ((Set<?>) arguments[1]).forEach(topic -> asked.add(String.valueOf(topic)));
        }
        throw BrokerException.unreachable("default", method.getName(), new TimeoutException("no leader"));
      });
  private long nanos = 1;
  private final HandoverUpkeep upkeep = new HandoverUpkeep(store, broker, CLUSTER,
      new SameKafka("kafka", Set.of("default"), Set.of()),
      new Handovers(store, broker, CLUSTER, "kafka", () -> nanos), () -> nanos);

  private static OwnTopic topic(String origin) {
    return new OwnTopic("kafka", C, new Handover("c", origin, RedeliveredRecord.topic(C, "c", origin)));
  }

  private OwnTopic made(String origin) {
    OwnTopic topic = topic(origin);
    store.inTransaction(transaction -> {
      transaction.ledger().made(topic);
      return topic;
    });
    return topic;
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  @Test
  void beingDeleted_withoutAnAnswer_isGoneAsSoonAsItIsNotThere() {
    OwnTopic topic = made("orders");
    store.inTransaction(transaction -> {
      transaction.ledger().going(topic);
      return topic;
    });
    assertThatThrownBy(() -> upkeep.look(Set.of(topic.topic()))).isInstanceOf(BrokerException.class);

    upkeep.look(Set.of()); // it was deleted all the same, and a moment later

    List<OwnTopic> going = List.copyOf(store.read(ledger -> ledger.goingTopics("kafka")));
    List<OwnTopic> known =
        store.inTransaction(transaction -> List.copyOf(transaction.ledger().ownTopics("kafka")));
    assertThat(going).isEmpty();
    assertThat(known).isEmpty();
  }

  /** Two of them are waited for in each look; those that have rested come behind those that were not asked. */
  @Test
  void topicsThatDoNotAnswer_keepNoOtherFromItsTurn() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 14; i++) {
      names.add(made("orders-" + i).topic());
    }

    for (int look = 0; look < 7; look++) {
      assertThatThrownBy(() -> upkeep.look(Set.copyOf(names))).isInstanceOf(BrokerException.class);
      pass(Duration.ofMinutes(1));
    }

    assertThat(asked).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(names);
  }
}
