package dev.lanekeeper.boot;

import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.WireNames;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * This process as a data plane: the one place where every class loader finds the route table.
 *
 * <p>Until the extension has published a source, tagged calls are in doubt and untagged ones pass.
 */
public final class Lanes {

  private static final PendingSource PENDING = new PendingSource();

  private static volatile RouteSource source = PENDING;
  private static volatile ContextSource context = ContextSource.NONE;
  private static volatile Duration patience = Duration.ofSeconds(2);
  private static volatile Supplier<@Nullable Self> self = () -> null;
  private static volatile boolean putsAside;
  private static volatile WireNames names = WireNames.STANDARD;

  private Lanes() {}

  /**
   * Gives every class loader its route table. Called once, when the process starts.
   *
   * @param newSource where the table comes from
   * @param newSelf who this process is, asked each time: a workload under test may be given its incarnation later. Gives null if
   *     nobody said so: the process then routes its calls, and consumes as it always did
   * @param newContext where the current request is found
   * @param newPatience how long a tagged call waits for the control plane's answer; raising it refuses fewer calls in an
   *     outage that nobody has noticed yet, and lets each of them wait longer
   */
  public static void publish(RouteSource newSource, Supplier<@Nullable Self> newSelf, ContextSource newContext,
      Duration newPatience) {
    patience = newPatience;
    context = newContext;
    self = newSelf;
    source = newSource;
    PENDING.publish(newSource);
  }

  /** The route table's source. Never null; before {@link #publish} one that knows nothing and waits. */
  public static RouteSource source() {
    return source;
  }

  /** Where the current request is found. */
  public static ContextSource context() {
    return context;
  }

  /** Tag and stamp of the request that this thread is serving, with the stamp that it goes on with. Never waits. */
  public static Carried current() {
    return settled(source.view(), context.current(), false);
  }

  /**
   * Tag and stamp of a call or message with the stamp that its request goes on with.
   *
   * @param view what is known now
   * @param carried as it arrived
   * @param answered whether the control plane was asked since, and answered
   * @return without a stamp only where the view may give none
   */
  static Carried settled(RouteView view, Carried carried, boolean answered) {
    Carried stamped = view.stamped(carried, answered);
    Stamp given = stamped.stamp();
    return given.isNone() || given.equals(carried.stamp())
        ? stamped
        : stamped.with(context.settle(carried.tag(), given));
  }

  /** How long a tagged call waits for an answer. */
  public static Duration patience() {
    return patience;
  }

  /** Whether consumers of the baseline put aside what is in doubt. */
  public static boolean putsAside() {
    return putsAside;
  }

  /** Says whether they do. Called before {@link #publish}; unless it is, they do not. */
  public static void putAside(boolean now) {
    putsAside = now;
  }

  /** Who this process is; null if nobody said so. */
  public static @Nullable Self self() {
    return self.get();
  }

  /** Under which names tag and stamp travel now. Never throws: who cannot read a tag would take it for none. */
  @SuppressWarnings("ReferenceEquality") // any other object is worth keeping
  public static WireNames names() {
    try {
      WireNames now = source.view().table().names();
      if (now != names) {
        names = now;
      }
      return now;
    } catch (RuntimeException | Error failure) {
      Counters.failed("names", failure);
      return names;
    }
  }
}
