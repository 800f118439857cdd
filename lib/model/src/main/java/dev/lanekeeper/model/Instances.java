package dev.lanekeeper.model;

import java.net.URI;
import java.util.List;

/**
 * Where the instances of a workload under test are now. Not versioned: the newest addresses count at once.
 *
 * @param incarnation of which override
 * @param addresses roots of HTTP servers; empty where none is announced
 */
public record Instances(Incarnation incarnation, List<URI> addresses) {

  /**
   * Copies and checks the addresses.
   *
   * @throws IllegalArgumentException if one is not the root of an HTTP server
   */
  public Instances {
    addresses = List.copyOf(addresses);
    for (URI address : addresses) {
      Target.Address.check("address", address);
    }
  }
}
