package dev.lanekeeper.model;

import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All tenants and overrides with the revisions between which they live, and what else a data plane must know to act.
 *
 * <p>Immutable: {@link #with} makes the next table. {@link #owner} is the one rule of Lanekeeper: a pure function, so
 * that all who hold a table as new as a stamp agree on whose a message is.
 */
public final class RouteTable {

  /** The table before any change. */
  public static final RouteTable EMPTY =
      new RouteTable(RevisionLog.EMPTY, 0, TenantIndex.EMPTY, Inventory.EMPTY, Map.of(), List.of());

  /** {@link #snapshot}: the table is older than the stamp; the control plane must be asked. */
  public static final long ASK = -1;
  /** {@link #snapshot}: no stamp, or one that was never given. */
  public static final long UNSTAMPED = -2;
  /** {@link #snapshot}: given in an epoch of the store that was lost by a restore: ended, never unregistered. */
  public static final long LOST = -3;
  /** In the place of a partition: the record may stand anywhere. */
  static final int WHEREVER = Integer.MIN_VALUE;

  private final RevisionLog log;
  private final long floor;
  private final TenantIndex tenants;
  private final Inventory inventory;
  private final Map<Incarnation, Instances> instances;
  private final List<Environment> environments;
  private final Stamp stamp;
  private final Environment present;

  private RouteTable(RevisionLog log, long floor, TenantIndex tenants, Inventory inventory,
      Map<Incarnation, Instances> instances, List<Environment> environments) {
    this.log = log;
    this.floor = floor;
    this.tenants = tenants;
    this.inventory = inventory;
    this.instances = instances;
    this.environments = environments;
    this.stamp = log.newestStamp();
    this.present = environment(environments, log.newest());
  }

  /**
   * Everything that a table holds, to write it down and to read it again.
   *
   * @param floor the revision below which there is no history; 0 if nothing was forgotten
   * @param log every revision that stamps may name, with seals and commit times
   * @param tenants all lives of tenants, the ended ones too
   * @param overrides all lives of overrides, the ended ones too
   * @param services the inventory, as it is now
   * @param instances where workloads are now
   * @param environments what held from which revision on, oldest first
   */
  public record Content(long floor, RevisionLog log, List<TenantLife> tenants, List<OverrideLife> overrides,
      List<Service> services, List<Instances> instances, List<Environment> environments) {

    /** Copies the lists, and puts the environments in their order. */
    public Content {
      tenants = List.copyOf(tenants);
      overrides = List.copyOf(overrides);
      services = List.copyOf(services);
      instances = List.copyOf(instances);
      environments = environments.stream().sorted(Comparator.comparingLong(Environment::from)).toList();
    }
  }

  /** A table with this content. */
  public static RouteTable of(Content content) {
    Map<Incarnation, Instances> instances = with(Map.of(), content.instances());
    Inventory inventory = Inventory.EMPTY.with(content.services(), List.of());
    return new RouteTable(content.log(), content.floor(),
        TenantIndex.EMPTY.with(content.tenants(), content.overrides(), inventory::shared,
            incarnation -> addresses(instances, incarnation)),
        inventory, instances, content.environments());
  }

  /** What this table holds, in no order but that of the log and the environments. */
  public Content content() {
    List<TenantLife> lives = new ArrayList<>();
    List<OverrideLife> overrides = new ArrayList<>();
    for (TenantNode node : tenants.nodes()) {
      lives.addAll(List.of(node.lives));
      overrides.addAll(List.of(node.overrides));
    }
    return new Content(floor, log, lives, overrides, List.copyOf(inventory.services()),
        List.copyOf(instances.values()), environments);
  }

  /**
   * The table after a change.
   *
   * @throws IllegalArgumentException if the change is not the next one
   */
  public RouteTable with(Change change) {
    RevisionLog newLog = log.append(change.revision(), change.seal(), change.commitMillis());
    List<Environment> newEnvironments = environments;
    Environment environment = change.environment();
    if (environment != null) {
      newEnvironments = new ArrayList<>(environments);
      newEnvironments.add(environment);
    }
    Inventory newInventory = inventory.with(change.services(), change.removedServices());
    TenantIndex newTenants =
        tenants.with(change.tenants(), change.overrides(), newInventory::shared, this::addresses);
    return new RouteTable(newLog, floor, newTenants.moved(change.instances()),
        newInventory, with(instances, change.instances()),
        List.copyOf(newEnvironments)).forgetting(change.floor());
  }

  /**
   * This table without the tenants that had ended by a revision, and all of their overrides. An override that ended while its tenant
   * lives on stays, or its old stamps would come to ask for the baseline.
   *
   * @param newFloor the revision below which there is no history then; one that is not above {@link #floor} changes nothing
   */
  public RouteTable forgetting(long newFloor) {
    if (newFloor <= floor) {
      return this;
    }
    TenantIndex remembered = tenants.forgetting(newFloor);
    Map<Incarnation, Instances> there = new HashMap<>();
    for (TenantNode node : remembered.nodes()) {
      for (OverrideLife life : node.overrides) {
        Instances entry = instances.get(life.incarnation());
        if (entry != null) {
          there.put(life.incarnation(), entry);
        }
      }
    }
    return new RouteTable(log, newFloor, remembered, inventory, there, environments);
  }

  private static Map<Incarnation, Instances> with(Map<Incarnation, Instances> present, List<Instances> changed) {
    if (changed.isEmpty()) {
      return present;
    }
    Map<Incarnation, Instances> next = new HashMap<>(present);
    changed.forEach(entry -> next.put(entry.incarnation(), entry));
    next.values().removeIf(entry -> entry.addresses().isEmpty());
    return next;
  }

  /** The newest revision; 0 if there is none. */
  public long revision() {
    return log.newest();
  }

  /** The stamp that a tagged request is given by this table; {@link Stamp#NONE} if it has no revision. */
  public Stamp stamp() {
    return stamp;
  }

  /** The stamp of a revision; {@link Stamp#NONE} if the log has none of that number. */
  public Stamp stampOf(long revision) {
    int row = log.row(revision);
    return row < 0 ? Stamp.NONE : new Stamp(revision, log.seal(row));
  }

  /** The revisions with their seals and commit times. */
  public RevisionLog log() {
    return log;
  }

  /** The revision below which the table has no history. */
  public long floor() {
    return floor;
  }

  /**
   * What holds at a revision: what was applied last, up to it.
   *
   * @return before the first that was applied, that one: it says what is wanted of the environment; {@link Environment#STAGING} where
   *     none ever was
   */
  public Environment environment(long revision) {
    return environment(environments, revision);
  }

  private static Environment environment(List<Environment> environments, long revision) {
    for (int i = environments.size() - 1; i >= 0; i--) {
      if (environments.get(i).from() <= revision) {
        return environments.get(i);
      }
    }
    return environments.isEmpty() ? Environment.STAGING : environments.get(0);
  }

  /** Whether one was ever applied. */
  public boolean hasEnvironment() {
    return !environments.isEmpty();
  }

  /** Under which names tag and stamp travel now. */
  public WireNames names() {
    return present.names();
  }

  /** Under which names tag and stamp travel now, and did before, newest first, each once. */
  public List<WireNames> allNames() {
    Set<WireNames> all = new LinkedHashSet<>();
    all.add(names());
    for (int i = environments.size() - 1; i >= 0; i--) {
      all.add(environments.get(i).names());
    }
    all.add(Environment.STAGING.names());
    return List.copyOf(all);
  }

  /** The service of this name; null if there is none. */
  public @Nullable Service service(ServiceName name) {
    return inventory.named(name);
  }

  /**
   * The service that calls to this host and port reach.
   *
   * @param host a name or address, in any case, an IPv6 address with or without brackets
   * @return null if it is none of the inventory; where two services claim a host, the first by name
   */
  public @Nullable Service serviceAt(String host, int port) {
    return inventory.at(host, port);
  }

  /** Where the workload of an override is now; empty where no instance is announced. */
  public List<URI> addresses(Incarnation incarnation) {
    return addresses(instances, incarnation);
  }

  private static List<URI> addresses(Map<Incarnation, Instances> instances, Incarnation incarnation) {
    Instances entry = instances.get(incarnation);
    return entry == null ? List.of() : entry.addresses();
  }

  /** Whether a tenancy is registered under exactly this name now. */
  public boolean isRegistered(Tenancy tenancy) {
    TenantNode node = tenants.find(tenancy);
    return node != null && node.livesAt(revision());
  }

  /** All lives of the overrides of a tenancy, the ended ones too, in the order in which they began. */
  public List<OverrideLife> overrides(Tenancy tenancy) {
    TenantNode node = tenants.find(tenancy);
    return node == null ? List.of() : List.of(node.overrides);
  }

  /** The override that a tenancy has for a service now; null if it has none. */
  public @Nullable OverrideLife override(ServiceName service, Tenancy tenancy) {
    TenantNode node = tenants.find(tenancy);
    int found = node == null ? -1 : node.overrideAt(service, revision());
    return node == null || found < 0 ? null : node.overrides[found];
  }

  /** The override of this tenancy with this id, ended or not; null if the table has none. */
  public @Nullable OverrideLife override(Tenancy tenancy, Incarnation incarnation) {
    for (OverrideLife life : overrides(tenancy)) {
      if (life.incarnation().equals(incarnation)) {
        return life;
      }
    }
    return null;
  }

  /**
   * At which revision a stamp asks. Below the oldest revision of the log a seal cannot be checked, and counts.
   *
   * @param stampRevision 0 where there is no stamp
   * @param stampSeal its seal
   * @param answered whether the control plane answered after the stamp was seen: a revision that is still newer than the
   *     table was then never given
   * @return the revision; {@link #ASK}, {@link #UNSTAMPED} or {@link #LOST}
   */
  public long snapshot(long stampRevision, int stampSeal, boolean answered) {
    if (stampRevision == 0) {
      return UNSTAMPED;
    }
    if (stampRevision > log.newest()) {
      return answered ? UNSTAMPED : ASK;
    }
    if (stampRevision < log.oldest()) {
      return stampRevision;
    }
    int row = log.row(stampRevision);
    if (row < 0) {
      return LOST;
    }
    return log.seal(row) == stampSeal ? stampRevision : UNSTAMPED;
  }

  /**
   * At which revision a record without a stamp asks: the last one that was committed by the record's timestamp.
   *
   * @param timestampMillis the record's timestamp; -1 where it has none
   * @param asOfMillis of what time this table is known to be current, by the store's clock
   * @return the revision (0: before the first), or {@link #ASK} as long as the table is not known to be current as of later
   */
  public long snapshotAt(long timestampMillis, long asOfMillis) {
    return asOfMillis > timestampMillis ? log.newestAt(timestampMillis) : ASK;
  }

  /**
   * Whose this request or message is.
   *
   * <p>Pure: the same arguments give the same owner in every process whose table is as new as the stamp, now and later.
   * Reads only this table; never blocks.
   *
   * @param service where it has arrived, or would go
   * @param tag as it arrived
   * @param stamp as it arrived; {@link Stamp#NONE} if there was none: a call is then decided at the newest revision, a
   *     record by its timestamp
   * @param position where a record stands; {@link Position#NONE} for a call
   * @param asOfMillis of what time this table is known to be current; used for records without a stamp
   * @return {@link Owner#IN_DOUBT} where this table cannot know yet; never null
   */
  public Owner owner(ServiceName service, Tag tag, Stamp stamp, Position position, long asOfMillis) {
    if (tag.isNone()) {
      return Owner.BASELINE;
    }
    long at = snapshot(stamp.revision(), stamp.seal(), false);
    if (at == UNSTAMPED) {
      at = position.isRecord() ? snapshotAt(position.timestampMillis(), asOfMillis) : revision();
    }
    return ownerAt(service, tag, at, position.topic(), position.partition(), position.offset());
  }

  /**
   * {@link #owner} at a snapshot.
   *
   * @param service where it has arrived, or would go
   * @param tag as it arrived
   * @param at as {@link #snapshot} and {@link #snapshotAt} give it; where that is {@link #UNSTAMPED} a call asks at
   *     {@link #revision}, a record at {@link #snapshotAt}
   * @param topic of the record; empty for a call
   * @param partition of the record; negative for a call
   * @param offset of the record
   * @return {@link Owner#IN_DOUBT} for {@link #ASK} and {@link #UNSTAMPED}; never null
   */
  public Owner ownerAt(ServiceName service, Tag tag, long at, String topic, int partition, long offset) {
    if (tag.isNone()) {
      return Owner.BASELINE;
    }
    return ownerAt(service, tag.key(), tag.overrideKeys(), tag.isMalformed(), at, topic, partition, offset);
  }

  /** The same, for what a cursor holds. Allocates nothing. */
  public Owner ownerAt(ServiceName service, WireTag tag, long at, String topic, int partition, long offset) {
    if (!tag.isTagged()) {
      return Owner.BASELINE;
    }
    return ownerAt(service, tag.key(), tag.overrides(), tag.isMalformed(), at, topic, partition, offset);
  }

  /**
   * {@link #ownerAt} for a record wherever it stands: where that hangs on its topic, partition or offset it is in doubt.
   * Allocates nothing for a tenancy with a stamp.
   */
  public Owner ownerWherever(ServiceName service, WireTag tag, long at) {
    return ownerAt(service, tag, at, "", WHEREVER, 0);
  }

  private Owner ownerAt(ServiceName service, @Nullable TenancyKey key, Map<ServiceName, TenancyKey> wanted,
      boolean malformed, long at, String topic, int partition, long offset) {
    if (at < 0) {
      return at == LOST ? Owner.ENDED : Owner.IN_DOUBT;
    }
    if (malformed) {
      return Owner.UNREGISTERED;
    }
    if (!wanted.isEmpty()) {
      TenancyKey single = wanted.get(service);
      if (single != null) {
        Owner owner = combined(service, single, at, topic, partition, offset);
        return owner instanceof Owner.Baseline ? Owner.UNREGISTERED : owner;
      }
    }
    return key == null ? Owner.BASELINE : combined(service, key, at, topic, partition, offset);
  }

  /**
   * INVARIANT: the first component whose live tenant overrides the service decides, whatever had become of the others:
   * who acts must not hang on whether an ended tenant is still in the table.
   */
  private Owner combined(ServiceName service, TenancyKey key, long at, String topic, int partition, long offset) {
    Owner fallback = Owner.BASELINE;
    for (int component = 0; component < key.components; component++) {
      TenantNode node = living(key, component, at);
      if (node == null) {
        Owner nobody = nobody(key, component, at);
        boolean plain = nobody instanceof Owner.Baseline || fallback instanceof Owner.Ended;
        fallback = plain ? fallback : nobody;
        continue;
      }
      Owner overriding = node.overriding(service, at, topic, partition, offset);
      if (overriding != null) {
        return overriding;
      }
    }
    return fallback;
  }

  /** Whether stubs own the calls of a tag, or lie beneath others that do. */
  public boolean isStubbed(ServiceName service, Tag tag, long at, Incarnation mock) {
    return layers(service, tag, at).stream()
        .anyMatch(layer -> layer instanceof Owner.Mock stubs && stubs.incarnation().equals(mock));
  }

  /**
   * Who overrides a service for a tag: the owner, who would be it without that one, and so on, each once; in the end who it is if none of
   * them takes a call. Beneath what is wanted for this service alone lies what the tenancy wants.
   */
  List<Owner> layers(ServiceName service, Tag tag, long at) {
    List<Owner> layers = new ArrayList<>();
    Owner last = Owner.BASELINE;
    TenancyKey single = tag.overrideKeys().get(service);
    if (at >= 0 && single != null) {
      last = layers(service, single, at, layers);
    }
    if (at >= 0 && tag.key() != null) {
      Owner otherwise = layers(service, tag.key(), at, layers);
      last = last instanceof Owner.Baseline ? otherwise : last;
    }
    layers.add(last);
    return layers;
  }

  /** Adds those of a key; gives who it is if there are none. */
  private Owner layers(ServiceName service, TenancyKey key, long at, List<Owner> layers) {
    Owner fallback = Owner.BASELINE;
    for (int component = 0; component < key.components; component++) {
      TenantNode node = living(key, component, at);
      if (node == null) {
        Owner nobody = nobody(key, component, at);
        fallback = nobody instanceof Owner.Baseline || fallback instanceof Owner.Ended ? fallback : nobody;
        continue;
      }
      Owner overriding = node.overriding(service, at, "", -1, -1);
      if (overriding != null && !layers.contains(overriding)) {
        layers.add(overriding);
      }
    }
    return fallback;
  }

  /** The node of a key that is one tenancy; null if nobody ever registered it. */
  @Nullable
  TenantNode node(TenancyKey key) {
    return tenants.find(key, 0, key.segments[0]);
  }

  /** The tenant that decides: the longest prefix that lives at a snapshot; null if none does. */
  private @Nullable TenantNode living(TenancyKey key, int component, long at) {
    int shortest = Math.min(2, key.segments[component]);
    for (int segments = key.segments[component]; segments >= shortest; segments--) {
      TenantNode node = tenants.find(key, component, segments);
      if (node != null && node.livesAt(at)) {
        return node;
      }
    }
    return null;
  }

  /** What becomes of a tenancy that is not registered at a snapshot, and no prefix of it. */
  private Owner nobody(TenancyKey key, int component, long at) {
    int shortest = Math.min(2, key.segments[component]);
    for (int segments = key.segments[component]; segments >= shortest; segments--) {
      TenantNode node = tenants.find(key, component, segments);
      if (node != null && node.endedBy(at)) {
        return Owner.ENDED;
      }
    }
    // Before the floor: production traffic is untagged for routing, whatever the table has forgotten.
    if (key.isProduction(component)) {
      return Owner.BASELINE;
    }
    return at < floor ? Owner.ENDED : Owner.UNREGISTERED;
  }

  /** What happens at a snapshot when there is no plain answer; what was given in a lost epoch stands where its stamp does. */
  public Policy policyAt(long at, long stampRevision) {
    return environment(at == LOST ? stampRevision : at).policy();
  }

  /**
   * Whether this table knows by itself what becomes of a tag: each of its tenancies is registered now, or production
   * traffic; what is malformed nobody can ever register.
   */
  boolean holds(Tag tag) {
    TenancyKey key = tag.key();
    boolean held = key == null || holds(key);
    for (TenancyKey single : tag.overrideKeys().values()) {
      held &= holds(single);
    }
    return held;
  }

  private boolean holds(TenancyKey key) {
    for (int component = 0; component < key.components; component++) {
      if (!key.isProduction(component) && living(key, component, revision()) == null) {
        return false;
      }
    }
    return true;
  }
}
