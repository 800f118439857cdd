package dev.lanekeeper.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.model.BaggageText;
import dev.lanekeeper.model.Messages;
import dev.lanekeeper.model.Position;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.WireNames;
import dev.lanekeeper.testkit.vectors.MessageCase;
import dev.lanekeeper.testkit.vectors.WireCase;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The routing vectors, which every data plane passes. */
class VectorsTest {

  static Stream<WireCase.Read> reads() {
    return WireCase.reads().stream();
  }

  static List<MessageCase> messages() {
    return MessageCase.all();
  }

  @ParameterizedTest
  @MethodSource("reads")
  void tagReader_headersOfAVector_bearWhatItSays(WireCase.Read vector) {
    for (boolean raw : new boolean[]{true, false}) {
      Header[] headers =
          vector.headers().stream().map(header -> header(header.name(), header.value())).toArray(Header[]::new);
      TagReader reader = new TagReader(vector.names(), raw);
      assertThat(reader.read(new RecordHeaders(headers))).isEqualTo(vector.carried().isTagged());
      assertThat(reader.tag().carried().tag()).isEqualTo(vector.carried().tag());
      if (!vector.carried().tag().isMalformed()) {
        assertThat(reader.tag().carried().stamp()).isEqualTo(vector.carried().stamp());
      }
    }
  }

  private static Header header(String name, String value) {
    return new RecordHeader(ByteBuffer.wrap(name.getBytes(StandardCharsets.ISO_8859_1)),
        ByteBuffer.wrap(value.getBytes(StandardCharsets.ISO_8859_1)));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void gate_recordOfAVector_isTreatedAsItSays(MessageCase vector) {
    Arriving routes = new Arriving(vector.view(), vector.answered());
    FakeQuarantine quarantine = new FakeQuarantine();
    ConsumerGate gate = ConsumerGate.of(routes, vector.self(), Map.of("group.id", "g"), new GateSettings(
        Duration.ofSeconds(2), true, Counters.NONE, (own, patience) -> quarantine,
        (own, group) -> new BesideConsumer(group), System::nanoTime,
        true));
    Deserializer<String> keys = gate.keys(new StringDeserializer());
    Deserializer<String> values = gate.values(new StringDeserializer());
    if (keys == null || values == null) {
      throw new AssertionError("no deserializer");
    }
    LogConsumer client = new LogConsumer(keys, values);
    client.subscribe(List.of(vector.position().topic()));
    client.assigned(new TopicPartition(vector.position().topic(), vector.position().partition()));
    gate.attach(client);
    gate.listener(null).onPartitionsAssigned(client.assignment());
    gate.beforePoll(Duration.ZERO);
    routes.arrived = true;
    int delivered = gate.afterPoll(polled(vector, values)).count();
    boolean held = !client.paused().isEmpty();
    assertThat(delivered).isEqualTo(vector.action() == Messages.Action.DELIVER ? 1 : 0);
    assertThat(held).isEqualTo(vector.action() == Messages.Action.ASK);
    assertThat(quarantine.records).hasSize(vector.action() == Messages.Action.QUARANTINE ? 1 : 0);
  }

  @SuppressWarnings({"unchecked", "rawtypes", "NullAway"}) // as the client does, and without a key
  private static ConsumerRecords<String, String> polled(MessageCase vector, Deserializer values) {
    String baggage = vector.carried().tag().isMalformed()
        ? "tenancy=%%," + "tenancy-rev=" + vector.carried().stamp().text()
        : BaggageText.members(WireNames.STANDARD, vector.carried());
    RecordHeaders headers = new RecordHeaders(new Header[]{header("traceparent", "00"), header("baggage", baggage)});
    Position at = vector.position();
    Object value = values.deserialize(at.topic(), headers, ByteBuffer.wrap(new byte[]{'v'}));
    ConsumerRecord record = new ConsumerRecord(at.topic(), at.partition(), at.offset(), at.timestampMillis(),
        TimestampType.CREATE_TIME, 0, 1, null, value, headers, Optional.empty());
    TopicPartition partition = new TopicPartition(at.topic(), at.partition());
    return new ConsumerRecords(Map.of(partition, List.of(record)),
        Map.of(partition, new OffsetAndMetadata(at.offset() + 1)));
  }

  /** One view, which arrives while the client polls: a workload that has to stop finds it with the record in hand. */
  private static final class Arriving implements RouteSource {
    private final RouteView view;
    private final boolean answers;
    private boolean arrived;

    Arriving(RouteView view, boolean answers) {
      this.view = view;
      this.answers = answers;
    }

    @Override
    public RouteView view() {
      return arrived ? view : RouteView.NOTHING;
    }

    @Override
    public Answer ask(Duration patience) {
      return new Answer(view(), !arrived || answers);
    }

    @Override
    public CompletionStage<Answer> askLater(Duration patience) {
      return CompletableFuture.completedFuture(ask(patience));
    }
  }
}
