package dev.lanekeeper.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanekeeper.testkit.Seeded;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RevisionLogTest {

  private static final long EPOCH = 1L << Stamp.EPOCH_SHIFT;

  private record Row(long revision, int seal, long millis) {}

  private record Grown(RevisionLog log, List<Row> rows) {}

  /** Logs that grew out of each other share arrays: none may see what another appended. */
  @Test
  void log_randomForks_keepsItsOwnRows() {
    Seeded random = Seeded.of("log_randomForks_keepsItsOwnRows");
    List<Grown> all = new ArrayList<>(List.of(new Grown(RevisionLog.EMPTY, List.of())));
    for (int round = 0; round < 3_000; round++) {
      Grown from = random.oneIn(3) ? random.oneOf(all) : all.get(all.size() - 1);
      List<Row> rows = new ArrayList<>(from.rows());
      Row row = next(random, rows);
      rows.add(row);
      all.add(new Grown(from.log().append(row.revision(), row.seal(), row.millis()), rows));
      check(random.oneOf(all), random);
    }
    all.forEach(grown -> check(grown, random));
  }

  private static Row next(Seeded random, List<Row> rows) {
    if (rows.isEmpty()) {
      return new Row(1 + random.below(3), random.anyInt(), 1_000);
    }
    Row last = rows.get(rows.size() - 1);
    boolean restored = random.oneIn(200) && Stamp.epochOf(last.revision()) < 5;
    long revision = restored ? (Stamp.epochOf(last.revision()) + 1L) * EPOCH + random.below(3) : last.revision() + 1;
    return new Row(revision, random.anyInt(), last.millis() + random.below(3));
  }

  private static void check(Grown grown, Seeded random) {
    RevisionLog log = grown.log();
    List<Row> rows = grown.rows();
    assertThat(log.size()).isEqualTo(rows.size());
    assertThat(log.newest()).isEqualTo(rows.isEmpty() ? 0 : rows.get(rows.size() - 1).revision());
    for (int i = 0; i < 20 && !rows.isEmpty(); i++) {
      int row = random.below(rows.size());
      Row expected = rows.get(row);
      assertThat(new Row(log.revision(row), log.seal(row), log.commitMillis(row))).isEqualTo(expected);
      assertThat(log.row(expected.revision())).isEqualTo(row);
      long millis = 998L + random.below(rows.size() * 2 + 4);
      long newest = rows.stream().filter(other -> other.millis() <= millis).mapToLong(Row::revision).max().orElse(0);
      assertThat(log.newestAt(millis)).isEqualTo(newest);
      long between = (Stamp.epochOf(expected.revision()) + 1L) * EPOCH - 1;
      assertThat(log.row(between)).isNegative();
    }
  }

  @Test
  void append_notTheNext_isRefused() {
    RevisionLog log = RevisionLog.EMPTY.append(1, 7, 100);
    assertThatThrownBy(() -> log.append(3, 0, 100)).hasMessage("revision: 3 (expected: 2)");
    assertThatThrownBy(() -> log.append(1, 0, 100)).hasMessage("revision: 1 (expected: 2)");
    assertThatThrownBy(() -> log.append(2, 0, 99)).hasMessageContaining("commit time: 99");
    assertThatThrownBy(() -> RevisionLog.EMPTY.append(0, 0, 0)).hasMessageContaining("revision: 0");
    assertThat(log.append(EPOCH + 5, 0, 100).newest()).isEqualTo(EPOCH + 5);
  }
}
