package dev.lanekeeper.gateway.mocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanekeeper.gateway.routing.LocalRequest;
import dev.lanekeeper.gateway.routing.LocalResponse;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.ServiceName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where stubs come from: read once, kept, and read again where that failed. */
class StubSetsTest {

  private static final Incarnation MOCK = new Incarnation("m1");
  private static final ServiceName B = ServiceName.of("B");
  private static final String STUBS = "[{\"request\":{\"urlPath\":\"/x\"},\"response\":{\"body\":\"x\"}}]";
  private static final LocalRequest REQUEST =
      new LocalRequest("GET", "http://b/x", "127.0.0.1", List.of(), new byte[0]);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;

  private static String ask(StubSets sets) throws InterruptedException {
    LocalResponse response = sets.of(B, MOCK).respond(REQUEST);
    return response == null ? "none" : response.status() + " " + new String(response.body(), StandardCharsets.UTF_8);
  }

  @Test
  void whoStopsWaiting_stopsNobodyElse() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    StubSets sets = new StubSets(mock -> {
      reading.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      }
      return STUBS;
    });
    Thread first = Thread.ofVirtual().start(() -> {
      try {
        ask(sets);
      } catch (InterruptedException given) {
        Thread.currentThread().interrupt();
      }
    });
    reading.await();
    CompletableFuture<String> second = later(sets);
    first.interrupt();
    first.join();
    go.countDown();

    assertThat(second).succeedsWithin(PATIENCE).isEqualTo("200 x");
    assertThat(ask(sets)).isEqualTo("200 x");
  }

  private static CompletableFuture<String> later(StubSets sets) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return ask(sets);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
  }

  @Test
  void whatFails_isToldToAll_andTriedAgain() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    List<Throwable> failures = new ArrayList<>(
        List.of(new IOException("away"), new IllegalStateException("broken"), new OutOfMemoryError("on purpose")));
    StubSets sets = new StubSets(mock -> {
      tries.incrementAndGet();
      if (failures.isEmpty()) {
        return STUBS;
      }
      switch (failures.removeFirst()) {
        case IOException e -> throw e;
        case RuntimeException e -> throw e;
        case Throwable e -> throw (Error) e;
      }
    });

    for (String why : List.of("away", "broken", "on purpose")) {
      assertThat(later(sets)).as(why).succeedsWithin(PATIENCE).asString().startsWith("502 ").contains(why);
    }
    assertThat(ask(sets)).isEqualTo("200 x");
    assertThat(ask(sets)).isEqualTo("200 x");
    assertThat(tries).hasValue(4);
  }

  @Test
  void keptStubs_areReadFromDisk_unlessTheyAreBroken() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    KeptStubs kept = new KeptStubs(directory, mock -> {
      asked.incrementAndGet();
      return "[\"\u20ac\"]";
    });
    assertThat(kept.stubs(MOCK)).isEqualTo("[\"\u20ac\"]");
    assertThat(kept.stubs(MOCK)).isEqualTo("[\"\u20ac\"]");
    assertThat(asked).hasValue(1);
    Path file = directory.resolve("m1.stubs");
    byte[] whole = Files.readAllBytes(file);

    for (int length = 0; length < whole.length; length++) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      assertThat(kept.stubs(MOCK)).as("cut to %s", length).isEqualTo("[\"\u20ac\"]");
      assertThat(asked).hasValue(2 + length);
    }
    assertThat(new KeptStubs(directory, mock -> null).stubs(new Incarnation("m2"))).isNull();
    assertThatThrownBy(() -> new KeptStubs(directory, mock -> {
      throw new IOException("away");
    }).stubs(new Incarnation("m2"))).isInstanceOf(IOException.class);
  }
}
