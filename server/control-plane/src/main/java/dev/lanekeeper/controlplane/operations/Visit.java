package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.kafka.GroupOccupiedException;
import dev.lanekeeper.model.PartitionOffset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A visit to groups of an ended life. In each an {@link Undertaker} takes the place of the workload, reads up to where it is to, and
 * leaves. It has not for ever: others wait for theirs. What it has not come to is left to another visit.
 *
 * <p><b>Threads.</b> Belongs to one.
 */
final class Visit implements AutoCloseable {

  private static final Duration LONGEST = Duration.ofSeconds(20);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  /** Short, since the groups take turns: to join one takes several polls. */
  private static final Duration POLL = Duration.ofMillis(20);
  /** Where records never cease, it is looked after so many polls whether what was to be read is. */
  private static final int POLLS = 10;

  private final GroupBroker broker;
  private final LongSupplier nanos;
  private final Function<OwnGroups.Own, Undertaker> undertakers;
  private final List<Seat> seats = new ArrayList<>();
  private OwnGroups.@Nullable Own occupied;

  /**
   * What there is to do in one group.
   *
   * @param group where
   * @param to the places up to which is to be read
   * @param lost the ends beyond which the group stands: what is there is read from the beginning
   */
  record Errand(OwnGroups.Own group, List<PartitionOffset> to, List<PartitionOffset> lost) {

    Errand {
      to = List.copyOf(to);
      lost = List.copyOf(lost);
    }
  }

  /** An undertaker in the place of a workload. */
  private record Seat(Errand errand, Undertaker undertaker) {}

  /**
   * One that begins with {@link #run}.
   *
   * @param undertakers makes the one for a group
   */
  Visit(GroupBroker broker, LongSupplier nanos, Function<OwnGroups.Own, Undertaker> undertakers) {
    this.broker = broker;
    this.nanos = nanos;
    this.undertakers = undertakers;
  }

  /**
   * Goes to the groups; whether all that was to be read is read and committed.
   *
   * @throws BrokerException if a cluster does not answer, or refuses; what was not committed is read again by another visit
   */
  boolean run(List<Errand> errands) {
    errands.forEach(errand -> seats.add(new Seat(errand, undertakers.apply(errand.group()))));
    Patience patience = new Patience(LONGEST, nanos);
    while (!seats.isEmpty() && occupied == null && !patience.isOver()) {
      for (Iterator<Seat> each = seats.iterator(); each.hasNext() && occupied == null;) {
        Seat seat = each.next();
        if (isDone(seat)) {
          each.remove();
          seat.undertaker.close();
        }
      }
    }
    seats.forEach(seat -> seat.undertaker.commit());
    return seats.isEmpty();
  }

  /** A group in which somebody is who has to leave first; null if there is none. */
  OwnGroups.@Nullable Own occupied() {
    return occupied;
  }

  private boolean isDone(Seat seat) {
    OwnGroups.Own group = seat.errand.group();
    Undertaker undertaker = seat.undertaker;
    try {
      int polls = 0;
      while (undertaker.read(POLL) && polls < POLLS) {
        polls++;
      }
    } catch (GroupOccupiedException workload) {
      occupied = group;
      return false;
    }
    // Where records were lost the broker says so when it is asked for the next ones, which may take a while.
    if (!undertaker.hasJoined() || undertaker.isBeyond(seat.errand.lost()) || !undertaker.isPast(seat.errand.to(),
        () -> broker.positions(group.cluster(), group.name(), group.topics(), PATIENCE))) {
      return false;
    }
    // A group of the newer protocol lets a workload in beside an undertaker.
    if (broker.members(group.cluster(), group.name(), PATIENCE).stream().allMatch(GroupBroker.Member::isUndertaker)) {
      return true;
    }
    occupied = group;
    return false;
  }

  /** Leaves every group. */
  @Override
  public void close() {
    seats.forEach(seat -> seat.undertaker.close());
    seats.clear();
  }
}
