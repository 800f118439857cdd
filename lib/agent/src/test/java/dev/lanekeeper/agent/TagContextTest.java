package dev.lanekeeper.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Context;
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
  void settled_isNotForATagThatTheApplicationPutThere() {
    Context request = request(Stamp.NONE);
    try (Scope serving = request.makeCurrent()) {
      assertThat(source.settle(TAG, new Stamp(7, 7))).as("of %s", serving).isEqualTo(new Stamp(7, 7));
    }
    Baggage other = Baggage.fromContext(request).toBuilder().put("tenancy", "other").build();

    assertThat(TagContext.of(other.storeInContext(request))).isEqualTo(new Carried(Tag.of("other"), Stamp.NONE));
  }

  @Test
  void malformed_staysMalformed() {
    Context request = TagContext.with(Context.root(), new Carried(Tag.MALFORMED, Stamp.NONE));

    assertThat(TagContext.of(request).tag()).isEqualTo(Tag.MALFORMED);
    assertThat(Baggage.fromContext(request).getEntryValue("tenancy")).isEqualTo("!");
  }
}
