package dev.lanekeeper.gateway.fairness;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** One server's share, with a clock that stands still between two steps. */
class ShareTest {

  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;
  private static final long KEEP = 600 * SECOND;
  /** The limit of a server of which nothing is known, where there is production. */
  private static final int LIMIT = 16;

  private long now = SECOND;
  private final ShareCounts counts = new ShareCounts();
  private final Share share =
      new Share(SimulatedServer.TO, () -> now, Duration.ofSeconds(3).toNanos(), counts);
  private final List<String> decided = new ArrayList<>();

  private Ticket enter(String tenant) {
    Ticket ticket = share.enter(ShareClass.TESTING, tenant, () -> decided.add(tenant));
    assertThat(ticket).isNotNull();
    return ticket;
  }

  private void produce() {
    Sample sample = share.production();
    assertThat(sample).isNotNull();
    sample.answered(false);
    sample.end();
  }

  /** All places are taken. */
  private List<Ticket> fill() {
    produce();
    List<Ticket> held = new ArrayList<>();
    for (int i = 0; i < LIMIT; i++) {
      held.add(enter("held " + i));
      assertThat(held.getLast().state()).isEqualTo(Ticket.State.HELD);
    }
    return held;
  }

  @Test
  void full_theNextWaits_andGoesWhenAPlaceIsFree() {
    List<Ticket> held = fill();
    Ticket waiting = enter("a");
    assertThat(waiting.state()).isEqualTo(Ticket.State.WAITING);
    assertThat(decided).isEmpty();

    held.getFirst().end();
    held.getFirst().end(); // once is enough

    assertThat(waiting.state()).isEqualTo(Ticket.State.HELD);
    assertThat(decided).containsExactly("a");
    assertThat(enter("b").state()).isEqualTo(Ticket.State.WAITING);
    assertThat(counts.snapshot()).isEqualTo(Map.of("wait.share.testing", 2L));
  }

  @Test
  void whoLeaves_waitsNoMore_andTakesNobodysPlace() {
    List<Ticket> held = fill();
    Ticket gone = enter("gone");
    Ticket waiting = enter("waiting");

    gone.end();
    held.getFirst().end();

    assertThat(waiting.state()).isEqualTo(Ticket.State.HELD);
    assertThat(decided).containsExactly("waiting");
  }

  @Test
  void answered_placeIsKeptUntilTheEnd_unlessTheRestMayLastForEver() {
    List<Ticket> held = fill();
    Ticket first = enter("first");

    held.getFirst().answered(false);
    assertThat(first.state()).isEqualTo(Ticket.State.WAITING);
    held.getFirst().answered(true);
    assertThat(first.state()).isEqualTo(Ticket.State.HELD);
  }

  @Test
  void patienceIsOver_isRefused_withWhenToAskAgain() {
    fill();
    Ticket waiting = enter("a");
    now += 30 * SECOND + 1; // nobody has found that it is in production's way
    assertThat(share.tick(KEEP)).isFalse();

    assertThat(waiting.state()).isEqualTo(Ticket.State.REFUSED);
    assertThat(waiting.refusal().status()).isEqualTo(429);
    assertThat(waiting.refusal().code()).isEqualTo("share-exceeded");
    assertThat(waiting.refusal().retryAfterSeconds()).isPositive();
    assertThat(decided).containsExactly("a");
    assertThat(counts.snapshot()).containsEntry("refuse.share-exceeded.testing", 1L);
  }

  /** A calls B calls A: those who are there wait for those who wait. */
  @Test
  void stalled_oneMoreGoes() {
    fill();
    Ticket nested = enter("a");
    now += SECOND / 2;
    share.tick(KEEP);

    assertThat(nested.state()).isEqualTo(Ticket.State.HELD);
  }

  @Test
  void thereForLong_takesNobodysPlace() {
    produce();
    Ticket hung = enter("hung");
    for (int i = 1; i < LIMIT; i++) {
      enter("held");
    }
    now += 10 * SECOND;
    produce();
    share.tick(KEEP);

    assertThat(hung.state()).isEqualTo(Ticket.State.OVER);
    for (int i = 0; i < LIMIT; i++) {
      assertThat(enter("new").state()).isEqualTo(Ticket.State.HELD);
    }
    hung.end();
    assertThat(enter("one too many").state()).isEqualTo(Ticket.State.WAITING);
  }

  @Test
  void whoCannotBeTold_leavesHisPlaceToOthers() {
    List<Ticket> held = fill();
    Ticket dead = share.enter(ShareClass.TESTING, "dead", () -> {
      throw new RejectedExecutionException("its loop is no more");
    });
    assertThat(dead).isNotNull();
    Ticket next = enter("next");

    held.getFirst().end();

    assertThat(dead.state()).isEqualTo(Ticket.State.OVER);
    assertThat(next.state()).isEqualTo(Ticket.State.HELD);
  }

  @Test
  void production_isLookedAtNowAndThen() {
    assertThat(share.production()).isNotNull();
    assertThat(share.production()).isNull();
    now += 2 * MILLI;
    assertThat(share.production()).isNotNull();
  }

  @Test
  void unused_isForgotten_andTakesNobody() {
    enter("a").end();
    now += KEEP - 1;
    assertThat(share.tick(KEEP)).isFalse();
    now += 1;
    assertThat(share.tick(KEEP)).isTrue();
    assertThat(share.enter(ShareClass.TESTING, "a", () -> {
    })).isNull();
  }
}
