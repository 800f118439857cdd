package dev.lanekeeper.testkit;

import java.util.List;
import java.util.Random;

/**
 * Random choices of a test that can be made again: the seed is printed, and {@code -Dlanekeeper.seed} sets it.
 *
 * <p>Not for several threads.
 */
public final class Seeded {

  private final Random random;

  private Seeded(long seed) {
    random = new Random(seed);
  }

  /** A source of choices for a test of this name. */
  @SuppressWarnings("SystemOut") // Where a failed test is looked into.
  public static Seeded of(String test) {
    long seed = Long.getLong("lanekeeper.seed", System.nanoTime());
    System.out.println(test + ": -Dlanekeeper.seed=" + seed);
    return new Seeded(seed);
  }

  /** A number from 0 up to, but not, {@code bound}. */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  /** True once in so many times. */
  public boolean oneIn(int many) {
    return random.nextInt(many) == 0;
  }

  /** Any number. */
  public int anyInt() {
    return random.nextInt();
  }

  /** One of these; there must be one. */
  public <T> T oneOf(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /** One of these characters; there must be one. */
  public char charOf(String characters) {
    return characters.charAt(random.nextInt(characters.length()));
  }
}
