package dev.lanekeeper.gateway;

import dev.lanekeeper.gateway.admission.Admission;
import dev.lanekeeper.gateway.admission.Network;
import dev.lanekeeper.model.ServiceName;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway is to do.
 *
 * @param roles its listeners
 * @param threads event loops
 * @param patience how long a tagged request waits for the control plane where the table is older than its stamp
 * @param targets networks beyond the private ones to which a tenant's redirects may lead
 * @param authorities whom it trusts where it calls by TLS, PEM; null: whom the JDK trusts
 * @param accessLog where each request is written down; null: nowhere
 * @param fair whether production goes first where a server is busy
 */
public record GatewaySettings(List<Role> roles, int threads, Duration patience, List<Network> targets,
    @Nullable Path authorities, @Nullable Path accessLog, boolean fair) {

  /** In the place of a host of an entrance: any other one. */
  public static final String ANY_HOST = "*";

  /** A listener. */
  public sealed interface Role {

    /** Where it listens; port 0: any. */
    InetSocketAddress address();

    /** Its name in the command line, and for people. */
    String name();
  }

  /** The outgoing calls of a service: {@code http_proxy} of its process, or the host that it calls. */
  public record OutOfService(InetSocketAddress address) implements Role {

    @Override
    public String name() {
      return "egress";
    }
  }

  /**
   * In front of a service.
   *
   * @param process where the service itself listens
   */
  public record BeforeService(InetSocketAddress address, URI process) implements Role {

    /** Checks the URL. */
    public BeforeService {
      requireRoot("ingress", process);
    }

    @Override
    public String name() {
      return "ingress";
    }
  }

  /**
   * Calls whose owner is a mock: they are answered by its stubs.
   *
   * @param kept where the stubs are kept for the time when the control plane is away; null: they are not
   */
  public record ForMocks(InetSocketAddress address, @Nullable Path kept) implements Role {

    @Override
    public String name() {
      return "mocks";
    }
  }

  /**
   * Where the stubs of a gateway that serves mocks are administered.
   *
   * @param admitted who may administer a tenancy's
   */
  public record ForMocksAdmin(InetSocketAddress address, Admitted admitted) implements Role {

    @Override
    public String name() {
      return "mocks-admin";
    }
  }

  /** Where metrics are read: {@code GET /metrics}. */
  public record ForMetrics(InetSocketAddress address) implements Role {

    @Override
    public String name() {
      return "metrics";
    }
  }

  /**
   * At the edge of the environment.
   *
   * @param entrances by the host under which a service is called, or {@link #ANY_HOST}
   * @param certificate by which it speaks TLS; null: in clear
   * @param admitted who may bear a tenancy
   */
  public record AtEdge(InetSocketAddress address, Map<String, Entrance> entrances, @Nullable Certificate certificate,
      Admitted admitted) implements Role {

    /** Copies them, hosts in lower case. */
    public AtEdge {
      entrances = entrances.entrySet().stream()
          .collect(Collectors.toUnmodifiableMap(entry -> entry.getKey().toLowerCase(Locale.ROOT), Map.Entry::getValue));
    }

    @Override
    public String name() {
      return "edge";
    }
  }

  /**
   * Who may bear a tenancy at the edge.
   *
   * @param networks whoever comes from one of these may bear any
   * @param tokens a file with tokens, one on each line; null: none
   * @param keys a JSON Web Key Set by which signed tokens are verified; null: none
   * @param strangers what becomes of tagged requests of others
   */
  public record Admitted(List<Network> networks, @Nullable Path tokens, @Nullable Path keys,
      Admission.Strangers strangers) {

    /** This machine only. */
    public static final Admitted LOOPBACK =
        new Admitted(Admission.LOOPBACK.networks(), null, null, Admission.Strangers.REFUSED);

    /** Copies the list. */
    public Admitted {
      networks = List.copyOf(networks);
    }
  }

  /**
   * By which a listener says who it is. Read again when a file changes.
   *
   * @param chain certificates, its own first, PEM
   * @param key its private key, PEM
   */
  public record Certificate(Path chain, Path key) {}

  /**
   * A service that can be reached from outside.
   *
   * @param service its name
   * @param baseline where its baseline is
   */
  public record Entrance(ServiceName service, URI baseline) {

    /** Checks the URL. */
    public Entrance {
      requireRoot("edge", baseline);
    }
  }

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if there is no listener, or no thread
   */
  public GatewaySettings {
    roles = List.copyOf(roles);
    targets = List.copyOf(targets);
    if (roles.stream().allMatch(ForMetrics.class::isInstance)) {
      throw new IllegalArgumentException("listeners: none (expected: an edge, an ingress, an egress, or mocks)");
    }
    long mocks = roles.stream().filter(ForMocks.class::isInstance).count();
    boolean administered = roles.stream().anyMatch(ForMocksAdmin.class::isInstance);
    if (mocks > 1 || (administered && mocks == 0)) {
      throw new IllegalArgumentException("mocks: " + mocks + (administered ? " with" : " without")
          + " administration (expected: one listener for mocks, with or without one for their administration)");
    }
    if (threads < 1) {
      throw new IllegalArgumentException("threads: " + threads + " (expected: at least 1)");
    }
  }

  /** One that lets production go first. */
  public GatewaySettings(List<Role> roles, int threads, Duration patience, List<Network> targets,
      @Nullable Path authorities, @Nullable Path accessLog) {
    this(roles, threads, patience, targets, authorities, accessLog, true);
  }

  /** One that writes no request down. */
  public GatewaySettings(List<Role> roles, int threads, Duration patience, List<Network> targets,
      @Nullable Path authorities) {
    this(roles, threads, patience, targets, authorities, null);
  }

  private static void requireRoot(String field, URI root) {
    boolean http = "http".equalsIgnoreCase(root.getScheme());
    boolean path = root.getRawPath() != null && !root.getRawPath().isEmpty() && !root.getRawPath().equals("/");
    if (!http || root.getHost() == null || path || root.getRawQuery() != null || root.getRawUserInfo() != null) {
      throw new IllegalArgumentException(field + ": " + root + " (expected: http://host:port)");
    }
  }
}
