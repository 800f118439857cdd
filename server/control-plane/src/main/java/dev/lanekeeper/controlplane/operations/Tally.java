package dev.lanekeeper.controlplane.operations;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What the undertakers of a life did, one after the other.
 *
 * <p><b>Threads.</b> Belongs to one.
 */
final class Tally {

  private final Set<String> news = new LinkedHashSet<>();
  private long disposed;
  private long perhapsProcessed;
  private long inDoubt;
  private long unread;

  /**
   * Takes in what was committed at once.
   *
   * @param disposed how many records they disposed of
   * @param perhapsProcessed how many of these they put aside since the workload may have begun to process them
   * @param unread how many they put aside since the baseline would not have read them
   * @param inDoubt of how many nobody could tell whose they are
   */
  void add(long disposed, long perhapsProcessed, long unread, long inDoubt) {
    this.disposed += disposed;
    this.perhapsProcessed += perhapsProcessed;
    this.unread += unread;
    this.inDoubt += inDoubt;
  }

  /** They met something that people should know. */
  void met(Collection<String> what) {
    news.addAll(what);
  }

  /** How many records they disposed of. */
  long disposed() {
    return disposed;
  }

  /** How many of these they put aside since the workload may have begun to process them. */
  long perhapsProcessed() {
    return perhapsProcessed;
  }

  /** How many of these they put aside since the baseline would not have read what is handed over to it. */
  long unread() {
    return unread;
  }

  /** Of how many records nobody could tell whose they are. */
  long inDoubt() {
    return inDoubt;
  }

  /** What they met that people should know. */
  Set<String> news() {
    return news;
  }
}
