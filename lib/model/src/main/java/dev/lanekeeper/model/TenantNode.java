package dev.lanekeeper.model;

import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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
  private static final Owner[] NO_OWNERS = {};
  private static final int WORDS_BYTES = 24;

  final byte[] name;
  final int hash;
  final TenantLife[] lives;
  final OverrideLife[] overrides;

  /** Of the overrides, in their order; those that are workloads with where they are now. */
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

  private record Owned(OverrideLife life, Owner owner) {}

  private TenantNode(byte[] name, int hash, TenantLife[] lives, OverrideLife[] overrides, Owner[] owners) {
    this.name = name;
    this.hash = hash;
    this.lives = lives;
    this.overrides = overrides;
    this.owners = owners;
    length = name.length;
    word0 = Bytes.word(name, 0, length, 0);
    word1 = Bytes.word(name, 0, length, 1);
    word2 = Bytes.word(name, 0, length, 2);
    TenantLife newestLife = lives.length == 0 ? null : lives[lives.length - 1];
    newestFrom = newestLife == null ? 0 : newestLife.from();
    newestTo = newestLife == null ? 0 : newestLife.to();
    OverrideLife newest = newestWherever(overrides);
    overrideFrom = newest == null ? 0 : newest.from();
    overrideTo = newest == null ? 0 : newest.to();
    overrideService = newest == null ? null : newest.service();
    overrideOwner = newest == null ? null : owners[owners.length - 1];
  }

  /** The newest override, if its owner is the same wherever a record stands. */
  private static @Nullable OverrideLife newestWherever(OverrideLife[] overrides) {
    OverrideLife newest = overrides.length == 0 ? null : overrides[overrides.length - 1];
    return newest == null || newest.phase() == Phase.CLOSING || newest.phase() == Phase.FENCED ? null : newest;
  }

  /** A tenancy that was never registered yet. */
  static TenantNode of(byte[] name, int hash) {
    return new TenantNode(name, hash, NO_LIVES, NO_OVERRIDES, NO_OWNERS);
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

  /**
   * Whose a service is at a revision, where an override takes it; null if none does. {@code partition} is negative for a call,
   * {@link RouteTable#WHEREVER} for a record wherever it stands.
   */
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
    OverrideLife life = overrides[found];
    if (partition == RouteTable.WHEREVER && (life.phase() == Phase.CLOSING || life.phase() == Phase.FENCED)) {
      return Owner.IN_DOUBT;
    }
    if (life.phase() == Phase.CLOSING && partition >= 0) {
      return new Owner.InDoubt(life.incarnation());
    }
    return life.isFenced(topic, partition, offset) ? Owner.ENDED : owners[found];
  }

  /**
   * Whether the newest override is a workload's, takes this service, and does so for a record wherever it stands: then it is the owner
   * from {@link #newestServedFrom} up to {@link #newestServedTo}, exclusively.
   */
  boolean isWorkloadsNewest(ServiceName service) {
    return overrideOwner instanceof Owner.Workload && overrideService != null && overrideService.equals(service);
  }

  /** From which revision on both the newest life and the newest override live. */
  long newestServedFrom() {
    return Math.max(newestFrom, overrideFrom);
  }

  /** At which revision one of them has ended. */
  long newestServedTo() {
    return Math.min(newestTo, overrideTo);
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
    return new TenantNode(name, hash, all.toArray(TenantLife[]::new), overrides, owners);
  }

  /** This node with an override more, or another state of one, whose workload is at these addresses. */
  TenantNode with(OverrideLife life, List<URI> addresses) {
    List<Owned> all = new ArrayList<>();
    for (int i = 0; i < overrides.length; i++) {
      if (!overrides[i].incarnation().equals(life.incarnation())) {
        all.add(new Owned(overrides[i], owners[i]));
      }
    }
    all.add(new Owned(life, owner(life, addresses)));
    all.sort(Comparator.comparingLong(each -> each.life.from()));
    return new TenantNode(name, hash, lives, all.stream().map(Owned::life).toArray(OverrideLife[]::new),
        all.stream().map(Owned::owner).toArray(Owner[]::new));
  }

  private static Owner owner(OverrideLife life, List<URI> addresses) {
    return life.target().owner(life.incarnation(), addresses, life.phase() != Phase.SERVED);
  }

  /** This node with workloads at other addresses; this very node if none of them is its own. */
  TenantNode moved(Map<Incarnation, List<URI>> addresses) {
    Owner[] moved = null;
    for (int i = 0; i < overrides.length; i++) {
      List<URI> now = addresses.get(overrides[i].incarnation());
      if (now != null) {
        moved = moved == null ? owners.clone() : moved;
        moved[i] = owner(overrides[i], now);
      }
    }
    return moved == null ? this : new TenantNode(name, hash, lives, overrides, moved);
  }

  /** This node without what had ended by a revision; this very node if nothing had, null if all had. */
  @Nullable
  TenantNode forgetting(long floor) {
    List<TenantLife> rest = new ArrayList<>();
    for (TenantLife life : lives) {
      if (life.to() > floor) {
        rest.add(life);
      }
    }
    List<Owned> owned = new ArrayList<>();
    for (int i = 0; i < overrides.length; i++) {
      OverrideLife override = overrides[i];
      if (override.to() > floor || rest.stream().anyMatch(life -> life.livesAt(override.from()))) {
        owned.add(new Owned(override, owners[i]));
      }
    }
    if (rest.size() == lives.length && owned.size() == overrides.length) {
      return this;
    }
    return rest.isEmpty() && owned.isEmpty()
        ? null
        : new TenantNode(name, hash, rest.toArray(TenantLife[]::new),
            owned.stream().map(Owned::life).toArray(OverrideLife[]::new),
            owned.stream().map(Owned::owner).toArray(Owner[]::new));
  }
}
