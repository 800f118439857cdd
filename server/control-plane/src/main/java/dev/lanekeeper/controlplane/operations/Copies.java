package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.controlplane.kafka.Copy;
import java.util.ArrayList;
import java.util.List;

/** Copies that are to be written in one transaction: few enough to be, and to be held in memory. */
final class Copies {

  private static final int MANY = 500;
  private static final long MANY_BYTES = 8L * 1024 * 1024;

  private final List<Copy> copies = new ArrayList<>();
  private long bytes;

  void add(Copy copy) {
    copies.add(copy);
    bytes += copy.bytes();
  }

  boolean isEmpty() {
    return copies.isEmpty();
  }

  /** Whether one more may be written with them. One that is larger than they may be together is written alone. */
  boolean haveRoom(Copy copy) {
    return copies.isEmpty() || (copies.size() < MANY && bytes + copy.bytes() <= MANY_BYTES);
  }

  /** All of them; there are none here any more. */
  List<Copy> take() {
    List<Copy> taken = List.copyOf(copies);
    copies.clear();
    bytes = 0;
    return taken;
  }
}
