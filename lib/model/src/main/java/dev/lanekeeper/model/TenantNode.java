package dev.lanekeeper.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All lives of one tenancy and of its overrides, in the order in which they began. Immutable.
 *
 * <p>A question is asked for each tagged message, of a table that does not fit in a cache: what answers most of them (a short
 * name, the newest life, the newest override) stands in the node itself, and no reference is followed for it.
 */
final class TenantNode {

  private static final TenantLife[] NO_LIVES = {};
  private static final OverrideLife[] NO_OVERRIDES = {};
  private static final int WORDS_BYTES = 24;

  final byte[] name;
  final int hash;
  final TenantLife[] lives;
  final OverrideLife[] overrides;

  private final Owner[] owners;
  private final int length;
  private final long word0;
  private final long word1;
  private final long word2;
  private final long newestFrom;
  private final long newestTo;
  private final long overrideFrom;
  private final long overrideTo;
  private final @Nullable ServiceName overrideService;
  private final @Nullable Owner overrideOwner;

  private TenantNode(byte[] name, int hash, TenantLife[] lives, OverrideLife[] overrides) {
    this.name = name;
    this.hash = hash;
    this.lives = lives;
    this.overrides = overrides;
    owners = new Owner[overrides.length];
    for (int i = 0; i < overrides.length; i++) {
      owners[i] = overrides[i].target().owner(overrides[i].incarnation());
    }
    length = name.length;
    word0 = Bytes.word(name, 0, length, 0);
    word1 = Bytes.word(name, 0, length, 1);
    word2 = Bytes.word(name, 0, length, 2);
    TenantLife newestLife = lives.length == 0 ? null : lives[lives.length - 1];
    newestFrom = newestLife == null ? 0 : newestLife.from();
    newestTo = newestLife == null ? 0 : newestLife.to();
    OverrideLife newest = newestWithoutFence(overrides);
    overrideFrom = newest == null ? 0 : newest.from();
    overrideTo = newest == null ? 0 : newest.to();
    overrideService = newest == null ? null : newest.service();
    overrideOwner = newest == null ? null : owners[owners.length - 1];
  }

  private static @Nullable OverrideLife newestWithoutFence(OverrideLife[] overrides) {
    OverrideLife newest = overrides.length == 0 ? null : overrides[overrides.length - 1];
    return newest == null || newest.fence() != null ? null : newest;
  }

  /** A tenancy that was never registered yet. */
  static TenantNode of(byte[] name, int hash) {
    return new TenantNode(name, hash, NO_LIVES, NO_OVERRIDES);
  }

  /** Whether {@code bytes[from..end)}, which have this hash, are its name. */
  boolean is(int otherHash, byte[] bytes, int from, int end) {
    if (hash != otherHash || length != end - from) {
      return false;
    }
    return word0 == Bytes.word(bytes, from, end, 0) && word1 == Bytes.word(bytes, from, end, 1)
        && word2 == Bytes.word(bytes, from, end, 2)
        && (length <= WORDS_BYTES || Bytes.equals(bytes, from, end, name));
  }

  /** Whether the tenancy is registered at a revision. */
  boolean livesAt(long revision) {
    if (newestFrom <= revision) {
      return revision < newestTo;
    }
    for (int i = lives.length - 2; i >= 0; i--) {
      if (lives[i].livesAt(revision)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a life of the tenancy had ended at a revision. */
  boolean endedBy(long revision) {
    return lives.length > 0 && lives[0].to() <= revision;
  }

  /** Whose a service is at a revision, where an override takes it; null if none does. */
  @Nullable
  Owner overriding(ServiceName service, long revision, String topic, int partition, long offset) {
    if (overrideFrom <= revision && revision < overrideTo && overrideService != null
        && overrideService.equals(service)) {
      return overrideOwner;
    }
    int found = overrideAt(service, revision);
    if (found < 0) {
      return null;
    }
    return overrides[found].isFenced(topic, partition, offset) ? Owner.ENDED : owners[found];
  }

  /** Which override takes a service at a revision; -1 if none does. */
  int overrideAt(ServiceName service, long revision) {
    for (int i = overrides.length - 1; i >= 0; i--) {
      if (overrides[i].livesAt(revision) && overrides[i].service().equals(service)) {
        return i;
      }
    }
    return -1;
  }

  /** This node with a life more, or another end of one. */
  TenantNode with(TenantLife life) {
    List<TenantLife> all = new ArrayList<>(List.of(lives));
    all.removeIf(other -> other.from() == life.from());
    all.add(life);
    all.sort(Comparator.comparingLong(TenantLife::from));
    return new TenantNode(name, hash, all.toArray(TenantLife[]::new), overrides);
  }

  /** This node with an override more, or another state of one. */
  TenantNode with(OverrideLife life) {
    List<OverrideLife> all = new ArrayList<>(List.of(overrides));
    all.removeIf(other -> other.incarnation().equals(life.incarnation()));
    all.add(life);
    all.sort(Comparator.comparingLong(OverrideLife::from));
    return new TenantNode(name, hash, lives, all.toArray(OverrideLife[]::new));
  }
}
