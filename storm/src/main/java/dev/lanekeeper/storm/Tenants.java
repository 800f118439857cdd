package dev.lanekeeper.storm;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.api.ProblemException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The tenants: each slot has one after the other, from its birth to its end; so many live at once as there are slots. */
final class Tenants implements Runnable {

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final List<String> RESIDUES = List.of("discard", "quarantine", "redeliver");
  private static final int REMEMBERED = 24;
  private static final int STRANGERS = 20;

  private final Town town;
  private final Plan plan;
  private final Hosts hosts;
  private final Incidents incidents;
  private final Progress progress;
  private final ControlPlaneClient client;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger over = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final List<String> alive = new CopyOnWriteArrayList<>();
  private final List<String> ended = Collections.synchronizedList(new ArrayList<>());
  private final List<Thread> leaving = new CopyOnWriteArrayList<>();
  private final Map<String, String> problems = new ConcurrentHashMap<>();
  private long endNanos;

  Tenants(Town town, Plan plan, Hosts hosts, Incidents incidents, Progress progress) {
    this.town = town;
    this.plan = plan;
    this.hosts = hosts;
    this.incidents = incidents;
    this.progress = progress;
    this.client = town.client();
  }

  /** How many have lived. */
  int over() {
    return over.get();
  }

  /** What could not be done, by tenancy; empty if all is well. */
  Map<String, String> problems() {
    return problems;
  }

  /** Has all of them live and die; returns when the last one is deleted, and all processes are gone. */
  @Override
  public void run() {
    endNanos = System.nanoTime() + plan.traffic().toNanos();
    List<Thread> slots = new ArrayList<>();
    for (int slot = 0; slot < plan.alive(); slot++) {
      SplittableRandom random = new SplittableRandom(plan.seed() * 31 + slot);
      slots.add(Thread.ofPlatform().name("slot-" + slot).start(() -> fill(random)));
    }
    try {
      for (Thread slot : slots) {
        slot.join();
      }
      for (Thread thread : leaving) {
        thread.join();
      }
    } catch (InterruptedException given) {
      Thread.currentThread().interrupt();
    }
  }

  private void fill(SplittableRandom random) {
    String last = null;
    try {
      for (int i = next.getAndIncrement(); i < plan.tenants(); i = next.getAndIncrement()) {
        // One in eight is created anew at once, under the same name.
        String tenancy =
            last != null && random.nextInt(8) == 0 ? last : random.nextInt(5) == 0 ? "shop/t" + i : "t" + i;
        try {
          live(tenancy, i, random);
        } catch (ProblemException failed) {
          problems.put(tenancy, String.valueOf(failed.getMessage()));
          progress.say(tenancy + ": " + failed.getMessage());
        }
        last = tenancy;
        over.incrementAndGet();
      }
    } catch (InterruptedException given) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isAgents(int number) {
    return plan.agents() > 0 && number % Math.max(1, plan.tenants() / plan.agents()) == 0
        && number / Math.max(1, plan.tenants() / plan.agents()) < plan.agents();
  }

  private void live(String tenancy, int number, SplittableRandom random) throws InterruptedException {
    String residue = RESIDUES.get(random.nextInt(RESIDUES.size()));
    Patience.answer(PATIENCE, () -> client.applyYaml(String.format(Locale.ROOT,
        "kind: Tenant%ntenancy: %s%nresidue: %s%noverrides: { %s: { workload: {} } }%n", tenancy, residue,
        Ground.SERVICE)));
    alive.add(tenancy);
    String name = "w" + number;
    Runnable leave;
    if (isAgents(number)) {
      leave = liveUnderAgent(tenancy, name, random);
    } else {
      leave = liveInHost(tenancy, name, random);
    }
    delete(tenancy);
    alive.remove(tenancy);
    remember(tenancy);
    leaving.add(Thread.ofVirtual().start(leave));
    progress.say(tenancy + " is over (" + (over.get() + 1) + " of " + plan.tenants() + ", " + residue + ")");
  }

  private void remember(String tenancy) {
    synchronized (ended) {
      ended.add(tenancy);
      if (ended.size() > REMEMBERED) {
        ended.remove(0);
      }
    }
  }

  private void delete(String tenancy) throws InterruptedException {
    Patience.answer(PATIENCE, () -> {
      try {
        return client.deleteTenant(tenancy);
      } catch (ProblemException failed) {
        if (failed.code().equals(ProblemCode.NOT_FOUND.code())) {
          return failed; // an answer was lost before
        }
        refused.incrementAndGet();
        throw failed;
      }
    });
  }

  /** How long the next one lives, so that all have their turn in time. */
  private long lifeMillis(SplittableRandom random) {
    long left = Math.max(0, (endNanos - System.nanoTime()) / 1_000_000);
    long each = left * plan.alive() / Math.max(1, plan.tenants() - over.get());
    return (long) (each * (0.3 + 1.2 * random.nextDouble()));
  }

  private Runnable liveInHost(String tenancy, String name, SplittableRandom random) throws InterruptedException {
    int fate = random.nextInt(20);
    if (fate == 0) {
      return () -> {}; // deleted at once, before anybody is there
    }
    if (fate == 1) {
      Thread.sleep(lifeMillis(random)); // nobody ever comes
      return () -> {};
    }
    Thread.sleep(random.nextInt(1_500));
    hosts.start(name, tenancy);
    Thread.sleep(lifeMillis(random));
    if (fate < 5) {
      hosts.stop(name); // and leaves what comes now
      Thread.sleep(random.nextInt(1_000));
      return () -> {};
    }
    long stays = 1_500L + random.nextInt(fate < 8 ? 14_000 : 4_000);
    return () -> {
      sleep(stays);
      hosts.stop(name);
    };
  }

  private Runnable liveUnderAgent(String tenancy, String name, SplittableRandom random) throws InterruptedException {
    Child first = program(tenancy, name + "a");
    long millis = lifeMillis(random);
    Thread.sleep(4_000 + millis / 2);
    kill(tenancy, first);
    boolean again = random.nextBoolean();
    Child second = again ? program(tenancy, name + "b") : null;
    Thread.sleep((again ? 4_000 : 0) + millis / 2);
    return () -> {
      if (second != null) {
        sleep(3_000 + 1_000L * (name.hashCode() & 7));
        kill(tenancy, second);
      }
    };
  }

  private Child program(String tenancy, String name) {
    try {
      return town.startProgram(tenancy, name);
    } catch (IOException cannot) {
      throw new IllegalStateException(cannot);
    }
  }

  private void kill(String tenancy, Child program) {
    incidents.note(tenancy, "kill -9 " + program.name(), true);
    program.kill();
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException given) {
      Thread.currentThread().interrupt();
    }
  }

  /** For whom a message is: mostly for those who live; for some that have ended, are still to come, or never will. */
  String any(SplittableRandom random) {
    int which = random.nextInt(100);
    if (which < 80) {
      String one = one(alive, random);
      if (one != null) {
        return one;
      }
    }
    if (which < 92) {
      synchronized (ended) {
        if (!ended.isEmpty()) {
          return ended.get(random.nextInt(ended.size()));
        }
      }
    }
    return which < 97 ? "t" + (next.get() + random.nextInt(4)) : "stranger" + random.nextInt(STRANGERS);
  }

  private static @Nullable String one(List<String> list, SplittableRandom random) {
    Object[] now = list.toArray();
    return now.length == 0 ? null : (String) now[random.nextInt(now.length)];
  }
}
