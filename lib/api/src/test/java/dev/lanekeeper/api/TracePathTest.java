package dev.lanekeeper.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TracePathTest {

  private long at;

  /** {@code at}: a service, and behind a slash the tenancy whose workload it is; the incarnation is {@code i} and the tenancy. */
  private HopInfo hop(String kind, @Nullable String at, String to, String outcome, String reason,
      @Nullable String owner) {
    String[] place = at == null ? new String[0] : at.split("/", 2);
    String tenancy = place.length > 1 ? place[1] : null;
    return new HopInfo("t", ++this.at, kind, place.length > 0 ? place[0] : null, tenancy == null ? null : "i" + tenancy,
        tenancy, to, "123", "2-00000001", outcome, reason, null, owner == null ? null : "i" + owner, owner);
  }

  private List<HopInfo> lane() {
    return new ArrayList<>(List.of(
        hop("enter", null, "A", "pass", "baseline", null),
        hop("arrive", "A", "A", "pass", "served", null),
        hop("call", "A", "B", "redirect", "override", "123"),
        hop("arrive", "B/123", "B", "pass", "own", "123"),
        hop("send", "B/123", "orders", "pass", "sent", null),
        hop("consume", "C", "orders[0]@17", "skip", "foreign", null),
        hop("consume", "C/123", "orders[0]@17", "pass", "own", "123"),
        hop("call", "C/123", "D", "pass", "baseline", null)));
  }

  @Test
  void drawn_aLane_isATree() {
    assertThat(TracePath.of(lane()).drawn()).containsExactly(
        "enters for A -> baseline  (baseline)",
        "`- A of the baseline serves  (served)",
        "   `- A of the baseline calls B -> 123  (override)",
        "      `- B of 123 serves  (own)",
        "         `- B of 123 sends orders  (sent)",
        "            |- C of the baseline passes over orders[0]@17  (foreign)",
        "            `- C of 123 consumes orders[0]@17  (own)",
        "               `- C of 123 calls D -> baseline  (baseline)");
  }

  @Test
  void of_hopsInAnyOrder_isTheSamePath() {
    long seed = System.nanoTime();
    List<HopInfo> hops = lane();
    TracePath path = TracePath.of(hops);
    Collections.shuffle(hops, new Random(seed));
    assertThat(TracePath.of(hops)).as("seed " + seed).isEqualTo(path);
  }

  @Test
  void visits_areWhoServed_orWasSaidToByWhoCalled() {
    assertThat(TracePath.of(lane()).visits()).map(Object::toString)
        .containsExactly("A=baseline", "B=123", "C=123", "D=baseline");
  }

  @Test
  void visits_stubsThatLeaveItToTheOwner_areBoth() {
    TracePath path = TracePath.of(List.of(hop("call", "A", "B", "redirect", "override", "123"),
        hop("stub", null, "B", "pass", "stubs", "123"), hop("stub", null, "B", "pass", "baseline", null),
        hop("arrive", "B", "B", "pass", "baseline", null)));
    assertThat(path.visits()).map(Object::toString).containsExactly("B=123 (stubs)", "B=baseline");
    assertThat(path.drawn()).containsExactly(
        "A of the baseline calls B -> 123  (override)",
        "`- stubs for B of 123 are asked  (stubs)",
        "   `- stubs for B -> baseline  (baseline)",
        "      `- B of the baseline serves  (baseline)");
  }

  @Test
  void visits_whoIsRefused_servesNobody() {
    TracePath path = TracePath.of(List.of(hop("enter", null, "A", "refuse", "tenancy-ended", null)));
    assertThat(path.visits()).isEmpty();
    assertThat(path.drawn()).containsExactly("enters for A REFUSED  (tenancy-ended)");
  }

  @Test
  void of_partsThatWereNotHeardOf_beginByThemselves() {
    TracePath path = TracePath.of(List.of(hop("call", "X", "B", "pass", "baseline", null),
        hop("consume", "C", "orders[0]@1", "pass", "baseline", null)));
    assertThat(path.begins()).hasSize(2);
    assertThat(TracePath.of(List.of()).drawn()).isEmpty();
  }
  /** A service that calls itself, five hundred times: as many hops as are kept. */
  @Test
  void of_aChainOfAsManyHopsAsAreKept_isDrawn() throws Exception {
    List<HopInfo> hops = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      hops.add(hop("call", "A", "A", "pass", "baseline", null));
      hops.add(hop("arrive", "A", "A", "pass", "served", null));
    }
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    for (long stack : new long[]{1 << 20}) {
      Thread thread = new Thread(null, () -> {
        try {
          TracePath path = TracePath.of(hops);
          path.visits();
          path.drawn();
        } catch (Throwable failure) {
          thrown.set(failure);
        }
      }, "small " + stack, stack);
      thread.start();
      thread.join();
      assertThat(thrown.get()).as("stack " + stack).isNull();
    }
  }

  /** The life of a tenant that is forgotten by now is not the baseline. */
  @Test
  void visits_ofATenantThatIsForgotten_areNotTheBaselines() {
    HopInfo own = hop("arrive", "B/123", "B", "pass", "own", "123").of(null, null);
    assertThat(TracePath.of(List.of(own)).visits()).map(Object::toString).doesNotContain("B=baseline");
    HopInfo call = hop("call", "A", "B", "redirect", "override", "123").of(null, null);
    assertThat(TracePath.of(List.of(call)).visits()).map(Object::toString).doesNotContain("B=baseline");
  }

  /** The clock of the gateway with the stubs is a millisecond behind: they are asked before they are called. */
  @Test
  void visits_whereClocksDiffer_areTheSame() {
    HopInfo stub = hop("stub", null, "B", "pass", "stubs", "123");
    HopInfo call = hop("call", "A", "B", "redirect", "override", "123");
    assertThat(TracePath.of(List.of(call, stub)).visits()).map(Object::toString).containsExactly("B=123 (stubs)");
  }

  /** What is called twice at once, by one and the same: each arrival belongs to a call. */
  @Test
  void fanOut_arrivalsOfOneKind_areEachTheirCalls() {
    TracePath path = TracePath.of(List.of(hop("arrive", "A", "A", "pass", "served", null),
        hop("call", "A", "B", "pass", "baseline", null), hop("call", "A", "B", "pass", "baseline", null),
        hop("arrive", "B", "B", "pass", "served", null), hop("arrive", "B", "B", "pass", "served", null)));
    assertThat(path.begins()).hasSize(1);
    assertThat(path.begins().get(0).then()).allMatch(call -> call.then().size() == 1);
  }

  /** A calls B, which calls A, which calls B. */
  @Test
  void recursion_isAChain() {
    TracePath path = TracePath.of(List.of(hop("arrive", "A", "A", "pass", "served", null),
        hop("call", "A", "B", "pass", "baseline", null), hop("arrive", "B", "B", "pass", "served", null),
        hop("call", "B", "A", "pass", "baseline", null), hop("arrive", "A", "A", "pass", "served", null),
        hop("call", "A", "B", "pass", "baseline", null), hop("arrive", "B", "B", "pass", "served", null)));
    assertThat(path.drawn()).hasSize(7).last().asString().startsWith("               `- B of the baseline serves");
  }

  /** Who is outside is called, and no baseline of a service of the environment. */
  @Test
  void hostOutside_isNobodysBaseline() {
    TracePath path = TracePath.of(List.of(hop("arrive", "A", "A", "pass", "served", null),
        hop("call", "A", "api.stripe.com", "pass", "outside", null)));
    assertThat(path.visits()).map(Object::toString).containsExactly("A=baseline");
  }
}
