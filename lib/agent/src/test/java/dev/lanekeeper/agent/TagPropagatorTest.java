package dev.lanekeeper.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.WireNames;
import dev.lanekeeper.model.WireTag;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import io.opentelemetry.sdk.trace.ReadableSpan;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The propagators in the order in which they are put into the agent's list. */
class TagPropagatorTest {

  private static final Carried CARRIED = new Carried(Tag.of("a+b"), new Stamp(42, 0x9f3c71d2));
  private static final String MEMBERS = "tenancy=a%2Bb,tenancy-rev=42-9f3c71d2";

  private static Map<String, String> injected(Context context, TextMapSetter<Map<String, String>> setter) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    TextMapPropagator.composite(new InsideBaggage(W3CBaggagePropagator.getInstance()), new TagPropagator())
        .inject(context, headers, setter);
    return headers;
  }

  private static void put(@Nullable Map<String, String> headers, String name, String value) {
    Objects.requireNonNull(headers).put(name, value);
  }

  @Test
  void inject_tagged_writesAllNames() {
    Map<String, String> headers = injected(TagContext.with(Context.root(), CARRIED), TagPropagatorTest::put);

    assertThat(headers).containsOnly(Map.entry("baggage", MEMBERS), Map.entry("X-Tenancy-ID", "a+b"),
        Map.entry("request-tenancy", "a+b"));
  }

  @Test
  void inject_tagged_writesEachHeaderOnce() {
    List<String> written = new ArrayList<>();

    injected(TagContext.with(Context.root(), CARRIED), (into, name, value) -> written.add(name));

    assertThat(written).containsExactlyInAnyOrder("baggage", "X-Tenancy-ID", "request-tenancy");
  }

  /** As Sentry's does. */
  @Test
  void inject_behindOneThatWritesOverTheBaggage_writesItAgain() {
    TextMapPropagator other = new TextMapPropagator() {
      @Override
      public Collection<String> fields() {
        return List.of("baggage");
      }

      @Override
      public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
        setter.set(carrier, "baggage", "other=1");
      }

      @Override
      public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
        return context;
      }
    };
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    TextMapPropagator.composite(new InsideBaggage(W3CBaggagePropagator.getInstance()), new InsideOnly(other),
        new TagPropagator()).inject(TagContext.with(Context.root(), CARRIED), headers, TagPropagatorTest::put);

    assertThat(headers).containsEntry("baggage", MEMBERS);
  }

  @Test
  void inject_taggedBesideOthersMembers_keepsThese() {
    Context others = Baggage.builder().put("userId", "alice smith").build().storeInContext(Context.root());

    assertThat(injected(TagContext.with(others, CARRIED), TagPropagatorTest::put)).containsEntry("baggage",
        MEMBERS + ",userId=alice%20smith");
  }

  @Test
  void inject_traced_writesThatToo_alsoUntagged() {
    Context tagged = TagContext.with(Context.root(), CARRIED.tracedBy("t1"));
    Context untagged = TagContext.traced(Baggage.builder().put("k", "v").build().storeInContext(Context.root()), "t2");

    assertThat(injected(tagged, TagPropagatorTest::put)).containsEntry("baggage", MEMBERS + ",lanekeeper-trace=t1");
    assertThat(injected(untagged, TagPropagatorTest::put)).hasSize(1).hasEntrySatisfying("baggage",
        list -> assertThat(list.split(",")).containsExactlyInAnyOrder("k=v", "lanekeeper-trace=t2"));
    assertThat(Baggage.fromContext(TagContext.without(tagged)).isEmpty()).isTrue();
  }

  @Test
  void inject_untagged_writesOthersMembersAlone() {
    Context others = Baggage.builder().put("userId", "alice").build().storeInContext(Context.root());

    assertThat(injected(others, TagPropagatorTest::put)).containsOnly(Map.entry("baggage", "userId=alice"));
  }

  @Test
  void inject_thatFailsInTheMiddle_leavesTheTagInTheBaggage() {
    Map<String, String> headers = injected(TagContext.with(Context.root(), CARRIED), (into, name, value) -> {
      if (!name.equals("baggage")) {
        throw new IllegalStateException("broken on purpose");
      }
      put(into, name, value);
    });

    assertThat(headers).containsOnlyKeys("baggage");
    assertThat(Objects.requireNonNull(headers.get("baggage")).split(",")).containsExactlyInAnyOrder(MEMBERS.split(","));
  }

  /** As in {@code otel.propagators=baggage,custom}: ours is put at the end. */
  @Test
  void inject_behindOneThatFails_leavesTheTagInTheBaggage() {
    TextMapPropagator failing = new TextMapPropagator() {
      @Override
      public Collection<String> fields() {
        return List.of();
      }

      @Override
      public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
        throw new IllegalStateException("broken on purpose");
      }

      @Override
      public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
        return context;
      }
    };
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    TextMapPropagator all = TextMapPropagator.composite(new InsideBaggage(W3CBaggagePropagator.getInstance()), failing,
        new TagPropagator());

    assertThatThrownBy(
        () -> all.inject(TagContext.with(Context.root(), CARRIED), headers, TagPropagatorTest::put))
        .isInstanceOf(IllegalStateException.class);
    assertThat(headers).containsKey("baggage");
  }

  /** Another extension may set the list after us; and ours does nothing where the start has failed. */
  @Test
  void inject_withoutOurs_leavesTheTagInTheBaggage() {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    TextMapPropagator.composite(new InsideBaggage(W3CBaggagePropagator.getInstance()), TextMapPropagator.noop())
        .inject(TagContext.with(Context.root(), CARRIED), headers, TagPropagatorTest::put);

    assertThat(headers).containsKey("baggage");
  }

  /** A carrier of which lists of some headers fail, when they are read, and single values of one. */
  private record Getter(Predicate<String> listFails, String getFails) implements TextMapGetter<Map<String, String>> {

    @Override
    @SuppressWarnings("deprecation") // not yet gone
    public Iterable<String> keys(Map<String, String> carrier) {
      return carrier.keySet();
    }

    @Override
    public @Nullable String get(@Nullable Map<String, String> carrier, String name) {
      if (name.equals(getFails)) {
        throw new IllegalStateException("broken on purpose");
      }
      return Objects.requireNonNull(carrier).get(name);
    }

    @Override
    public Iterator<String> getAll(@Nullable Map<String, String> carrier, String name) {
      if (!listFails.test(name)) {
        return TextMapGetter.super.getAll(carrier, name);
      }
      return Stream.<String>generate(() -> {
        throw new IllegalStateException("broken on purpose");
      }).iterator();
    }
  }

  private static Carried extracted(Map<String, String> headers, Predicate<String> listFails, String getFails) {
    return TagContext.of(new TagPropagator().extract(Context.root(), headers, new Getter(listFails, getFails)));
  }

  @Test
  void extract_untagged_inARequestOfOtherNames_isUntagged() {
    Context request = TagContext.with(Context.root(), CARRIED);
    TextMapPropagator all = TextMapPropagator.composite(new InsideBaggage(W3CBaggagePropagator.getInstance()),
        new TagPropagator());
    Getter getter = new Getter(name -> false, "");

    try (PublishedLanes renamed = PublishedLanes.named(PublishedLanes.names("lane"))) {
      Context taken = all.extract(request, Map.of("baggage", "tenancy=of-the-application"), getter);
      assertThat(TagContext.of(taken).isTagged()).as("by %s", renamed).isFalse();
      Context changed = Baggage.fromContext(request).toBuilder().put("userId", "alice").build().storeInContext(request);
      assertThat(TagContext.of(all.extract(changed, Map.of("accept", "*/*"), getter))).isEqualTo(Carried.NOTHING);
    }
  }

  /** A production record that is taken in the midst of a test, or on a thread that a test has left its context on. */
  @Test
  void extract_untagged_onTheThreadOfATaggedRequest_isUntagged() {
    TextMapPropagator all = TextMapPropagator.composite(new InsideBaggage(W3CBaggagePropagator.getInstance()),
        new TagPropagator());
    Context request = TagContext.with(Baggage.builder().put("userId", "alice").build().storeInContext(Context.root()),
        CARRIED);
    Getter getter = new Getter(name -> false, "");

    try (Scope busy = request.makeCurrent()) {
      Context taken = all.extract(Context.current(), Map.of("accept", "*/*"), getter);
      assertThat(TagContext.of(taken)).as("in %s", busy).isEqualTo(Carried.NOTHING);
      assertThat(Baggage.fromContext(taken).asMap()).containsOnlyKeys("userId");
      try (Scope own = taken.makeCurrent()) {
        assertThat(injected(Context.current(), TagPropagatorTest::put)).as("in %s", own)
            .containsOnly(Map.entry("baggage", "userId=alice"));
      }
      Context own = all.extract(Context.current(), Map.of("baggage", "region=eu"), getter);
      assertThat(TagContext.of(own)).as("with baggage").isEqualTo(Carried.NOTHING);
    }
  }

  @Test
  void extract_ofWhatCannotBeRead_changesNothing() {
    try (Scope busy = TagContext.with(Context.root(), CARRIED).makeCurrent()) {
      Context taken = new TagPropagator().extract(Context.current(), Map.of("accept", "*/*"),
          new Getter(name -> true, "baggage"));
      assertThat(TagContext.of(taken)).as("in %s", busy).isEqualTo(CARRIED);
    }
  }

  @Test
  void extract_thatFails_readsTheFirstHeaderOfEachName() {
    Map<String, String> baggage = Map.of("baggage", MEMBERS);
    Map<String, String> both = Map.of("baggage", MEMBERS, "X-Tenancy-ID", "of-an-old-hop");

    assertThat(extracted(baggage, name -> false, "")).isEqualTo(CARRIED);
    assertThat(extracted(baggage, name -> true, "")).isEqualTo(CARRIED);
    assertThat(extracted(both, name -> true, "")).isEqualTo(CARRIED);
    assertThat(extracted(Map.of("X-Tenancy-ID", "123"), name -> true, "").tag()).isEqualTo(Tag.of("123"));
    assertThat(extracted(Map.of("baggage", "region=eu"), name -> true, "")).isEqualTo(Carried.NOTHING);
  }

  @Test
  void extract_ofOneHeaderThatCannotBeRead_readsTheOthers() {
    assertThat(extracted(Map.of("baggage", MEMBERS), name -> true, "request-tenancy")).isEqualTo(CARRIED);
    assertThat(extracted(Map.of("X-Tenancy-ID", "123"), name -> true, "baggage").tag()).isEqualTo(Tag.of("123"));
  }

  @Test
  void inject_whereTheSpanFails_leavesTheTagInTheBaggage() {
    Span failing = (Span) Proxy.newProxyInstance(TagPropagatorTest.class.getClassLoader(),
        new Class<?>[]{Span.class, ReadableSpan.class}, (proxy, method, arguments) -> {
          if (method.getName().equals("storeInContext")) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
          }
          throw new IllegalStateException("broken on purpose");
        });

    assertThat(injected(TagContext.with(Context.root(), CARRIED).with(failing), TagPropagatorTest::put))
        .containsEntry("baggage", MEMBERS);
  }

  /** A trace that an application, or another propagator, put into the baggage is no way to say whose a request is. */
  @Test
  void inject_traceThatIsNone_isNotWritten() {
    Context request = TagContext.with(Context.root(), new Carried(Tag.of("123"), new Stamp(42, 0x9f3c71d2)));
    for (String trace : List.of("x,tenancy=other", "x\r\nX-Evil: 1", "x".repeat(9_000), "", "a b")) {
      Context context =
          Baggage.fromContext(request).toBuilder().put("lanekeeper-trace", trace).build().storeInContext(request);

      Map<String, String> headers = injected(context, TagPropagatorTest::put);
      Carried read = new WireTag(WireNames.STANDARD).clear()
          .baggage(Objects.requireNonNull(headers.get("baggage"))).carried();

      assertThat(read.tag()).as(trace.length() < 80 ? trace : "long").isEqualTo(Tag.of("123"));
      assertThat(headers.get("baggage")).doesNotContain("\n").hasSizeLessThan(8_193);
    }
  }
}
