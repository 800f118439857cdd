package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.model.Incarnation;
import java.util.random.RandomGenerator;

/** Makes ids that are never reused: 60 random bits. */
final class Ids {

  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int LENGTH = 12;

  private final RandomGenerator random;

  Ids(RandomGenerator random) {
    this.random = random;
  }

  String operation() {
    return random();
  }

  Incarnation incarnation() {
    return new Incarnation(random());
  }

  private String random() {
    StringBuilder id = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return id.toString();
  }
}
