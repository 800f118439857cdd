package dev.lanekeeper.junit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanekeeper.api.HopInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

class LeakCheckTest {

  private final LeakCheck check = new LeakCheck(Duration.ofMillis(120));

  private static Requests.Sent sent(String name) {
    return new Requests.Sent(name, Set.of("B", "C", "Stubbed"), Set.of("Stubbed"));
  }

  private static HopInfo hop(String kind, @Nullable String at, @Nullable String incarnation, String to, String outcome,
      String reason) {
    return new HopInfo("t", 1, kind, at, incarnation, null, to, "123", "", outcome, reason, null, null, null);
  }

  private void check(HopInfo... hops) throws InterruptedException {
    check.check(List.of(sent("t")), name -> List.of(hops));
  }

  private void leaks(HopInfo... hops) {
    assertThatThrownBy(() -> check(hops)).isInstanceOf(AssertionFailedError.class).hasMessageStartingWith("leak: ");
  }

  private void doesNotLeak(HopInfo... hops) {
    assertThatCode(() -> check(hops)).doesNotThrowAnyException();
  }

  @Test
  void whoeverWasOverridden_servedByItsBaseline_isALeak() {
    leaks(hop("call", "A", null, "B", "pass", "baseline"));
    leaks(hop("call", "A", null, "b", "pass", "untagged"));
    leaks(hop("call", "A", null, "B", "pass", "unregistered-baseline"));
    leaks(hop("enter", null, null, "B", "pass", "ended-baseline"));
    leaks(hop("arrive", "B", null, "B", "pass", "served"));
    leaks(hop("consume", "C", null, "orders[0]@1", "pass", "baseline"));
  }

  @Test
  void whatStaysInItsLane_isNone() {
    doesNotLeak(hop("call", "A", null, "B", "redirect", "override"), hop("arrive", "B", "i1", "B", "pass", "own"),
        hop("call", "B", "i1", "D", "pass", "baseline"), hop("arrive", "D", null, "D", "pass", "served"),
        hop("consume", "C", null, "orders[0]@1", "skip", "foreign"),
        hop("consume", "C", "i2", "orders[0]@1", "pass", "own"),
        hop("send", "B", null, "C", "pass", "sent"), hop("call", "A", null, "B", "refuse", "tenancy-in-doubt"));
  }

  @Test
  void whatStubsLeaveToTheOwner_isNone_andWhatNeverMetThemIsOne() {
    HopInfo arrival = hop("arrive", "Stubbed", null, "Stubbed", "pass", "baseline");
    doesNotLeak(hop("stub", null, null, "Stubbed", "pass", "stubs"),
        hop("stub", null, null, "Stubbed", "pass", "baseline"),
        arrival);
    leaks(arrival);
    leaks(hop("stub", null, null, "Stubbed", "pass", "stubs"), arrival);
  }

  @Test
  void nothingHeard_isALeakForAllThatAnybodyKnows() {
    assertThatThrownBy(() -> check()).hasMessageContaining("nothing was heard of");
  }

  @Test
  void nothingSent_orNothingOverridden_isNotAsked() {
    assertThatCode(() -> check.check(List.of(), name -> {
      throw new AssertionError("asked");
    })).doesNotThrowAnyException();
    assertThatCode(
        () -> new LeakCheck(Duration.ofDays(1)).check(List.of(new Requests.Sent("t", Set.of(), Set.of())), name -> {
          throw new AssertionError("asked");
        })).doesNotThrowAnyException();
  }

  /** What a request causes may be heard late: it is waited for until nothing more comes. */
  @Test
  void whatIsHeardLate_isSeen() {
    AtomicInteger asked = new AtomicInteger();
    HopInfo call = hop("call", "A", null, "B", "redirect", "override");
    assertThatThrownBy(() -> check.check(List.of(sent("t")), name -> asked.incrementAndGet() < 2
        ? List.of(call)
        : List.of(call, hop("consume", "C", null, "orders[0]@1", "pass", "baseline"))))
        .hasMessageContaining("C of the baseline consumes orders[0]@1");
    assertThatThrownBy(() -> check.check(List.of(sent("t"), sent("u")),
        name -> name.equals("t") ? List.of(call) : List.of(hop("arrive", "B", null, "B", "pass", "x"))))
        .hasMessageContaining("trace u, ").hasMessageNotContaining("trace t, ");
  }

  /** Stubs left one call to the owner; another never met them. */
  @Test
  void stubsThatLeftOneCall_areNoExcuseForAnother() {
    leaks(hop("call", "A", null, "Stubbed", "redirect", "override"),
        hop("stub", null, null, "Stubbed", "pass", "stubs"), hop("stub", null, null, "Stubbed", "pass", "baseline"),
        hop("arrive", "Stubbed", null, "Stubbed", "pass", "baseline"),
        hop("consume", "Stubbed", null, "orders[0]@1", "pass", "baseline"));
  }

  /** A consumer that sends to itself for ever: the test ends all the same. */
  @Test
  @org.junit.jupiter.api.Timeout(20)
  void requestThatNeverEnds_isJudgedAllTheSame() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    check.check(List.of(sent("t")), name -> {
      List<HopInfo> all = new ArrayList<>();
      for (int i = asked.incrementAndGet(); i > 0; i--) {
        all.add(hop("consume", "C", "i2", "orders[0]@1", "pass", "own"));
      }
      return all;
    });
  }
}
