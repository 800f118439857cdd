package dev.lanekeeper.storm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;

/** What goes wrong, one after the other, overlapping: by the choice of a seed. */
final class Faults {

  private final Town town;
  private final Plan plan;
  private final Baselines baselines;
  private final Hosts hosts;
  private final Incidents incidents;
  private final Progress progress;
  private final SplittableRandom random;
  private final List<Thread> under = new ArrayList<>();
  private final Set<String> busy = new TreeSet<>();
  /** One process at a time is killed and comes back: a slow machine would do nothing but start them. */
  private final Semaphore killing = new Semaphore(1);
  private final Thread thread = Thread.ofPlatform().name("faults").unstarted(this::run);
  private final List<Fault> kinds = new ArrayList<>();
  private volatile boolean over;

  Faults(Town town, Plan plan, Baselines baselines, Hosts hosts, Incidents incidents, Progress progress) {
    this.town = town;
    this.plan = plan;
    this.baselines = baselines;
    this.hosts = hosts;
    this.incidents = incidents;
    this.progress = progress;
    random = new SplittableRandom(plan.seed() + 17);
    for (Fault fault : plan.faults().stream().sorted().toList()) {
      for (int i = 0; i < fault.weight(); i++) {
        kinds.add(fault);
      }
    }
  }

  void start() {
    thread.start();
  }

  private void run() {
    if (kinds.isEmpty()) {
      return;
    }
    try {
      // Each kind comes to be, whatever the weights say of a short storm.
      List<Fault> first = new ArrayList<>(plan.faults().stream().sorted().toList());
      while (!over) {
        Thread.sleep(plan.calm().toMillis() / 2 + random.nextInt((int) Math.max(1, plan.calm().toMillis())));
        if (!over) {
          begin(first.isEmpty() ? kinds.get(random.nextInt(kinds.size())) : first.remove(random.nextInt(first.size())));
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** Something that takes its time; what it hits is left alone by others meanwhile. */
  private interface Course {
    void run() throws IOException, InterruptedException;
  }

  private void begin(Fault fault) {
    int which = random.nextInt(2);
    long millis = 1_500L + random.nextInt(fault == Fault.STOP_CONTROL_PLANE ? 8_000 : 10_000);
    boolean silent = random.nextBoolean();
    switch (fault) {
      case KILL_CONTROL_PLANE -> killing("control-plane-" + which, () -> {
        note(Incidents.CONTROL_PLANES, "kill -9 control-plane-" + which, true);
        town.controlPlane(which).kill();
        Thread.sleep(millis / 2);
        town.startControlPlane(which);
        town.awaitControlPlane(which);
      });
      case STOP_CONTROL_PLANE -> course("control-plane-" + which, () -> {
        note(Incidents.CONTROL_PLANES, "SIGSTOP control-plane-" + which + " for " + millis + " ms", false);
        town.controlPlane(which).stop();
        Thread.sleep(millis);
        town.controlPlane(which).go();
      });
      case KILL_BASELINE -> killing("baseline-" + which, () -> {
        note(Incidents.BASELINE, "kill -9 baseline-" + which, true);
        baselines.member(which).kill();
        Thread.sleep(millis / 4);
        baselines.start(which);
      });
      case STOP_BASELINE -> course("baseline-" + which, () -> {
        note(Incidents.BASELINE, "SIGSTOP baseline-" + which + " for " + millis + " ms", false);
        baselines.member(which).stop();
        Thread.sleep(millis);
        note(Incidents.BASELINE, "SIGCONT baseline-" + which, false);
        baselines.member(which).go();
      });
      case KILL_HOST -> killing("host", () -> {
        note(Incidents.NOBODY, "kill -9 host", true);
        hosts.kill();
      });
      case STOP_HOST -> course("host", () -> {
        progress.say("SIGSTOP host for " + millis + " ms");
        hosts.freeze();
        Thread.sleep(millis);
        hosts.thaw();
      });
      case CUT -> cut(List.of("baseline-0", "baseline-1", "host", "edge-0", "edge-1", "agents").get(random.nextInt(6)),
          silent ? Relay.State.SILENT : Relay.State.REFUSING, millis);
      case REBALANCE -> course("another", () -> {
        progress.say("a further member of the baseline joins");
        Child another = baselines.another();
        Thread.sleep(millis);
        another.tellNothingMore();
        another.await();
      });
      case RESTART_BROKER -> killing("broker", () -> {
        note(Incidents.ALL, (silent ? "kill -9" : "SIGTERM") + " broker", silent);
        town.restartBroker(silent, millis / 4);
        note(Incidents.ALL, "broker is back", false);
      });
    }
  }

  private void cut(String whom, Relay.State how, long millis) {
    course("relay " + whom, () -> {
      note(Incidents.NOBODY, "cut " + whom + " for " + millis + " ms, " + how, false);
      town.relay(whom).set(how);
      Thread.sleep(millis);
      town.relay(whom).set(Relay.State.OPEN);
    });
  }

  private void note(String whom, String what, boolean kill) {
    incidents.note(whom, what, kill);
    progress.say(what);
  }

  private void killing(String what, Course course) {
    if (killing.tryAcquire()) {
      boolean begun = course(what, () -> {
        try {
          course.run();
        } finally {
          killing.release();
        }
      });
      if (!begun) {
        killing.release();
      }
    }
  }

  private boolean course(String what, Course course) {
    synchronized (busy) {
      if (!busy.add(what)) {
        return false;
      }
    }
    under.add(Thread.ofVirtual().name(what).start(() -> {
      try {
        course.run();
      } catch (IOException | InterruptedException failed) {
        progress.say(what + ": " + failed);
      } finally {
        synchronized (busy) {
          busy.remove(what);
        }
      }
    }));
    return true;
  }

  /** No more; what is under way comes to its end, in which all is well again. */
  void end() throws InterruptedException {
    over = true;
    thread.interrupt();
    thread.join();
    for (Thread course : under) {
      course.join();
    }
  }
}
