package dev.lanekeeper.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * {@link Messages#isAnothers} for one consumer, which is asked about the same tenancies over and over: of those that a workload serves it
 * remembers between which revisions. A table of thousands of tenants lies cold, and costs a wait for the memory at each step from slot
 * to node to owner; what is remembered stands close together.
 *
 * <p>INVARIANT: what one table said is not remembered for any other.
 *
 * <p>A cursor: not for several threads.
 */
public final class Passing {

  /** Rows of so many places: a thousand tenancies in single places would push each other out again and again. */
  private static final int PLACES = 4;
  private static final int ROWS = 1024;
  /** Words of a name, of which longer ones are not remembered. */
  private static final int WORDS = 3;
  /** Behind the name: from which revision on, and up to which. */
  private static final int WIDTH = WORDS + 2;
  private static final long[] NOTHING = {};

  private final Self self;
  private @Nullable RouteTable table;
  /** Made when there is something to remember: a name, a revision from which on and one before which it is a workload's; all zero if nothing is. */
  private long[] known = NOTHING;

  /** For a consumer of this process. */
  public Passing(Self self) {
    this.self = self;
  }

  /** {@link Messages#isAnothers}. */
  @SuppressWarnings("ReferenceEquality") // any other table may say something else
  public boolean isAnothers(RouteView view, WireTag tag) {
    TenancyKey key = tag.single();
    if (key == null || key.length() > WORDS * Long.BYTES) {
      return Messages.isAnothers(view, self, tag);
    }
    RouteTable now = view.table();
    if (now != table) {
      Arrays.fill(known, 0);
      table = now;
    }
    int hash = key.hashOf(0, key.segments[0]);
    int row = ((hash ^ hash >>> 16) & (ROWS - 1)) * PLACES * WIDTH;
    return isKnown(row, key, now.snapshot(tag.stampRevision(), tag.stampSeal(), false))
        || (Messages.isAnothers(view, self, tag) && remembered(now, row, key));
  }

  private boolean isKnown(int row, TenancyKey key, long at) {
    int place = placeOf(row, key);
    return place >= 0 && known[place + WORDS] <= at && at < known[place + WORDS + 1];
  }

  /** Where in its row a name stands; -1 if it is not there. */
  private int placeOf(int row, TenancyKey key) {
    long[] words = known;
    if (words.length == 0) {
      return -1;
    }
    long first = key.word(0);
    long second = key.word(1);
    long third = key.word(2);
    for (int place = row; place < row + PLACES * WIDTH; place += WIDTH) {
      if (words[place] == first && words[place + 1] == second && words[place + 2] == third) {
        return place;
      }
    }
    return -1;
  }

  /** Remembers, where it can, what was just found out. */
  private boolean remembered(RouteTable now, int row, TenancyKey key) {
    TenantNode node = now.node(key);
    // What is there already says no more of this one: it asks for an earlier life.
    if (node != null && node.isWorkloadsNewest(self.service()) && placeOf(row, key) < 0) {
      if (known.length == 0) {
        known = new long[ROWS * PLACES * WIDTH];
      }
      System.arraycopy(known, row, known, row + WIDTH, (PLACES - 1) * WIDTH); // the oldest makes way
      for (int word = 0; word < WORDS; word++) {
        known[row + word] = key.word(word);
      }
      known[row + WORDS] = node.newestServedFrom();
      known[row + WORDS + 1] = node.newestServedTo();
    }
    return true;
  }
}
