package dev.lanekeeper.gateway.proxy;

import io.netty.channel.EventLoop;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What must not last for ever, on one event loop, to which all of it belongs. Looked at now and then: setting a deadline costs one write,
 * and times are kept to within {@value #EVERY_MILLIS} ms.
 */
@SuppressWarnings("FutureReturnValueIgnored") // it is repeated for the life of the loop
public final class Deadlines {

  private static final Logger LOG = System.getLogger(Deadlines.class.getName());
  private static final int EVERY_MILLIS = 200;

  /** A connection, say. */
  public interface Timed {

    /** When it is over, by {@link System#nanoTime}; 0: never. */
    long deadlineNanos();

    /** Its time is over. */
    void expire();
  }

  private final Set<Timed> all = Collections.newSetFromMap(new IdentityHashMap<>());
  private long now = System.nanoTime();

  /** Of a loop, for its life. */
  public Deadlines(EventLoop loop) {
    loop.scheduleWithFixedDelay(this::look, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Has one looked after. */
  public void add(Timed timed) {
    all.add(timed);
  }

  /** It is gone. */
  public void remove(Timed timed) {
    all.remove(timed);
  }

  /** How many are looked after. */
  public int count() {
    return all.size();
  }

  /** Something has come: from when on deadlines count. Asking the clock for each of the eight of a request would be felt. */
  public void arrived() {
    now = System.nanoTime();
  }

  /** A deadline, as of what has {@linkplain #arrived} last. */
  public long in(long nanos) {
    long deadline = now + nanos;
    return deadline == 0 ? 1 : deadline;
  }

  private void look() {
    arrived();
    List<Timed> over = new ArrayList<>();
    for (Timed timed : all) {
      long deadline = timed.deadlineNanos();
      if (deadline != 0 && now - deadline >= 0) {
        over.add(timed);
      }
    }
    for (Timed timed : over) {
      try {
        timed.expire();
      } catch (RuntimeException failure) {
        LOG.log(Level.ERROR, "a deadline was over, and what was to end did not", failure); // the others go on
      }
    }
  }
}
