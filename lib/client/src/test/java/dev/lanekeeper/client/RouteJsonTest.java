package dev.lanekeeper.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.RouteTable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The JSON of the route stream. */
class RouteJsonTest {

  private static byte[] bytes(String json) {
    return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }

  @Test
  void table_writtenAndRead_isTheSame() throws Exception {
    RouteTable table = Tables.full();
    byte[] json = RouteJson.writeTable(table, 77);
    RouteJson.Snapshot read = RouteJson.readTable(json);
    assertThat(read.asOfMillis()).isEqualTo(77);
    assertThat(read.table().content().tenants()).containsExactlyInAnyOrderElementsOf(table.content().tenants());
    assertThat(read.table().content().overrides()).containsExactlyInAnyOrderElementsOf(table.content().overrides());
    assertThat(read.table().content().services()).containsExactlyInAnyOrderElementsOf(table.content().services());
    assertThat(read.table().content().instances()).containsExactlyInAnyOrderElementsOf(table.content().instances());
    assertThat(read.table().content().environments()).isEqualTo(table.content().environments());
    assertThat(read.table().stamp()).isEqualTo(table.stamp());
    assertThat(RouteJson.writeTable(read.table(), 77)).isEqualTo(json);
  }

  @Test
  void table_empty_isTheSame() throws Exception {
    assertThat(RouteJson.readTable(RouteJson.writeTable(RouteTable.EMPTY, 0)).table().revision()).isZero();
  }

  @Test
  void change_writtenAndRead_isTheSame() throws Exception {
    Change change = Tables.everything(9);
    assertThat(RouteJson.readChange(RouteJson.writeChange(change))).isEqualTo(change);
    assertThat(RouteJson.readChange(RouteJson.writeChange(Tables.change(1, 0)))).isEqualTo(Tables.change(1, 0));
  }

  @Test
  void written_always_isOneLine() {
    assertThat(text(RouteJson.writeTable(Tables.full(), 1))).doesNotContain("\n", "\r");
    assertThat(text(RouteJson.writeChange(Tables.everything(9)))).doesNotContain("\n", "\r");
  }

  @Test
  void unknownFields_anywhere_areIgnored() throws Exception {
    byte[] json = RouteJson.writeTable(Tables.full(), 77);
    String more = text(json).replace("{", "{\"x-new\":{\"a\":[1.5,{\"b\":null}]},");
    assertThat(RouteJson.writeTable(RouteJson.readTable(bytes(more)).table(), 77)).isEqualTo(json);
  }

  @Test
  void current_writtenAndRead_isTheSame() throws Exception {
    RouteJson.Current current = new RouteJson.Current(43, Tables.BEGIN);
    assertThat(text(RouteJson.writeCurrent(current))).isEqualTo("{\"revision\":43,\"asOf\":1790000000000}");
    assertThat(RouteJson.readCurrent(RouteJson.writeCurrent(current))).isEqualTo(current);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      {'revision':-1,'asOf':1}                   | /revision: -1 (expected: an integer from 0 to 9007199254740991)
      {'revision':9007199254740992,'asOf':1}     | /revision: 9007199254740992 (expected: an integer from 0
      {'revision':99999999999999999999,'asOf':1} | /revision: 99999999999999999999 (expected: an integer
      {'revision':1.0,'asOf':1}                  | /revision: 1.0 (expected: an integer
      {'revision':'1','asOf':1}                  | /revision: "1" (expected: an integer
      {'revision':null,'asOf':1}                 | /revision: null (expected: an integer
      {'revision':{},'asOf':1}                   | /revision: an object (expected: an integer
      {'revision':1}                             | /: no field "asOf"
      {'revision':1,'revision':2,'asOf':1}       | (expected: well-formed JSON)
      {'revision':1,'asOf'                       | line 1, column
      {'revision':1,'asOf':1} {}                 | (expected: the end of the text)
      []                                         | /: an array (expected: an object)
      ``                                         | /: nothing (expected: an object)
      """)
  void current_malformed_saysWhereAndWhatWasExpected(String json, String message) {
    assertThatThrownBy(() -> RouteJson.readCurrent(bytes(json))).isInstanceOf(RouteFormatException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      "tenancy":"t1" | "tenancy":"t 1"        | /tenants/1/tenancy: tenancy: "t 1" (expected: 1 to 8 segments
      "from":2       | "from":0               | /tenants/0: life: from 0
      "to":null      | "to":1                 | life: from 1 to 1
      "to":null      | "until":null           | /tenants/1: no field "to"
      "kind":"mock"  | "kind":"magnet"        | /overrides/1/target: kind "magnet" (expected: workload, redirect or mock)
      http://127     | ftp://127              | (expected: http://host:port
      "offset":17    | "offset":-17           | /overrides/0/starts/0/offset: -17 (expected
      "partition":3  | "partition":4294967296 | /overrides/0/starts/0/partition: 4294967296 (expected
      "fffffffe"     | "FFFFFFFE"             | /revisions/0/seals/3: "FFFFFFFE" (expected: 8 lower-case hex
      "floor":0,     | ``                     | /: no field "floor"
      "first":1,     | "first":2,             | (expected: 5, the newest
      "unregistered":"quarantine" | "unregistered":"guess" | /environments/0/policy/unregistered: "guess" (expected: one of [baseline, refuse, quarantine])
      "phase":"closing" | "phase":"resting"    | /phase: "resting" (expected: one of [served, taken, closing, fenced])
      "phase":"closing" | "phase":"fenced"     | phase: FENCED without a fence
      "outside":true | "outside":"yes"        | /services/0/outside: "yes" (expected: true or false)
      "origin":"orders" | "from":"orders"     | /services/0/handovers/0: no field "origin"
      lanekeeper.redelivered.orders | orders  | /services/0/handovers/0: handovers: topic: "orders.v2.0f3a" (expected: a topic whose name begins with lanekeeper.)
      ,{"tenancy":"t1" | ,{"tenancy":"t1","from":99,"to":null},{"tenancy":"t1" | tenants t1: from 99
      """)
  void table_malformed_saysWhereAndWhatWasExpected(String good, String bad, String message) {
    RouteTable table = Tables.table(3, 0).with(Tables.everything(4));
    String json = text(RouteJson.writeTable(table, 77));
    assertThat(json).contains(good);
    assertThatThrownBy(
        () -> RouteJson.readTable(json.replace(good, bad == null ? "" : bad).getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(RouteFormatException.class).hasMessageContaining(message);
  }

  @Test
  void change_withAFloor_writtenAndRead_isTheSame() throws Exception {
    Change plain = Tables.change(5, 0);
    Change change = new Change(5, plain.seal(), plain.commitMillis(), List.of(), List.of(), List.of(), List.of(),
        List.of(), null, 4);
    assertThat(text(RouteJson.writeChange(change))).contains("\"floor\":4");
    assertThat(RouteJson.readChange(RouteJson.writeChange(change))).isEqualTo(change);
    assertThat(text(RouteJson.writeChange(plain))).doesNotContain("floor");
    assertThatThrownBy(() -> RouteJson.readChange(bytes(text(RouteJson.writeChange(change)).replace(":4", ":6"))))
        .hasMessageContaining("floor: 6 (expected: 0 to 5, the revision)");
  }

  @Test
  void change_endingLaterThanItself_isRefused() {
    String json = text(RouteJson.writeChange(Tables.change(5, 0))).replace("\"to\":null", "\"to\":6");
    assertThatThrownBy(() -> RouteJson.readChange(json.getBytes(StandardCharsets.UTF_8)))
        .hasMessageContaining("tenants t5: from 5 to 6 (expected: revisions up to 5)");
  }

  @Test
  void nesting_tooDeep_isRefused() {
    String deep = "{\"x\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}";
    assertThatThrownBy(() -> RouteJson.readCurrent(bytes(deep))).isInstanceOf(RouteFormatException.class);
  }

  @Test
  void table_mutatedAtRandom_isReadOrRefusedButNeverFails() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] good = RouteJson.writeTable(Tables.full(), 77);
    for (int i = 0; i < 5_000; i++) {
      byte[] bad = good.clone();
      for (int n = random.nextInt(3); n >= 0; n--) {
        bad[random.nextInt(bad.length)] =
            (byte) (random.nextBoolean() ? random.nextInt(256) : "{}[]\",:0-e".charAt(random.nextInt(10)));
      }
      try {
        RouteJson.readTable(bad);
      } catch (RouteFormatException e) {
        assertThat(e).as("seed %d", seed).hasMessageContaining("expected: ");
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + text(bad), e);
      }
    }
  }
}
