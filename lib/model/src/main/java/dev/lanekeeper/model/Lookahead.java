package dev.lanekeeper.model;

/**
 * Has what a table knows of several tags fetched from memory all at once, before they are asked about one by one.
 *
 * <p>A table of thousands of tenants does not stay in a processor's cache beside the messages that flow through it: each
 * question then waits for memory, three times in a row. Looking ahead, these waits overlap. It changes no answer.
 *
 * <p>Not safe for use by several threads.
 */
public final class Lookahead {

  /** How many tags to look ahead at most: about as many waits as a processor's core can overlap. */
  public static final int MOST = 16;

  private final int[] hashes = new int[MOST];
  private int length;
  /** So that nobody leaves out the reading whose result is of no use. */
  private int read;

  /** Forgets what was noted. */
  public void clear() {
    length = 0;
  }

  /** Notes a tag that will be asked about. Ignored once {@value MOST} are noted. */
  public void note(WireTag tag) {
    TenancyKey key = tag.key();
    if (key != null && length < MOST) {
      hashes[length++] = key.hashOf(0, key.segments[0]);
    }
  }

  /** Fetches what the table knows of these. */
  public void fetch(RouteTable table) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      sum += table.touch(hashes[i]);
    }
    read = sum;
  }

  @Override
  public String toString() {
    return length + " tags (" + Integer.toHexString(read) + ")";
  }
}
