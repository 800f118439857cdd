package dev.lanekeeper.simulation;

import dev.lanekeeper.model.Tenancy;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One random course of things: tenants come and go, messages are sent, and much goes wrong. Then nothing does any more, every tenant is
 * ended, and all must come to rest, as it should be.
 */
final class Schedule {

  private static final long TROUBLE_MILLIS = 14_000;
  private static final long END_MILLIS = 19_000;
  private static final long QUIET_MILLIS = 260_000;
  private static final List<String> TENANCIES = List.of("a", "b", "a+b", "b+a", "n", "n+a");
  private static final List<String> RESIDUES = List.of("quarantine", "discard", "redeliver");
  private static final List<String> TENANTS = List.of("a", "b");

  /** What happens where nothing goes wrong: tenants are applied and end, and others are. */
  private static final int[] CALM = {0, 20, 20, 20, 85};

  private final World world;
  private final Scheduler scheduler;
  private final SplittableRandom random;
  private int gaps;
  private int zombies;
  private int forgotten;

  Schedule(long seed, boolean traced, Faults faults) {
    world = new World(seed, traced, faults);
    scheduler = world.scheduler();
    random = scheduler.random();
  }

  /** How many messages were lost in the one way that is documented. */
  int gaps() {
    return gaps;
  }

  /** How many messages were processed by a workload that was out of its group, and had not heard of it. */
  int zombies() {
    return zombies;
  }

  /** How many late messages of a combination, of which one tenant was forgotten, were not dealt with as if it were not. */
  int forgotten() {
    return forgotten;
  }

  World world() {
    return world;
  }

  /**
   * Lets it take its course.
   *
   * @throws AssertionError if something does not hold
   */
  void run() {
    try {
      world.start();
      traffic();
      trouble();
      scheduler.run(TROUBLE_MILLIS * 1_000_000);
      heal();
      scheduler.run(END_MILLIS * 1_000_000);
      world.endTenants();
      comeToRest();
      Verdict verdict = new Verdict(world);
      verdict.check();
      gaps = verdict.gaps();
      zombies = verdict.zombies();
      forgotten = verdict.forgotten();
    } finally {
      world.end();
    }
  }

  private void traffic() {
    int messages = 10 + random.nextInt(40);
    for (int i = 0; i < messages; i++) {
      at(500, END_MILLIS - 1_000, this::send);
    }
  }

  private void send() {
    String tenancy = TENANCIES.get(random.nextInt(TENANCIES.size()));
    int dice = random.nextInt(100);
    if (dice < 25) {
      world.edge().sendUntagged();
    } else if (dice < 60) {
      world.edge().send(tenancy, 50, ahead());
    } else if (dice < 78) {
      world.edge().send(tenancy, 9_000, ahead());
    } else if (dice < 94) {
      world.edge().sendUnstamped(tenancy, ahead());
    } else {
      world.edge().sendForged(tenancy, 1 + random.nextInt(12));
    }
  }

  /** How far the clock of a producer is ahead, in ms. */
  private long ahead() {
    return !world.isCalm() && random.nextInt(3) == 0 ? random.nextInt(4_000) - 2_000 : 0;
  }

  private void trouble() {
    world.clock().grain(random.nextInt(3) == 0 ? 200 : 1);
    if (random.nextBoolean()) {
      at(50, 200, () -> environment("production"));
    }
    at(300, 2_000, () -> apply("a"));
    at(300, 4_000, () -> apply("b"));
    int troubles = random.nextInt(20);
    for (int i = 0; i < troubles; i++) {
      at(1_000, TROUBLE_MILLIS, this::act);
    }
    if (world.isCalm()) {
      return;
    }
    int losing = random.nextInt(3) == 0 ? random.nextInt(80) : 0;
    world.loses(losing);
    world.network().slow(random.nextInt(3) == 0 ? random.nextInt(80) : 0);
  }

  private void at(long leastMillis, long mostMillis, Runnable what) {
    scheduler.after(scheduler.between(leastMillis, mostMillis), Scheduler.world(), what);
  }

  private void act() {
    int dice = world.isCalm() ? CALM[random.nextInt(CALM.length)] : random.nextInt(100);
    if (dice < 14) {
      apply(TENANTS.get(random.nextInt(TENANTS.size())));
    } else if (dice < 30) {
      end(TENANTS.get(random.nextInt(TENANTS.size())));
    } else if (dice < 42) {
      killWorkload();
    } else if (dice < 52) {
      stop(world.workload(TENANTS.get(random.nextInt(TENANTS.size()))));
    } else if (dice < 60) {
      stop(world.baseline(random.nextInt(world.baselines())));
    } else if (dice < 66) {
      killBaseline();
    } else if (dice < 74) {
      cutOff();
    } else if (dice < 81) {
      world.restartControl();
    } else if (dice < 84) {
      brokerDown();
    } else if (dice < 92) {
      world.control().apply(World.documents("kind: Tenant\ntenancy: x" + random.nextInt(1_000)
          + "\noverrides: { X: { redirect: \"http://127.0.0.1:9000\" } }\n"));
    } else if (dice < 95) {
      world.grow();
    } else if (dice < 98) {
      environment(random.nextBoolean() ? "staging" : "production");
    } else {
      world.clock().skew(random.nextInt(2_000) - 1_000);
    }
  }

  private void environment(String profile) {
    world.control().apply(World.documents("kind: Environment\nprofile: " + profile + "\n"));
  }

  /** A tenant ends, while somebody of the baseline, or its workload, may not hear of it, and messages of it are under way. */
  private void end(String tenant) {
    if (world.isCalm()) {
      for (int i = 0; i < 6; i++) {
        world.edge().send(tenant, 50, 0);
      }
      at(100, 400, () -> world.control().delete(new Tenancy(tenant)));
    } else {
      world.control().delete(new Tenancy(tenant));
    }
    int late = random.nextInt(4);
    for (int i = 0; i < late; i++) {
      world.edge().send(tenant, 8_000, 0);
    }
    if (!world.isCalm() && random.nextInt(3) == 0) {
      at(0, 6_000, () -> {
        ConsumerProcess process = world.baseline(random.nextInt(world.baselines()));
        if (random.nextBoolean()) {
          cutOff(process.host());
        } else {
          stop(process);
        }
      });
    }
  }

  private void apply(String tenant) {
    if (!world.isCalm() && random.nextInt(3) == 0) {
      world.edge().sendUnstamped(tenant, random.nextInt(3_000)); // of a time at which it may be registered
      at(100, 1_500, () -> register(tenant));
    } else {
      register(tenant);
    }
  }

  private void register(String tenant) {
    world.control().apply(World.documents("kind: Tenant\ntenancy: " + tenant + "\nresidue: "
        + RESIDUES.get(random.nextInt(RESIDUES.size())) + "\noverrides: { C: { workload: {} } }\n"));
    if (world.workload(tenant) == null && random.nextInt(5) > 0) {
      at(0, 2_000, () -> world.startWorkload(tenant));
    }
  }

  private void killWorkload() {
    String tenant = TENANTS.get(random.nextInt(TENANTS.size()));
    ConsumerProcess process = world.workload(tenant);
    if (process != null) {
      kill(process.host());
      if (random.nextInt(4) > 0) {
        at(50, 4_000, () -> {
          if (world.workload(tenant) == null) {
            world.startWorkload(tenant);
          }
        });
      }
    }
  }

  private void killBaseline() {
    int place = random.nextInt(world.baselines());
    if (world.baseline(place).host().isAlive()) {
      kill(world.baseline(place).host());
      at(50, 4_000, () -> restartBaseline(place));
    }
  }

  private void restartBaseline(int place) {
    if (!world.baseline(place).host().isAlive()) {
      world.startBaseline(place);
    }
  }

  private void kill(Host host) {
    scheduler.trace(() -> host + " is killed");
    host.kill();
    scheduler.tally().count(Happening.KILLS);
  }

  private void stop(@org.jspecify.annotations.Nullable ConsumerProcess process) {
    if (process != null && process.host().isAlive()) {
      long until = scheduler.nowNanos() + scheduler.between(100, 7_000);
      scheduler.trace(() -> process.host() + " is stopped for " + (until - scheduler.nowNanos()) / 1_000_000 + " ms");
      process.host().stop(scheduler.nowNanos(), until);
      scheduler.tally().count(Happening.STOPS);
    }
  }

  private void cutOff() {
    List<ConsumerProcess> all = new java.util.ArrayList<>(world.workloads());
    for (int i = 0; i < world.baselines(); i++) {
      all.add(world.baseline(i));
    }
    Host host = random.nextInt(6) == 0
        ? world.edge().plane().host()
        : all.get(random.nextInt(all.size())).host();
    cutOff(host);
  }

  private void cutOff(Host host) {
    scheduler.trace(() -> host + " is cut off from the control plane");
    world.network().cut(host, true);
    scheduler.tally().count(Happening.CUTS);
    at(200, 8_000, () -> {
      scheduler.trace(() -> host + " is cut off no longer");
      world.network().cut(host, false);
    });
  }

  private void brokerDown() {
    scheduler.trace(() -> "the broker is out of reach");
    world.broker().down(true);
    scheduler.tally().count(Happening.OUTAGES);
    at(100, 4_000, () -> world.broker().down(false));
  }

  /** Nothing goes wrong any more. */
  private void heal() {
    scheduler.trace(() -> "nothing goes wrong any more");
    world.leaveAlone();
    world.loses(0);
    world.network().slow(0);
    world.clock().skew(0);
    world.clock().grain(1);
    world.broker().down(false);
    world.startControl();
    world.network().cut(world.edge().plane().host(), false);
    for (int i = 0; i < world.baselines(); i++) {
      world.network().cut(world.baseline(i).host(), false);
      world.baseline(i).host().go(scheduler.nowNanos());
      restartBaseline(i);
    }
    for (ConsumerProcess process : world.workloads()) {
      world.network().cut(process.host(), false);
      process.host().go(scheduler.nowNanos());
    }
  }

  private void comeToRest() {
    Verdict verdict = new Verdict(world);
    for (long millis = END_MILLIS + 8_000; millis < QUIET_MILLIS; millis += 2_000) {
      scheduler.run(millis * 1_000_000);
      world.endTenants();
      if (verdict.isQuiet()) {
        scheduler.run((millis + 3_000) * 1_000_000);
        return;
      }
    }
    throw new AssertionError("does not hold: a quiet end is reached (" + verdict.unrest() + ")");
  }
}
