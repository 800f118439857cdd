package dev.lanekeeper.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.boot.ContextSource;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.WireNames;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TagContextTest {

  private static final Tag TAG = Tag.of("123");

  private final TagContext source = new TagContext(Carried.NOTHING);

  private static Context request(Stamp stamp) {
    return TagContext.with(Context.root(), new Carried(TAG, stamp));
  }

  @Test
  void settle_byAllThreadsOfARequest_givesThemOneStamp() {
    Context request = request(Stamp.NONE);
    List<CompletableFuture<Stamp>> settled = IntStream.rangeClosed(1, 16)
        .mapToObj(i -> CompletableFuture.supplyAsync(request.wrapSupplier(() -> source.settle(TAG, new Stamp(i, i)))))
        .toList();

    Set<Stamp> stamps = Set.copyOf(settled.stream().map(CompletableFuture::join).toList());

    assertThat(stamps).hasSize(1);
    assertThat(TagContext.of(request).stamp()).isEqualTo(stamps.iterator().next());
    assertThat(TagContext.of(request(Stamp.NONE)).stamp()).as("another request").isEqualTo(Stamp.NONE);
  }

  @Test
  void settle_ofAnothersTag_settlesNothing() {
    try (Scope serving = request(Stamp.NONE).makeCurrent()) {
      assertThat(source.settle(Tag.of("other"), new Stamp(7, 7))).isEqualTo(new Stamp(7, 7));
      assertThat(source.current().stamp()).as("of %s", serving).isEqualTo(Stamp.NONE);
    }
  }

  @Test
  void serve_isWhatTheThreadServes_untilItIsClosed_alsoNobody() {
    Carried other = new Carried(Tag.of("other"), new Stamp(7, 7));
    try (Scope serving = request(Stamp.NONE).makeCurrent()) {
      try (ContextSource.Served served = source.serve(other)) {
        assertThat(source.current()).as("of %s", served).isEqualTo(other);
      }
      try (ContextSource.Served served = source.serve(Carried.NOTHING)) {
        assertThat(source.current()).as("of %s", served).isEqualTo(Carried.NOTHING);
      }
      assertThat(source.current().tag()).as("of %s", serving).isEqualTo(TAG);
    }
  }

  @Test
  void settled_isNotForATagThatTheApplicationPutThere() {
    Context request = request(Stamp.NONE);
    try (Scope serving = request.makeCurrent()) {
      assertThat(source.settle(TAG, new Stamp(7, 7))).as("of %s", serving).isEqualTo(new Stamp(7, 7));
    }
    Baggage other = Baggage.fromContext(request).toBuilder().put("tenancy", "other").build();

    assertThat(TagContext.of(other.storeInContext(request))).isEqualTo(new Carried(Tag.of("other"), Stamp.NONE));
  }

  private static Context with(Context context, String member, String value) {
    return Baggage.fromContext(context).toBuilder().put(member, value).build().storeInContext(context);
  }

  @Test
  void request_underWayWhileTheNamesChange_staysTagged() {
    Carried carried = new Carried(Tag.of("123", "B:x"), new Stamp(7, 7));
    Context request = TagContext.with(Context.root(), carried);
    Context changed = with(request, "userId", "alice");

    WireNames beside = new WireNames(List.of("lane", "tenancy"), "lane-rev", "lane-overrides", List.of());
    for (WireNames names : List.of(PublishedLanes.names("lane"), beside)) {
      try (PublishedLanes renamed = PublishedLanes.named(names)) {
        assertThat(TagContext.of(request)).as("by %s", renamed).isEqualTo(carried);
        assertThat(TagContext.of(changed)).isEqualTo(carried);
        TagContext.of(Baggage.fromContext(changed).storeInContext(Context.root()));
        assertThat(TagContext.of(changed)).as("after another's").isEqualTo(carried);
        assertThat(Baggage.fromContext(TagContext.without(changed)).asMap()).containsOnlyKeys("userId");
        assertThat(TagContext.of(Baggage.empty().storeInContext(request)).isTagged()).as("left out").isFalse();
      }
    }
  }

  @Test
  void request_withAMemberThatNamesTheTenancyNow_keepsItsTag() {
    Context request = TagContext.with(with(Context.root(), "lane", "blue"), new Carried(TAG, Stamp.NONE));

    try (PublishedLanes renamed = PublishedLanes.named(PublishedLanes.names("lane"))) {
      assertThat(TagContext.of(with(request, "userId", "alice")).tag()).as("by %s", renamed).isEqualTo(TAG);
    }
  }

  @Test
  void untagged_takenInARequestOfOtherNames_isUntagged() {
    Context request = TagContext.with(Context.root(), new Carried(TAG, Stamp.NONE));

    try (PublishedLanes renamed = PublishedLanes.named(PublishedLanes.names("lane"))) {
      Context record = TagContext.untagged(
          Baggage.builder().put("tenancy", "of-the-application").build().storeInContext(request));
      assertThat(TagContext.of(record).isTagged()).as("by %s", renamed).isFalse();
    }
  }

  /** As an exception leaves it that ends a loop over messages. */
  @Test
  @SuppressWarnings("MustBeClosedChecker") // that is the point
  void backTo_aMessageThatWasNotLetGoOf_leavesIt() {
    Context before = Context.root().with(ContextKey.named("busy"), "with this");
    try (Scope busy = before.makeCurrent()) {
      Object here = source.here();
      Context message = request(Stamp.NONE);
      message.makeCurrent();
      assertThat(source.current().isTagged()).as("in %s", busy).isTrue();

      source.backTo(here);

      assertThat(Context.current()).isSameAs(before);
    }
  }

  @Test
  void backTo_anywhereElse_leavesTheThreadWhereItIs() {
    Object here = source.here();
    try (Scope outer = Context.root().with(ContextKey.named("busy"), "with that").makeCurrent()) {
      Context message = request(Stamp.NONE);
      try (Scope busy = message.makeCurrent()) {
        source.backTo(here);
        assertThat(Context.current()).as("in %s, in %s", busy, outer).isSameAs(message);
      }
    }
  }

  @Test
  void outgoing_thatServesNobody_isTheProcessesOwn_whereOthersCarryIt() {
    Carried own = new Carried(Tag.of("own"), Stamp.NONE);
    String apache = "io.opentelemetry.apache-httpclient-5.0";
    try (PublishedLanes published = PublishedLanes.with(new TagContext(own))) {
      assertThat(TagContext.outgoing(Spans.of(SpanKind.CLIENT, apache, "b"))).as("by %s", published).isEqualTo(own);
      assertThat(List.of(Context.root(), Spans.of(SpanKind.CLIENT, apache, null),
          Spans.of(SpanKind.CLIENT, "io.opentelemetry.okhttp-3.0", "b"),
          Spans.of(SpanKind.PRODUCER, "io.opentelemetry.kafka-clients-2.6", "b")))
          .allSatisfy(context -> assertThat(TagContext.outgoing(context).isTagged()).isFalse());
      Context serving = TagContext.with(Spans.of(SpanKind.CLIENT, apache, "b"), new Carried(TAG, Stamp.NONE));
      assertThat(TagContext.outgoing(serving).tag()).isEqualTo(TAG);
    }
  }

  @Test
  void malformed_staysMalformed() {
    Context request = TagContext.with(Context.root(), new Carried(Tag.MALFORMED, Stamp.NONE));

    assertThat(TagContext.of(request).tag()).isEqualTo(Tag.MALFORMED);
    assertThat(Baggage.fromContext(request).getEntryValue("tenancy")).isEqualTo("!");
  }
}
