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
  private final Map<String, Hosted> hosts = new HashMap<>();

  /** Who is reached under one host: at any port, and at single ones. */
  private static final class Hosted {
    private @Nullable Service anyPort;
    private final Map<String, Service> ports = new HashMap<>();

    void add(String port, Service service) {
      if (!port.isEmpty()) {
        ports.putIfAbsent(port, service);
      } else if (anyPort == null) {
        anyPort = service;
      }
    }

    @Nullable
    Service at(int port) {
      Service exact = ports.isEmpty() ? null : ports.get(Integer.toString(port));
      return exact != null ? exact : anyPort;
    }
  }

  /** Keeps services that are sorted by name. Where two services claim a host, it is that of the first by name: the same in every process. */
  private Inventory(Map<ServiceName, Service> services) {
    this.services = services;
    services.values().forEach(service -> service.hosts().forEach(host -> add(normal(host), service)));
  }

  private void add(String host, Service service) {
    int colon = host.endsWith("]") ? -1 : host.lastIndexOf(':');
    String name = colon < 0 ? host : host.substring(0, colon);
    hosts.computeIfAbsent(name, key -> new Hosted()).add(colon < 0 ? "" : host.substring(colon + 1), service);
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

  /** A name as the inventory holds it; itself where there is no such service. */
  ServiceName shared(ServiceName name) {
    Service service = services.get(name);
    return service == null ? name : service.name();
  }

  @Nullable
  Service named(ServiceName name) {
    return services.get(name);
  }

  @Nullable
  Service at(String host, int port) {
    Hosted hosted = hosts.get(normal(host));
    return hosted == null ? null : hosted.at(port);
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
