package dev.lanekeeper.model;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Every tenancy that was ever registered, found by the bytes of its name. Immutable. */
final class TenantIndex {

  static final TenantIndex EMPTY = new TenantIndex(new @Nullable TenantNode[16], 0);

  private final @Nullable TenantNode[] slots;
  private final int size;

  private TenantIndex(@Nullable TenantNode[] slots, int size) {
    this.slots = slots;
    this.size = size;
  }

  /** The node of the prefix of a key; null if nobody ever registered it. */
  @Nullable
  TenantNode find(TenancyKey key, int component, int prefixSegments) {
    int hash = key.hashOf(component, prefixSegments);
    int mask = slots.length - 1;
    for (int slot = spread(hash) & mask;; slot = (slot + 1) & mask) {
      TenantNode node = slots[slot];
      if (node == null || key.prefixIs(component, prefixSegments, hash, node)) {
        return node;
      }
    }
  }

  /** The node of a tenancy; null if nobody ever registered it. */
  @Nullable
  TenantNode find(Tenancy tenancy) {
    TenancyKey key = keyOf(tenancy);
    return find(key, 0, key.segments[0]);
  }

  private static TenancyKey keyOf(Tenancy tenancy) {
    TenancyKey key = TenancyKey.of(tenancy.text());
    if (key == null) {
      throw new IllegalStateException("a well-formed tenancy has a key: " + tenancy);
    }
    return key;
  }

  private static int spread(int hash) {
    return hash ^ (hash >>> 16);
  }

  /**
   * This index with what a change began and ended.
   *
   * @param names of services, as all share them: one object for each, which is at hand when thousands of tenants are asked about
   * @param addresses where the workload of an override is now
   */
  TenantIndex with(List<TenantLife> tenants, List<OverrideLife> overrides, UnaryOperator<ServiceName> names,
      Function<Incarnation, List<URI>> addresses) {
    if (tenants.isEmpty() && overrides.isEmpty()) {
      return this;
    }
    int capacity = slots.length;
    while ((size + tenants.size() + overrides.size()) * 3L > capacity) {
      capacity <<= 1;
    }
    Builder builder = new Builder(this, capacity);
    tenants.forEach(life -> builder.replace(builder.nodeOf(life.tenancy()).with(life)));
    overrides.forEach(life -> builder
        .replace(builder.nodeOf(life.tenancy()).with(life.of(names.apply(life.service())),
            addresses.apply(life.incarnation()))));
    return new TenantIndex(builder.slots, builder.size);
  }

  /** This index with workloads at other addresses. */
  TenantIndex moved(List<Instances> instances) {
    if (instances.isEmpty()) {
      return this;
    }
    Map<Incarnation, List<URI>> addresses = new HashMap<>();
    instances.forEach(each -> addresses.put(each.incarnation(), each.addresses()));
    @Nullable TenantNode[] moved = slots.clone();
    for (int slot = 0; slot < moved.length; slot++) {
      TenantNode node = moved[slot];
      if (node != null) {
        moved[slot] = node.moved(addresses);
      }
    }
    return new TenantIndex(moved, size);
  }

  /** This index without what had ended by a revision; see {@link RouteTable#forgetting}. */
  TenantIndex forgetting(long floor) {
    List<TenantNode> remembered = new ArrayList<>();
    for (TenantNode node : nodes()) {
      TenantNode rest = node.forgetting(floor);
      if (rest != null) {
        remembered.add(rest);
      }
    }
    int capacity = EMPTY.slots.length;
    while (remembered.size() * 3L > capacity) {
      capacity <<= 1;
    }
    Builder builder = new Builder(EMPTY, capacity);
    remembered.forEach(builder::replace);
    return new TenantIndex(builder.slots, builder.size);
  }

  /** Slots that are still being written. */
  private static final class Builder {
    private final @Nullable TenantNode[] slots;
    private int size;

    Builder(TenantIndex from, int capacity) {
      if (capacity == from.slots.length) {
        slots = Arrays.copyOf(from.slots, capacity);
        size = from.size;
        return;
      }
      slots = new @Nullable TenantNode[capacity];
      for (TenantNode node : from.slots) {
        if (node != null) {
          replace(node);
        }
      }
    }

    TenantNode nodeOf(Tenancy tenancy) {
      TenancyKey key = keyOf(tenancy);
      byte[] name = tenancy.text().getBytes(StandardCharsets.ISO_8859_1);
      int hash = key.hashOf(0, key.segments[0]);
      TenantNode present = slots[slotOf(name, hash)];
      return present != null ? present : TenantNode.of(name, hash);
    }

    void replace(TenantNode node) {
      int slot = slotOf(node.name, node.hash);
      if (slots[slot] == null) {
        size++;
      }
      slots[slot] = node;
    }

    private int slotOf(byte[] name, int hash) {
      int mask = slots.length - 1;
      for (int slot = spread(hash) & mask;; slot = (slot + 1) & mask) {
        TenantNode node = slots[slot];
        if (node == null || (node.hash == hash && Arrays.equals(node.name, name))) {
          return slot;
        }
      }
    }
  }

  /** Every node, in no order. */
  List<TenantNode> nodes() {
    List<TenantNode> nodes = new ArrayList<>(size);
    for (TenantNode node : slots) {
      if (node != null) {
        nodes.add(node);
      }
    }
    return nodes;
  }
}
