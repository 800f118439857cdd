package dev.lanekeeper.controlplane.routes;

import dev.lanekeeper.client.RouteJson;
import dev.lanekeeper.controlplane.store.Follower;
import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Stamp;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands the log to watchers as server-sent events: {@code change}, {@code current}, {@code reset}.
 *
 * <p>Each watcher sees each revision once, in order and without a gap. One that asks for more history than there is, or
 * falls behind it, or is of an epoch that is over, gets a {@code reset} with a whole table. A watcher reads from the ring at its own pace; writers only
 * append.
 *
 * <p><b>Threads.</b> {@link #published} is called in the order of revisions; {@link #follow} by the watcher's own thread.
 */
public final class RouteFeed implements Follower {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final AtomicInteger watchers = new AtomicInteger();
  private final Supplier<RouteJson.Current> current;
  private final Encoded[] ring;
  private RouteTable table = RouteTable.EMPTY;
  /** How many changes were ever appended; the newest is in {@code ring[(appended - 1) % ring.length]}. */
  private long appended;
  private RouteJson.Current newest = new RouteJson.Current(0, 0);
  private long ticks;
  private boolean closed;
  /** Held while a table is written: all watchers may ask for it at once, and it may be large. */
  private final ReentrantLock writing = new ReentrantLock();
  private volatile @Nullable Encoded whole;

  /** A change or a table as it is sent. Its bytes are not changed by anybody. */
  public static final class Encoded {
    private final Stamp stamp;
    private final byte[] bytes;

    private Encoded(Stamp stamp, byte[] bytes) {
      this.stamp = stamp;
      this.bytes = bytes;
    }

    /** Its revision. */
    public long revision() {
      return stamp.revision();
    }

    /** Its revision with the seal of that. */
    public Stamp stamp() {
      return stamp;
    }

    /** As it is sent; not to be changed. */
    public byte[] bytes() {
      return bytes;
    }

    private boolean isLost() {
      return this == LOST;
    }
  }

  /**
   * A feed that knows of nothing yet.
   *
   * @param history how many changes are kept for watchers that come back
   * @param current what is current, read so that no writer stands between
   */
  public RouteFeed(int history, Supplier<RouteJson.Current> current) {
    this.current = current;
    this.ring = new Encoded[history];
  }

  @Override
  public void begins(List<Change> log, RouteTable now) {
    lock.lock();
    try {
      table = now;
      log.subList(Math.max(0, log.size() - ring.length), log.size()).forEach(this::append);
    } finally {
      lock.unlock();
    }
  }

  private void append(Change change) {
    ring[(int) (appended++ % ring.length)] = new Encoded(change.stamp(),
        Events.bytes("change", change.revision(), RouteJson.writeChange(change)));
  }

  @Override
  public void published(Change change, RouteTable after) {
    lock.lock();
    try {
      table = after;
      append(change);
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Tells every watcher what is current. */
  public void tick() {
    RouteJson.Current now = current.get();
    lock.lock();
    try {
      newest = now;
      ticks++;
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends every watcher. */
  public void close() {
    lock.lock();
    try {
      closed = true;
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** How many watchers there are. */
  public int watchers() {
    return watchers.get();
  }

  /** The newest table as JSON, with as of when it is that. */
  public Encoded whole() {
    Encoded known = whole;
    RouteJson.Current now = current.get();
    RouteTable newestTable = table();
    if (known != null && known.revision() == newestTable.revision()) {
      return known;
    }
    writing.lock();
    try {
      Encoded written = whole;
      if (written != null && written.revision() >= newestTable.revision()) {
        return written;
      }
      Encoded fresh = new Encoded(newestTable.stamp(), RouteJson.writeTable(newestTable, now.asOfMillis()));
      whole = fresh;
      return fresh;
    } finally {
      writing.unlock();
    }
  }

  private RouteTable table() {
    lock.lock();
    try {
      return table;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Writes events until the feed is closed.
   *
   * @param after the newest revision that the watcher has; 0 if it has none
   * @throws IOException when the client is gone
   */
  public void follow(long after, OutputStream out) throws IOException, InterruptedException {
    watchers.incrementAndGet();
    try {
      new Watcher(after, out).run();
    } finally {
      watchers.decrementAndGet();
    }
  }

  /** Where one watcher stands. */
  private final class Watcher {
    private final OutputStream out;
    private long revision;
    private long ticksSeen;

    Watcher(long after, OutputStream out) {
      this.revision = after;
      this.out = out;
    }

    void run() throws IOException, InterruptedException {
      ticksSeen = ticks();
      RouteJson.Current now = current.get();
      if (revision == 0) {
        reset();
      }
      catchUp();
      write(Events.current(revision, now.asOfMillis()));
      out.flush();
      while (await()) {
        catchUp();
        tell();
        out.flush();
      }
    }

    /** Sends every change that there is after the watcher's revision, or a whole table where they are no longer there. */
    private void catchUp() throws IOException {
      for (Encoded event = next(); event != null; event = next()) {
        if (event.isLost()) {
          reset();
        } else {
          revision = event.revision();
          write(event.bytes());
        }
      }
    }

    private void reset() throws IOException {
      Encoded sent = whole();
      revision = sent.revision();
      write(Events.bytes("reset", revision, sent.bytes()));
    }

    private long ticks() {
      lock.lock();
      try {
        return ticks;
      } finally {
        lock.unlock();
      }
    }

    private void tell() throws IOException {
      RouteJson.Current now = null;
      lock.lock();
      try {
        if (ticks != ticksSeen) {
          ticksSeen = ticks;
          now = newest;
        }
      } finally {
        lock.unlock();
      }
      // True of any table that is at least as new as the one that was current then.
      if (now != null && revision >= now.revision()) {
        write(Events.current(revision, now.asOfMillis()));
      }
    }

    private void write(byte[] event) throws IOException {
      out.write(event);
    }

    private @Nullable Encoded next() {
      lock.lock();
      try {
        return after(revision);
      } finally {
        lock.unlock();
      }
    }

    /** Waits for a change or a tick; false once the feed is closed. */
    private boolean await() throws InterruptedException {
      lock.lockInterruptibly();
      try {
        while (!closed && ticks == ticksSeen && after(revision) == null) {
          news.await();
        }
        return !closed;
      } finally {
        lock.unlock();
      }
    }
  }

  /** Stands for a change that is no longer in the ring, or never was. */
  private static final Encoded LOST = new Encoded(Stamp.NONE, new byte[0]);

  /** The change after a revision; null if there is none yet; {@link #LOST} if it is not to be had. */
  private @Nullable Encoded after(long revision) {
    long oldest = Math.max(0, appended - ring.length);
    long last = appended == 0 ? 0 : at(appended - 1).revision();
    if (revision == last) {
      return null;
    }
    if (revision == 0) {
      return oldest == 0 ? at(0) : LOST;
    }
    if (revision > last) {
      return LOST;
    }
    long low = oldest;
    long high = appended - 1;
    while (low <= high) {
      long middle = (low + high) >>> 1;
      long found = at(middle).revision();
      if (found == revision) {
        Encoded next = at(middle + 1);
        // Whoever missed that an epoch began may hold what the one before it lost.
        return Stamp.epochOf(next.revision()) == Stamp.epochOf(revision) ? next : LOST;
      }
      if (found < revision) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return LOST;
  }

  private Encoded at(long index) {
    return ring[(int) (index % ring.length)];
  }
}
