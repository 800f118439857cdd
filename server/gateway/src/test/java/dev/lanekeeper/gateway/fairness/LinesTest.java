package dev.lanekeeper.gateway.fairness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinesTest {

  private static final int MOST = 100;

  private final Share share = new Share(SimulatedServer.TO, () -> 0, 1, new ShareCounts());
  private final Lines lines = new Lines();

  private Ticket ticket(ShareClass kind, String tenant, long since) {
    return new Ticket(share, kind, tenant, () -> {
    }, since);
  }

  private Ticket add(ShareClass kind, String tenant, int most) {
    Ticket ticket = ticket(kind, tenant, 0);
    assertThat(lines.add(ticket, most)).isNull();
    return ticket;
  }

  private List<String> poll(int count) {
    List<String> polled = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Ticket next = lines.poll();
      polled.add(next == null ? "nobody" : next.tenant());
    }
    return polled;
  }

  @Test
  void classes_goByTheirWeight() {
    for (int i = 0; i < 40; i++) {
      add(ShareClass.REPLAY, "replay", MOST);
      add(ShareClass.TESTING, "testing", MOST);
      add(ShareClass.CANARY, "canary", MOST);
    }

    List<String> first = poll(35);

    assertThat(first).filteredOn("canary"::equals).hasSize(20);
    assertThat(first).filteredOn("testing"::equals).hasSize(10);
    assertThat(first).filteredOn("replay"::equals).hasSize(5);
  }

  @Test
  void class_thatWasIdle_hasSavedNothing() {
    for (int i = 0; i < 80; i++) {
      add(ShareClass.TESTING, "testing", MOST);
    }
    poll(40);
    for (int i = 0; i < 40; i++) {
      add(ShareClass.REPLAY, "replay", MOST);
    }

    assertThat(poll(12)).filteredOn("testing"::equals).hasSizeBetween(7, 9);
  }

  @Test
  void tenants_goInTurn_howeverManyOneHas() {
    for (int i = 0; i < 50; i++) {
      add(ShareClass.TESTING, "greedy", MOST);
    }
    add(ShareClass.TESTING, "modest", MOST);
    add(ShareClass.TESTING, "modest", MOST);

    assertThat(poll(6)).containsExactly("greedy", "modest", "greedy", "modest", "greedy", "greedy");
  }

  @Test
  void full_whoHasMostGoes_unlessThatIsWhoComes() {
    Ticket last = null;
    for (int i = 0; i < 5; i++) {
      last = add(ShareClass.TESTING, "greedy", 5);
    }
    Ticket more = ticket(ShareClass.TESTING, "greedy", 0);

    assertThat(lines.add(more, 5)).isSameAs(more);
    assertThat(lines.add(ticket(ShareClass.TESTING, "modest", 0), 5)).isSameAs(last);
    assertThat(lines.add(ticket(ShareClass.CANARY, "other class", 0), 5)).isNull();
    assertThat(lines.size()).isEqualTo(6);
  }

  @Test
  void remove_andLate_takeOutWhoTheyAreToldTo() {
    Ticket early = ticket(ShareClass.TESTING, "a", 10);
    Ticket gone = ticket(ShareClass.TESTING, "b", 20);
    Ticket later = ticket(ShareClass.REPLAY, "c", 30);
    List.of(early, gone, later).forEach(each -> assertThat(lines.add(each, MOST)).isNull());

    lines.remove(gone);
    lines.remove(gone);

    assertThat(lines.late(30)).containsExactly(early);
    assertThat(lines.size()).isEqualTo(1);
    assertThat(lines.poll()).isSameAs(later);
    assertThat(lines.poll()).isNull();
    assertThat(lines.isEmpty()).isTrue();
  }
}
