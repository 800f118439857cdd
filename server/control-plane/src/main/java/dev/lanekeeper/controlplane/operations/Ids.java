package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.model.Incarnation;
import java.util.random.RandomGenerator;

/** Makes ids that are never reused: 60 random bits. Those of incarnations end with a mark of the store: groups are named after them. */
final class Ids {

  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int LENGTH = 12;
  private static final int MARK = 6;

  private final RandomGenerator random;

  Ids(RandomGenerator random) {
    this.random = random;
  }

  String operation() {
    return random();
  }

  /** A new one of a store with this identity. */
  Incarnation incarnation(String identity) {
    return new Incarnation(random() + mark(identity));
  }

  /** Whether an id that this store's ledger does not know was made by this store all the same: before it was restored, say. */
  static boolean isOf(String identity, String incarnation) {
    return incarnation.length() == LENGTH + MARK && incarnation.endsWith(mark(identity));
  }

  private static String mark(String identity) {
    return identity.substring(0, MARK);
  }

  private String random() {
    StringBuilder id = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return id.toString();
  }
}
