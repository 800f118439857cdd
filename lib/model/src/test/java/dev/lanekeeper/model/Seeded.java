package dev.lanekeeper.model;

import java.util.List;
import java.util.Random;

/** Random choices that can be made again: the seed is printed, and {@code -Dlanekeeper.seed} sets it. */
final class Seeded {

  private final Random random;

  private Seeded(long seed) {
    random = new Random(seed);
  }

  /** A source of choices for a test of this name. */
  static Seeded of(String test) {
    long seed = Long.getLong("lanekeeper.seed", System.nanoTime());
    System.out.println(test + ": -Dlanekeeper.seed=" + seed);
    return new Seeded(seed);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  boolean oneIn(int many) {
    return random.nextInt(many) == 0;
  }

  int anyInt() {
    return random.nextInt();
  }

  <T> T oneOf(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  char charOf(String characters) {
    return characters.charAt(random.nextInt(characters.length()));
  }
}
