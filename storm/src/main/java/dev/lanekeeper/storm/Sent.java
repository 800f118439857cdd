package dev.lanekeeper.storm;

import java.util.Arrays;

/** What was sent, by id. Each id is written by the thread that sends it, and by that which hears of it. */
final class Sent {

  /** How a message was meant. */
  enum Kind {
    /** Not sent. */
    NONE,
    /** Without a tag. */
    UNTAGGED,
    /** With tag and stamp. */
    STAMPED,
    /** With nothing but a plain header. */
    PLAIN
  }

  private final Kind[] kinds;
  private final String[] tenancies;
  private final byte[] acknowledged;

  /** So many, none of them sent yet. */
  Sent(int size) {
    kinds = new Kind[size];
    tenancies = new String[size];
    acknowledged = new byte[size];
    Arrays.fill(kinds, Kind.NONE);
    Arrays.fill(tenancies, "");
  }

  int size() {
    return kinds.length;
  }

  /** Notes how a message is meant, before it is sent. */
  void means(int id, Kind kind, String tenancy) {
    kinds[id] = kind;
    tenancies[id] = tenancy;
  }

  /** Notes that the broker has it. */
  void acknowledged(int id) {
    acknowledged[id] = 1;
  }

  Kind kind(int id) {
    return kinds[id];
  }

  /** For whom a message is; empty for nobody. */
  String tenancy(int id) {
    return tenancies[id];
  }

  boolean isAcknowledged(int id) {
    return acknowledged[id] != 0;
  }
}
