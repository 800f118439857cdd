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

  private static final int PLACES = 4096;
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
    int place = ((hash ^ hash >>> 16) & (PLACES - 1)) * WIDTH;
    return isKnown(place, key, now.snapshot(tag.stampRevision(), tag.stampSeal(), false))
        || (Messages.isAnothers(view, self, tag) && remembered(now, place, key));
  }

  private boolean isKnown(int place, TenancyKey key, long at) {
    long[] words = known;
    return words.length > 0 && words[place] == key.word(0) && words[place + 1] == key.word(1)
        && words[place + 2] == key.word(2) && words[place + WORDS] <= at && at < words[place + WORDS + 1];
  }

  /** Remembers, where it can, what was just found out. */
  private boolean remembered(RouteTable now, int place, TenancyKey key) {
    TenantNode node = now.node(key);
    if (node != null && node.isWorkloadsNewest(self.service())) {
      if (known.length == 0) {
        known = new long[PLACES * WIDTH];
      }
      for (int word = 0; word < WORDS; word++) {
        known[place + word] = key.word(word);
      }
      known[place + WORDS] = node.newestServedFrom();
      known[place + WORDS + 1] = node.newestServedTo();
    }
    return true;
  }
}
