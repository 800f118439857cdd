package dev.lanekeeper.controlplane.operations;

/** Why something could not be done, in the words of whoever refused it. */
final class Causes {

  private Causes() {}

  /** What all causes of a kind have in common: clients of a broker tell times, attempts and the like in them. */
  static String kind(String cause) {
    return cause.replaceAll("[0-9]+", "#");
  }
}
