package dev.lanekeeper.gateway.net;

import dev.lanekeeper.gateway.admission.Network;
import java.net.InetAddress;
import java.util.List;

/**
 * To which addresses a request may go whose target a tenant named. Looked at when the name was resolved, whatever was allowed when it was
 * registered: a name may lead elsewhere later.
 *
 * @param allowed networks beyond the private ones
 */
public record TargetGuard(List<Network> allowed) {

  /** Private addresses only: loopback, and the networks of an organisation. Never link-local ones: there clouds keep credentials. */
  public static final TargetGuard PRIVATE = new TargetGuard(List.of());

  private static final List<Network> PRIVATE_NETWORKS = List.of(Network.of("127.0.0.0/8"), Network.of("10.0.0.0/8"),
      Network.of("172.16.0.0/12"), Network.of("192.168.0.0/16"), Network.of("100.64.0.0/10"), Network.of("::1/128"),
      Network.of("fc00::/7"));
  /** Where clouds answer with credentials, among the private networks. */
  private static final List<Network> METADATA =
      List.of(Network.of("100.100.100.200/32"), Network.of("fd00:ec2::254/128"));

  /** Copies the list. */
  public TargetGuard {
    allowed = List.copyOf(allowed);
  }

  /** Whether a request may go there. */
  public boolean allows(InetAddress address) {
    if (METADATA.stream().anyMatch(network -> network.contains(address))) {
      return false;
    }
    return PRIVATE_NETWORKS.stream().anyMatch(network -> network.contains(address))
        || allowed.stream().anyMatch(network -> network.contains(address));
  }
}
