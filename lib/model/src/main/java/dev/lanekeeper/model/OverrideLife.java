package dev.lanekeeper.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One life of one override: which service of which tenant is served by what, from one revision up to another.
 *
 * @param incarnation its id
 * @param service the service that is overridden
 * @param tenancy the tenant whose override it is
 * @param from the revision with which it begins
 * @param to the revision with which it ends; {@link #OPEN} while it lives
 * @param target what serves the tenant
 * @param residue what becomes of the records that it owned and did not process
 * @param starts where the groups of the workload begin to read: the baseline's committed offsets at birth
 * @param phase who acts on what it owns
 * @param fence from where on an ended incarnation owns nothing; null as long as none is set
 */
public record OverrideLife(Incarnation incarnation, ServiceName service, Tenancy tenancy, long from, long to,
    Target target, Residue residue, List<PartitionOffset> starts, Phase phase, @Nullable List<PartitionOffset> fence) {

  /** The end of what has not ended. */
  public static final long OPEN = Long.MAX_VALUE;

  /**
   * Copies the lists and checks what hangs together.
   *
   * @throws IllegalArgumentException unless {@code 0 < from < to}, a phase after the first is that of an ended life, and
   *     there is a fence in the last phase and in no other
   */
  public OverrideLife {
    Span.check(from, to);
    if (phase != Phase.SERVED && to == OPEN) {
      throw new IllegalArgumentException("phase: " + phase + " of a life that has not ended (expected: SERVED)");
    }
    if ((phase == Phase.FENCED) != (fence != null)) {
      throw new IllegalArgumentException("phase: " + phase + (fence == null ? " without" : " with")
          + " a fence (expected: a fence where it is FENCED, and only there)");
    }
    starts = List.copyOf(starts);
    fence = fence == null ? null : List.copyOf(fence);
  }

  /** A life that its target serves. */
  public static OverrideLife served(Incarnation incarnation, ServiceName service, Tenancy tenancy, long from, long to,
      Target target, List<PartitionOffset> starts) {
    return new OverrideLife(incarnation, service, tenancy, from, to, target, Residue.DISCARD, starts, Phase.SERVED,
        null);
  }

  /** Whether it lives at a revision. */
  public boolean livesAt(long revision) {
    return from <= revision && revision < to;
  }

  /** This life, ended with a revision. */
  public OverrideLife endedAt(long revision) {
    return new OverrideLife(incarnation, service, tenancy, from, revision, target, residue, starts, phase, fence);
  }

  /** This life with another residue policy. */
  public OverrideLife leaving(Residue newResidue) {
    return new OverrideLife(incarnation, service, tenancy, from, to, target, newResidue, starts, phase, fence);
  }

  /** This life, taken from its workload. */
  public OverrideLife taken() {
    return in(Phase.TAKEN, null);
  }

  /** This life, closing. */
  public OverrideLife closing() {
    return in(Phase.CLOSING, null);
  }

  /** This life with a fence. */
  public OverrideLife fencedAt(List<PartitionOffset> newFence) {
    return in(Phase.FENCED, newFence);
  }

  /** This life with its service under a name that is equal. */
  OverrideLife of(ServiceName same) {
    return new OverrideLife(incarnation, same, tenancy, from, to, target, residue, starts, phase, fence);
  }

  private OverrideLife in(Phase newPhase, @Nullable List<PartitionOffset> newFence) {
    return new OverrideLife(incarnation, service, tenancy, from, to, target, residue, starts, newPhase, newFence);
  }

  /**
   * Whether a record at this place is beyond the fence. A partition that the fence does not name had no record when it was
   * taken: all that stands there came later.
   *
   * @param partition from 0; negative for a call, which no fence stops
   */
  public boolean isFenced(String topic, int partition, long offset) {
    if (fence == null || partition < 0) {
      return false;
    }
    for (int i = 0; i < fence.size(); i++) {
      PartitionOffset place = fence.get(i);
      if (place.partition() == partition && place.topic().equals(topic)) {
        return offset >= place.offset();
      }
    }
    return true;
  }
}
