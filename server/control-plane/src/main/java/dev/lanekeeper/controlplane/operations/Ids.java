package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.model.Incarnation;
import java.security.SecureRandom;

/** Makes ids that are never reused: 60 random bits. */
final class Ids {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int LENGTH = 12;

  private Ids() {}

  static String operation() {
    return random();
  }

  static Incarnation incarnation() {
    return new Incarnation(random());
  }

  private static String random() {
    StringBuilder id = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      id.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
    }
    return id.toString();
  }
}
