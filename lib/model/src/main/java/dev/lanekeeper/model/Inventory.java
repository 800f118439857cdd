package dev.lanekeeper.model;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The services of the environment, found by name and by host. Immutable. */
final class Inventory {

  static final Inventory EMPTY = new Inventory(Map.of());

  private final Map<ServiceName, Service> services;
  private final Map<String, Service> hosts = new HashMap<>();

  /** Keeps services that are sorted by name. Where two services claim a host, it is that of the first by name: the same in every process. */
  private Inventory(Map<ServiceName, Service> services) {
    this.services = services;
    services.values().forEach(service -> service.hosts().forEach(host -> hosts.putIfAbsent(normal(host), service)));
  }

  /** This inventory without some services, then with others; of one name there is one. */
  Inventory with(List<Service> added, List<ServiceName> removed) {
    if (added.isEmpty() && removed.isEmpty()) {
      return this;
    }
    Map<ServiceName, Service> next = new TreeMap<>(services);
    removed.forEach(next::remove);
    // Not put alone: it would keep the name as it was written before.
    for (Service service : added) {
      next.remove(service.name());
      next.put(service.name(), service);
    }
    return new Inventory(next);
  }

  Collection<Service> services() {
    return services.values();
  }

  @Nullable
  Service named(ServiceName name) {
    return services.get(name);
  }

  @Nullable
  Service at(String host, int port) {
    String normal = normal(host);
    Service exact = hosts.get(normal + ":" + port);
    return exact != null ? exact : hosts.get(normal);
  }

  /** A host in lower case, without the dot of the root; an IPv6 address in brackets. */
  static String normal(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".") && lower.length() > 1) {
      lower = lower.substring(0, lower.length() - 1);
    }
    int colon = lower.indexOf(':');
    boolean address = colon >= 0 && colon != lower.lastIndexOf(':') && !lower.startsWith("[");
    return address ? "[" + lower + "]" : lower;
  }
}
