package dev.lanekeeper.controlplane;

import java.nio.file.Path;
import java.time.Duration;

/** A control plane in a process of its own, to be killed. Writes its port once it answers. */
final class KilledControlPlane {

  private KilledControlPlane() {}

  public static void main(String[] args) throws Exception {
    ControlPlane controlPlane = ControlPlane.builder(Path.of(args[0])).port(Integer.parseInt(args[1]))
        .tick(Duration.ofMillis(100)).start();
    System.out.println("port " + controlPlane.port());
    Thread.currentThread().join();
  }
}
