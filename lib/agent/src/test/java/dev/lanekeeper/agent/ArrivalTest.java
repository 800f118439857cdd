package dev.lanekeeper.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.trace.ReadableSpan;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose what comes is, in whatever context the agent's modules take it. */
class ArrivalTest {

  private static final Map<String, String> UNTAGGED = Map.of("accept", "*/*");
  private static final Map<String, String> TAGGED = Map.of("baggage", "tenancy=123");

  private final TextMapPropagator all = TextMapPropagator.composite(W3CTraceContextPropagator.getInstance(),
      new InsideBaggage(W3CBaggagePropagator.getInstance()), new TagPropagator());

  /** What a server's module reads with. */
  private static class ServerGetter implements TextMapGetter<Map<String, String>> {
    @Override
    @SuppressWarnings("deprecation") // not yet gone
    public Iterable<String> keys(Map<String, String> carrier) {
      return carrier.keySet();
    }

    @Override
    public @Nullable String get(@Nullable Map<String, String> carrier, String name) {
      return carrier == null ? null : carrier.get(name);
    }
  }

  /** What the module of a client of a queue reads with. */
  private static final class KafkaGetter extends ServerGetter {}

  /** The same, of one whose headers are found by their exact names only. */
  private static final class RabbitGetter extends ServerGetter {}

  /** A tagged request that a server of this process serves. */
  private Context served(Span span) {
    return all.extract(Context.root(), TAGGED, new ServerGetter()).with(span);
  }

  /** The span of a server of this process. */
  private static Span span(AtomicBoolean ended) {
    SpanContext id = SpanContext.create("0af7651916cd43dd8448eb211c80319c", "00f067aa0ba902b7", TraceFlags.getSampled(),
        TraceState.getDefault());
    return (Span) Proxy.newProxyInstance(ArrivalTest.class.getClassLoader(),
        new Class<?>[]{Span.class, ReadableSpan.class}, (proxy, method, arguments) -> switch (method.getName()) {
          case "storeInContext" -> InvocationHandler.invokeDefault(proxy, method, arguments);
          case "getSpanContext" -> id;
          case "hasEnded" -> ended.get();
          default -> throw new IllegalStateException("asked for " + method.getName());
        });
  }

  private static Span span() {
    return span(new AtomicBoolean());
  }

  private Carried arrived(Context context, Map<String, String> carrier, TextMapGetter<Map<String, String>> getter) {
    return TagContext.of(all.extract(context, carrier, getter));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void message_untagged_inTheMidstOfARequest_isUntagged(boolean current) {
    Context request = served(span());
    try (Scope busy = (current ? request : Context.root()).makeCurrent()) {
      assertThat(arrived(request, UNTAGGED, new KafkaGetter())).as("in %s", busy).isEqualTo(Carried.NOTHING);
      assertThat(arrived(request, Map.of("baggage", "userId=alice"), new KafkaGetter())).isEqualTo(Carried.NOTHING);
    }
  }

  /** What somebody traces is traced as long as it is the same request, and no longer. */
  @Test
  void traced_isSo_andNothingElseInItsMidst() {
    Carried tagged = new Carried(Tag.of("123"), Stamp.NONE, "t1");
    Carried untagged = new Carried(Tag.NONE, Stamp.NONE, "t2");
    Map<String, String> first = Map.of("baggage", "userId=alice,tenancy=123,lanekeeper-trace=t1");
    Map<String, String> second = Map.of("baggage", "lanekeeper-trace=t2,userId=alice");
    for (TextMapGetter<Map<String, String>> getter : List.of(new ServerGetter(), new KafkaGetter(),
        new RabbitGetter())) {
      assertThat(arrived(Context.root(), first, getter)).isEqualTo(tagged);
      assertThat(arrived(Context.root(), second, getter)).isEqualTo(untagged);
      for (Map<String, String> before : List.of(first, second)) {
        Context busy = all.extract(Context.root(), before, getter);
        assertThat(arrived(busy, UNTAGGED, new KafkaGetter())).isEqualTo(Carried.NOTHING);
        assertThat(arrived(busy, TAGGED, new KafkaGetter())).isEqualTo(new Carried(Tag.of("123"), Stamp.NONE));
        assertThat(arrived(busy, first, new KafkaGetter())).isEqualTo(tagged);
        assertThat(arrived(busy, second, new KafkaGetter())).isEqualTo(untagged);
      }
    }
  }

  /** As with {@code otel.propagators=b3}: nobody else keeps the baggage. */
  @Test
  void traced_withoutThePropagatorForBaggage_staysSo() {
    TextMapPropagator alone = new TagPropagator();
    for (String baggage : List.of("tenancy=123,lanekeeper-trace=t1", "lanekeeper-trace=t1")) {
      Context context = alone.extract(Context.root(), Map.of("baggage", baggage), new ServerGetter());
      assertThat(TagContext.of(context).trace()).isEqualTo("t1");
    }
  }

  /** As X-Ray's propagator does, with every carrier that bears its header. */
  @Test
  void message_untagged_inACopyOfTheBaggage_isUntagged() {
    Context request = served(span());
    Baggage copy = Baggage.fromContext(request).toBuilder().build();

    assertThat(arrived(copy.storeInContext(request), UNTAGGED, new KafkaGetter())).isEqualTo(Carried.NOTHING);
  }

  @Test
  void tagThatOnlyAnotherPropagatorReads_isNone() {
    assertThat(arrived(Context.root(), Map.of("baggage", "userId=alice,;tenancy=123"), new ServerGetter()))
        .isEqualTo(Carried.NOTHING);
  }

  @Test
  void callInsideOfARequest_thatDoesNotSayAgainWhose_isOfThatRequest() {
    Context request = served(span());
    assertThat(arrived(request, UNTAGGED, new ServerGetter()).tag()).isEqualTo(Tag.of("123"));
    assertThat(arrived(request, Map.of("baggage", "tenancy=456"), new ServerGetter()).tag()).isEqualTo(Tag.of("456"));
  }

  @Test
  void callOnAThreadThatARequestLeftItsContextOn_isUntagged() {
    AtomicBoolean ended = new AtomicBoolean();
    Context left = served(span(ended));
    ended.set(true);

    assertThat(arrived(left, UNTAGGED, new ServerGetter())).isEqualTo(Carried.NOTHING);
  }

  @Test
  void callOfAnotherTrace_isUntagged() {
    Map<String, String> traced =
        Map.of("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

    assertThat(arrived(served(span()), traced, new ServerGetter())).isEqualTo(Carried.NOTHING);
  }

  @Test
  void carrierThatIsReadTwiceInOneRequest_givesItOneStamp() {
    Context request = served(span());
    try (Scope serving = request.makeCurrent()) {
      Stamp settled = new TagContext(Carried.NOTHING).settle(Tag.of("123"), new Stamp(7, 7));
      Context again = all.extract(request, TAGGED, new ServerGetter());

      assertThat(TagContext.of(again)).as("in %s", serving).isEqualTo(new Carried(Tag.of("123"), settled));
      assertThat(arrived(request, TAGGED, new KafkaGetter()).stamp()).as("a message").isEqualTo(Stamp.NONE);
    }
  }

  @Test
  void headersOfAQueue_areFoundWithoutCase() {
    assertThat(arrived(Context.root(), Map.of("x-tenancy-id", "123"), new RabbitGetter()).tag())
        .isEqualTo(Tag.of("123"));
    assertThat(arrived(Context.root(), Map.of("Baggage", "tenancy=123,tenancy-rev=7-00000007"), new RabbitGetter()))
        .isEqualTo(new Carried(Tag.of("123"), new Stamp(7, 7)));
    assertThat(arrived(Context.root(), Map.of("x-other", "123"), new RabbitGetter())).isEqualTo(Carried.NOTHING);
  }
}
