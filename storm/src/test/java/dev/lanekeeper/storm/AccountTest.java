package dev.lanekeeper.storm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.storm.reading.Journal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That the account finds what is wrong, and nothing else. Tenant {@code t} lives from revision 2 to 3, and is fenced at offset 5. */
class AccountTest {

  private static final String INCARNATION = "i1";
  private static final String OWN = ".lk." + INCARNATION;
  private static final String BEFORE = "1-00000001";
  private static final String DURING = "2-00000002";
  private static final String AFTER = "3-00000003";
  private static final String QUARANTINE = "lanekeeper.quarantine.c";
  private static final long NOW = 1_000_000;

  @TempDir private Path journals;
  private final Sent sent = new Sent(10);
  private final Incidents incidents = new Incidents();
  private final Map<String, List<ConsumerRecord<byte[], byte[]>>> topics = new HashMap<>();
  private int written;

  /** In payments, which one group reads. */
  private void message(int id, String tenancy, String stamp) {
    sent.means(id, tenancy.isEmpty() ? Sent.Kind.UNTAGGED : stamp.isEmpty() ? Sent.Kind.PLAIN : Sent.Kind.STAMPED,
        tenancy);
    sent.acknowledged(id);
    ConsumerRecord<byte[], byte[]> record = record("payments", id);
    if (!stamp.isEmpty()) {
      record.headers().add("baggage", bytes("tenancy=" + tenancy + ",tenancy-rev=" + stamp));
    } else if (!tenancy.isEmpty()) {
      record.headers().add("X-Tenancy-ID", bytes(tenancy));
    }
    topics.computeIfAbsent("payments", topic -> new ArrayList<>()).add(record);
  }

  private static ConsumerRecord<byte[], byte[]> record(String topic, int id) {
    return new ConsumerRecord<>(topic, 0, id, new byte[0], ByteBuffer.allocate(Long.BYTES).putLong(id).array());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void aside(int id, String reason, String incarnation) {
    ConsumerRecord<byte[], byte[]> record = record(QUARANTINE, id);
    record.headers().add("lanekeeper-reason", bytes(reason)).add("lanekeeper-incarnation", bytes(incarnation))
        .add("lanekeeper-group", bytes("c"));
    topics.computeIfAbsent(QUARANTINE, topic -> new ArrayList<>()).add(record);
  }

  private void processed(String group, int... ids) throws IOException {
    written++;
    try (Journal journal = new Journal(journals, group, "one-" + written)) {
      for (int id : ids) {
        journal.add(new Journal.Entry(id, NOW + written, id, 0, false));
      }
    }
  }

  private Account settled(String residue) throws IOException {
    String override =
        """
            {"revision":%d,"seal":"0000000%d","services":[],"tenants":[{"tenancy":"t","from":2,"to":%s}],"overrides":[{"incarnation":"i1",\
            "service":"C","tenancy":"t","from":2,"to":%s,"residue":"%s","starts":[],"phase":"served","fence":%s}]}""";
    String fence = "[{\"cluster\":\"default\",\"topic\":\"payments\",\"topicId\":\"\",\"partition\":0,\"offset\":5}]";
    History history = new History(List.of(
        List.of("1", "1", "{\"revision\":1,\"seal\":\"00000001\",\"tenants\":[],\"overrides\":[]}"),
        List.of("2", "" + NOW, String.format(java.util.Locale.ROOT, override, 2, 2, "null", "null", residue, "null")),
        List.of("3", "" + (NOW + 1),
            String.format(java.util.Locale.ROOT, override, 3, 3, "3", "3", residue, fence))));
    Account account = new Account(sent, history, incidents);
    account.settle((topic, reader) -> topics.getOrDefault(topic, List.of()).forEach(reader), journals,
        List.of(QUARANTINE), List.of());
    return account;
  }

  @Test
  void account_eachByItsOwner_holds() throws IOException {
    message(0, "", "");
    message(1, "t", BEFORE);
    message(2, "t", DURING);
    message(3, "t", AFTER);
    message(4, "stranger", DURING);
    message(5, "t", DURING); // beyond the fence
    message(6, "t", ""); // of no time: before all revisions
    processed("c", 0, 1, 4, 6);
    processed("c" + OWN, 2);
    aside(3, "ended", "");
    aside(5, "ended", "");
    aside(1, "in-doubt", "");

    Account account = settled("discard");

    assertThat(account.told(journals)).isEmpty();
    assertThat(account.holds()).isTrue();
  }

  @Test
  void account_nobodyHadIt_isLost() throws IOException {
    message(0, "", "");
    message(1, "t", AFTER);

    assertThat(settled("discard").count("lost")).isEqualTo(2);
  }

  @Test
  void account_residue_isLostUnlessItIsPutAside() throws IOException {
    message(1, "t", DURING);
    message(2, "t", DURING);
    aside(2, "residue", INCARNATION);

    assertThat(settled("quarantine").count("lost")).isEqualTo(1);
  }

  @Test
  void account_ownerWentOnBehindIt_isLost() throws IOException {
    message(1, "t", DURING);
    message(2, "t", DURING);
    message(3, "t", DURING);
    processed("c" + OWN, 2);

    Account account = settled("discard");

    assertThat(account.count("lost")).isEqualTo(1);
    assertThat(account.count("discarded")).isEqualTo(2);
  }

  @Test
  void account_byAnother_isTheWrongOwner() throws IOException {
    message(1, "t", DURING);
    message(2, "t", BEFORE);
    message(3, "t", AFTER);
    processed("c", 1, 3);
    processed("c" + OWN, 2);
    aside(3, "ended", "");

    assertThat(settled("discard").count("wrong_owner")).isEqualTo(3);
  }

  @Test
  void account_byTwo_areTwoOwners() throws IOException {
    message(1, "t", DURING);
    processed("c", 1);
    processed("c" + OWN, 1);

    assertThat(settled("redeliver").count("two_owners")).isEqualTo(1);
  }

  @Test
  void account_redelivered_isTheBaselines() throws IOException {
    message(1, "t", DURING);
    message(2, "t", DURING);
    processed("c", 1);
    processed("c", 2);
    aside(2, "perhaps-processed", INCARNATION);

    assertThat(settled("redeliver").count("two_owners")).as("handed over, and put aside").isEqualTo(1);
  }

  @Test
  void account_againByItsOwner_isCounted_andToldWithoutACause() throws IOException {
    message(1, "", "");
    processed("c", 1);
    processed("c", 1);

    Account without = settled("discard");
    incidents.note(Incidents.BASELINE, "kill -9", true);

    assertThat(without.count("redelivered")).isEqualTo(1);
    assertThat(without.count("redelivered_without_cause")).isEqualTo(1);
  }

  @Test
  void account_whatItWasSentWithIsGone_isAltered() throws IOException {
    message(1, "t", DURING);
    sent.means(1, Sent.Kind.STAMPED, "another");
    sent.acknowledged(2);
    processed("c" + OWN, 1);

    assertThat(settled("discard").count("altered")).isEqualTo(2);
  }
}
