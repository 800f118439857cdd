package dev.lanekeeper.controlplane.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanekeeper.api.ClusterDocument;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdminsTest {

  private static final ClusterDocument NOBODY = new ClusterDocument("default", "127.0.0.1:1", Map.of());
  private static final Duration SHORT = Duration.ofMillis(1);

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final Admins admins = new Admins(nanos::get);

  @AfterEach
  void close() {
    admins.close();
  }

  private void noAnswer() {
    assertThatThrownBy(() -> admins.answer(NOBODY, "ask", new KafkaFutureImpl<>(), SHORT, Admins.Never.class))
        .isInstanceOfSatisfying(BrokerException.class, e -> assertThat(e.isUnreachable()).isTrue());
  }

  @Test
  void oneSlowAnswer_othersKeepTheirClient() {
    Admin client = admins.of(NOBODY);
    nanos.addAndGet(Duration.ofSeconds(60).toNanos());
    assertThat(admins.answer(NOBODY, "ask", KafkaFuture.completedFuture("yes"), SHORT, Admins.Never.class))
        .isEqualTo("yes");

    noAnswer();

    assertThat(admins.of(NOBODY)).isSameAs(client);
  }

  @Test
  void noAnswersAnyMore_itIsMadeAnew_andNotAtOnceAgain() {
    Admin client = admins.of(NOBODY);
    nanos.addAndGet(Duration.ofSeconds(6).toNanos());

    noAnswer();

    Admin next = admins.of(NOBODY);
    assertThat(next).isNotSameAs(client);
    noAnswer();
    assertThat(admins.of(NOBODY)).isSameAs(next);
  }
}
