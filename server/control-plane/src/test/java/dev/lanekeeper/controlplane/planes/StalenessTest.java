package dev.lanekeeper.controlplane.planes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.api.DataPlaneInfo;
import dev.lanekeeper.api.DataPlaneReport;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StalenessTest {

  private static final DataPlaneReport.Consumer IN_A_GROUP =
      new DataPlaneReport.Consumer("127.0.0.1:9092", "c", List.of("orders"), "member", "client");
  private static final DataPlaneReport.Consumer IN_NONE =
      new DataPlaneReport.Consumer("127.0.0.1:9092", "", List.of("orders"), null, "client");

  private static DataPlaneInfo plane(@Nullable String tenancy, long revision, @Nullable Long ageMillis,
      DataPlaneReport.Consumer... consumers) {
    return new DataPlaneInfo("id", 100, 3, ageMillis, new DataPlaneReport("C", tenancy, null, "0.1.0", revision, 0, 42,
        "host", 0, List.of(consumers), List.of(), Map.of()));
  }

  @Test
  void warnings_aPlaneThatGetsItsChanges_isNoneOfThem() {
    assertThat(Staleness.warnings(List.of(plane(null, 7, 0L, IN_A_GROUP), plane("123", 7, 9_999L, IN_A_GROUP))))
        .isEmpty();
  }

  @Test
  void warnings_anOldTable_saysHowOldAndWhatItMeans() {
    assertThat(Staleness.warnings(List.of(plane("123", 7, 95_000L)))).singleElement().asString()
        .contains("C of 123, process 42@host", "1m35s", "3 revisions behind", "expected: less than 10s", "in doubt",
            "Next: ");
  }

  @Test
  void warnings_noTableOrOneFromDisk_saysSo() {
    assertThat(Staleness.warnings(List.of(plane(null, 0, null), plane(null, 7, null)))).satisfiesExactly(
        none -> assertThat(none).contains("has no route table", "refuses tagged calls", "Next: "),
        disk -> assertThat(disk).contains("from its disk, revision 7", "Next: "));
  }

  @Test
  void warnings_aConsumerWithoutAGroup_isOutsideTheGuarantee_andATenantsIsNone() {
    assertThat(Staleness.warnings(List.of(plane(null, 7, 0L, IN_A_GROUP, IN_NONE)))).singleElement().asString()
        .contains("reads [orders] in no consumer group", "guarantee", "Next: ");
    assertThat(Staleness.warnings(List.of(plane("123", 7, 0L, IN_NONE)))).as("it is refused there").isEmpty();
  }

  @Test
  void warnings_veryMany_areCutShort() {
    List<String> warnings = Staleness.warnings(Collections.nCopies(60, plane(null, 7, 95_000L)));

    assertThat(warnings).hasSize(51);
    assertThat(warnings.getLast()).isEqualTo("and 10 more");
  }
}
