package dev.lanekeeper.controlplane.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TurnsTest {

  private final Turns turns = new Turns(2, Threads.VIRTUAL);
  private final List<String> had = new CopyOnWriteArrayList<>();
  private final Semaphore passOn = new Semaphore(0);
  private final List<Thread> threads = new ArrayList<>();

  @AfterEach
  void end() throws InterruptedException {
    for (Thread thread : threads) {
      thread.interrupt();
      thread.join();
    }
  }

  /** Has somebody come who keeps his turn until it is to be passed on. */
  private Thread come(String name) {
    int before = turns.waiting() + had.size();
    Thread thread = Thread.ofVirtual().start(() -> {
      try (Turns.Turn _ = turns.take()) {
        had.add(name);
        passOn.acquire();
      } catch (InterruptedException given) {
        Thread.currentThread().interrupt();
      }
    });
    threads.add(thread);
    await().until(() -> turns.waiting() + had.size() > before);
    return thread;
  }

  @Test
  void take_asManyAtOnceAsThereMayBe_theOthersInTheOrderInWhichTheyCame() {
    for (String name : List.of("1", "2", "3", "4", "5")) {
      come(name);
    }
    assertThat(had).containsExactly("1", "2");
    assertThat(turns.waiting()).isEqualTo(3);

    passOn.release();
    await().until(() -> had.size() == 3);
    assertThat(had).last().isEqualTo("3");
    passOn.release(2);
    await().until(() -> had.size() == 5);
    assertThat(turns.waiting()).isZero();
  }

  @Test
  void take_interruptedWhileItWaits_leavesTheLine() throws InterruptedException {
    come("1");
    come("2");
    Thread third = come("3");
    come("4");

    third.interrupt();
    third.join();

    assertThat(turns.waiting()).isEqualTo(1);
    passOn.release();
    await().until(() -> had.size() == 3);
    assertThat(had).last().isEqualTo("4");
  }

  @Test
  void takeFree_isRefused_whereAllAreHad_orOthersWaitForThem() {
    come("1");
    try (Turns.Turn free = turns.takeFree()) {
      assertThat(free).isNotNull();
      assertThat(turns.takeFree()).as("both are had").isNull();
      come("2");
    }
    await().until(() -> had.size() == 2);
    assertThat(turns.takeFree()).isNull();
    assertThat(turns.waiting()).isZero();

    passOn.release();
    await().until(() -> {
      try (Turns.Turn free = turns.takeFree()) {
        return free != null;
      }
    });
  }
}
