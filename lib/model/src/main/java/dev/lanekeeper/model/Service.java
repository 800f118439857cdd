package dev.lanekeeper.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A service of the environment, as data planes need to know it.
 *
 * @param name its name
 * @param hosts under which calls reach its baseline: a name or address, which stands for any port, or one with its port, {@code b:8080}; lower case
 * @param outside whether it stands outside the environment: then no tenancy goes to its baseline
 * @param handovers the topics through which messages are handed over to it again, which its consumers have to read
 */
public record Service(ServiceName name, List<String> hosts, boolean outside, List<Handover> handovers) {

  private static final Pattern HOST =
      Pattern.compile("(\\[[0-9a-f:.]+]|[a-z0-9_]([a-z0-9._-]{0,251}[a-z0-9_])?)(:[0-9]{1,5})?");

  /** A service to which nothing is handed over again. */
  public Service(ServiceName name, List<String> hosts, boolean outside) {
    this(name, hosts, outside, List.of());
  }

  /** The same, to which messages are handed over again through this topic, too; itself where they are already. */
  public Service with(Handover handover) {
    if (handovers.contains(handover)) {
      return this;
    }
    List<Handover> more = new ArrayList<>(handovers);
    more.add(handover);
    return new Service(name, hosts, outside, more);
  }

  /** The same, to which nothing is handed over through this topic; itself where nothing was. */
  public Service without(Handover handover) {
    if (!handovers.contains(handover)) {
      return this;
    }
    List<Handover> rest = new ArrayList<>(handovers);
    rest.remove(handover);
    return new Service(name, hosts, outside, rest);
  }

  /**
   * Copies the lists, the hosts in lower case.
   *
   * @throws IllegalArgumentException if one is neither a name or address nor one with its port
   */
  public Service {
    handovers = List.copyOf(handovers);
    hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
    for (String host : hosts) {
      if (!HOST.matcher(host).matches()) {
        throw new IllegalArgumentException("hosts: " + Quoted.of(host) + " (expected: host or host:port)");
      }
    }
  }
}
