package dev.lanekeeper.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class ProducerGateTest {

  private final FakeRoutes routes = new FakeRoutes();
  private final Stamp stamp = routes.begin("123", "i1");
  private Carried context = Carried.NOTHING;

  ProducerGateTest() {
    routes.deliver();
  }

  private ProducerRecord<String, String> send(Self self, ProducerRecord<String, String> record) {
    return ProducerGate.of(routes, self, Map.of(), () -> context, GateSettings.STANDARD).beforeSend(record);
  }

  private static List<String> headers(ProducerRecord<?, ?> record) {
    List<String> headers = new ArrayList<>();
    record.headers().forEach(header -> headers
        .add(header.key() + "=" + new String(header.value(), java.nio.charset.StandardCharsets.UTF_8)));
    return headers;
  }

  @Test
  void untagged_staysTheVeryRecord() {
    ProducerRecord<String, String> record = new ProducerRecord<>("orders", "v");
    assertThat(send(GateFixture.BASELINE, record)).isSameAs(record);
  }

  @Test
  void tagged_getsEveryName_andKeepsTheRestOfTheBaggage() {
    context = new Carried(Tag.of("a+b"), stamp);
    ProducerRecord<String, String> record = new ProducerRecord<>("orders", 3, 7L, "k", "v");
    record.headers().add("baggage", LogConsumer.bytes("region=eu")).add("Baggage", LogConsumer.bytes("user=x"))
        .add("x-tenancy-id", LogConsumer.bytes("")).add("other", LogConsumer.bytes("o"));
    ((RecordHeaders) record.headers()).setReadOnly();
    ProducerRecord<String, String> sent = send(GateFixture.BASELINE, record);
    assertThat(headers(sent)).containsExactlyInAnyOrder("other=o", "X-Tenancy-ID=a+b", "request-tenancy=a+b",
        "baggage=tenancy=a%2Bb,tenancy-rev=" + stamp.text() + ",region=eu,user=x");
    assertThat(sent)
        .extracting(ProducerRecord::partition, ProducerRecord::timestamp, ProducerRecord::key, ProducerRecord::value)
        .containsExactly(3, 7L, "k", "v");
    assertThat(headers(record)).hasSize(4);
  }

  @Test
  void tagged_twice_isTheSame() {
    context = new Carried(Tag.of("123"), stamp);
    ProducerRecord<String, String> once = send(GateFixture.BASELINE, new ProducerRecord<>("orders", "v"));
    assertThat(send(GateFixture.BASELINE, once)).isSameAs(once);
  }

  @Test
  void taggedWithoutStamp_getsTheNewest_alsoWhereTheHeadersBearTheTag() {
    context = new Carried(Tag.of("123"), Stamp.NONE);
    ProducerRecord<String, String> record = new ProducerRecord<>("orders", "v");
    assertThat(headers(send(GateFixture.BASELINE, record))).contains("baggage=tenancy=123,tenancy-rev=" + stamp.text());
    record.headers().add("X-Tenancy-ID", LogConsumer.bytes("shop/x"));
    assertThat(headers(send(GateFixture.BASELINE, record)))
        .contains("baggage=tenancy=shop/x,tenancy-rev=" + stamp.text());
  }

  @Test
  void taggedWithoutStamp_cutOff_stampsOnlyWhatTheTableHolds() {
    routes.outage();
    context = new Carried(Tag.of("never"), Stamp.NONE);
    assertThat(headers(send(GateFixture.BASELINE, new ProducerRecord<>("orders", "v"))))
        .contains("baggage=tenancy=never");
    context = new Carried(Tag.of("123"), Stamp.NONE);
    assertThat(headers(send(GateFixture.BASELINE, new ProducerRecord<>("orders", "v"))))
        .contains("baggage=tenancy=123,tenancy-rev=" + stamp.text());
  }

  @Test
  void malformed_isNeverUntaggedAtTheConsumer() {
    context = new Carried(Tag.MALFORMED, Stamp.NONE);
    assertThat(headers(send(GateFixture.BASELINE, new ProducerRecord<>("orders", "v"))))
        .contains("baggage=tenancy=!,tenancy-rev=" + stamp.text(), "X-Tenancy-ID=!");
  }

  @Test
  void underTest_ownTraffic_bearsItsTenancy() {
    assertThat(headers(send(GateFixture.underTest("123", "i1"), new ProducerRecord<>("orders", "v"))))
        .contains("request-tenancy=123");
  }

  @Test
  @SuppressWarnings("removal") // what applications do
  void underTest_offsetsOfTheBaselinesGroup_goToItsOwn() {
    ProducerGate gate =
        ProducerGate.of(routes, GateFixture.underTest("123", "i1"), Map.of(), () -> context, GateSettings.STANDARD);
    ConsumerGroupMetadata own = new ConsumerGroupMetadata("c.lk.i1");
    assertThat(gate.group(new ConsumerGroupMetadata("c")).groupId()).isEqualTo("c.lk.i1");
    assertThat(gate.group(own)).isSameAs(own);
  }

  private ProducerGate gateOf(Self self, String clientId) {
    return ProducerGate.of(routes, self, Map.of("client.id", clientId), () -> context, GateSettings.STANDARD);
  }

  private ProducerRecord<String, String> of(String tenancy) {
    ProducerRecord<String, String> record = new ProducerRecord<>("orders", "v");
    record.headers().add("baggage", LogConsumer.bytes("tenancy=" + tenancy + ",tenancy-rev=" + stamp.text()));
    return record;
  }

  @Test
  void another_isWhoseTheRecordIs_whereThatIsNotWhatIsServed() {
    ProducerGate gate = gateOf(GateFixture.BASELINE, "app");
    assertThat(gate.another(of("123"))).as("nothing is served: nobody writes anything").isNull();
    context = new Carried(Tag.of("123"), stamp);
    assertThat(gate.another(of("123"))).isNull();
    assertThat(gate.another(of("456"))).isEqualTo(new Carried(Tag.of("456"), stamp));
  }

  @Test
  void kafkaStreams_headersAloneSayWhoseItIs() {
    ProducerGate gate = gateOf(GateFixture.BASELINE, "app-1f-StreamThread-1-producer");
    ProducerRecord<String, String> untagged = new ProducerRecord<>("orders", "out of a cache");
    context = new Carried(Tag.of("123"), stamp);
    assertThat(gate.beforeSend(untagged)).isSameAs(untagged);
    assertThat(gate.another(untagged)).isEqualTo(Carried.NOTHING);
    ProducerRecord<String, String> others = of("456");
    assertThat(gate.beforeSend(others)).isSameAs(others);
    assertThat(gate.another(others)).isEqualTo(new Carried(Tag.of("456"), stamp));
  }

  @Test
  void kafkaStreamsUnderTest_whatBearsNothing_isItsTenancys() {
    ProducerGate gate = gateOf(GateFixture.underTest("shop/testing", "i1"), "app-1f-StreamThread-1-producer");
    context = new Carried(Tag.of("shop/testing/a"), stamp);
    assertThat(headers(gate.beforeSend(new ProducerRecord<>("orders", "punctual"))))
        .contains("request-tenancy=shop/testing");
  }

  /** Makes each record anew, without its headers. */
  public static final class Renewing implements ProducerInterceptor<Object, Object> {

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public ProducerRecord<Object, Object> onSend(ProducerRecord<Object, Object> record) {
      return new ProducerRecord<>(record.topic(), record.key(), record.value());
    }

    @Override
    public void onAcknowledgement(RecordMetadata metadata, Exception failure) {}

    @Override
    public void close() {}
  }

  @Test
  void interceptorThatMakesRecordsAnew_takesNoTag() {
    context = new Carried(Tag.of("123"), stamp);
    for (Object named : List.of(Renewing.class.getName(), List.of(Renewing.class))) {
      ProducerGate gate = ProducerGate.of(routes, GateFixture.BASELINE, Map.of("interceptor.classes", named),
          () -> context, GateSettings.STANDARD);
      assertThat(gate.config().get("interceptor.classes"))
          .isEqualTo(List.of(named instanceof String ? named : Renewing.class, ProducerTagInterceptor.class));
      ProducerTagInterceptor last = new ProducerTagInterceptor();
      last.configure(new HashMap<>(gate.config()));
      ProducerRecord<Object, Object> renewed =
          new Renewing().onSend(gate.beforeSend(new ProducerRecord<>("orders", "v")));
      assertThat(headers(renewed)).isEmpty();
      assertThat(headers(last.onSend(renewed))).contains("baggage=tenancy=123,tenancy-rev=" + stamp.text());
      ProducerRecord<Object, Object> tagged = gate.beforeSend(new ProducerRecord<>("orders", "v"));
      assertThat(last.onSend(tagged)).isSameAs(tagged);
    }
  }

  @Test
  void interceptors_ofWhichThereAreNone_leaveTheVerySettings_butUnderTestOursIsThere() {
    Map<String, Object> config = Map.of("acks", "all");
    assertThat(ProducerGate.of(routes, GateFixture.BASELINE, config, () -> context, GateSettings.STANDARD).config())
        .isSameAs(config);
    assertThat(ProducerGate.of(routes, GateFixture.underTest("123", "i1"), config, () -> context, GateSettings.STANDARD)
        .config()).containsEntry("interceptor.classes", List.of(ProducerTagInterceptor.class));
    assertThat(StandIns.withLast("${file:x:y}", ProducerTagInterceptor.class))
        .isEqualTo("${file:x:y},dev.lanekeeper.kafka.ProducerTagInterceptor");
  }

  @Test
  void transaction_commitsWhatWasHandedOverAgain_whereItIsRead() {
    routes.redeliver();
    routes.deliver();
    TopicPartition orders = new TopicPartition("orders", 0);
    Map<TopicPartition, OffsetAndMetadata> offsets = Map.of(orders, new OffsetAndMetadata(3),
        new TopicPartition("orders", 1_000_000_002), new OffsetAndMetadata(7));
    try (MockProducer<String, String> client =
        new MockProducer<>(true, null, new StringSerializer(), new StringSerializer());
        LaneProducer<String, String> lane = new LaneProducer<>(client, ProducerGate.of(routes, GateFixture.BASELINE,
            Map.of(), () -> context, GateSettings.STANDARD))) {
      lane.initTransactions();
      lane.beginTransaction();

      lane.sendOffsetsToTransaction(offsets, "c");
      lane.commitTransaction();

      assertThat(client.consumerGroupOffsetsHistory()).containsExactly(
          Map.of("c", Map.of(orders, new OffsetAndMetadata(3)), "c.redelivered",
              Map.of(new TopicPartition(FakeRoutes.HANDOVER.topic(), 2), new OffsetAndMetadata(7))));
    }
  }
}
