package dev.lanekeeper.cli;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.ProblemCode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code lanekeeper get}: what the control plane holds. */
@Command(name = "get", description = "List what the control plane holds, or show one of it.")
final class Get extends RemoteCommand {
  /** What can be asked for. */
  enum Kind {
    /** Registered tenants. */
    TENANTS,
    /** The inventory. */
    SERVICES,
    /** Kafka clusters. */
    CLUSTERS,
    /** What holds for the whole environment. */
    ENVIRONMENT,
    /** The ledger. */
    OPERATIONS,
    /** Processes that ask the route table. */
    DATA_PLANES,
    /** Overrides, with where their calls go. */
    ROUTES;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Reads a name; the singular works as well. */
    static Kind of(String text) {
      String wanted = text.toLowerCase(Locale.ROOT);
      return Stream.of(values()).filter(kind -> kind.toString().equals(wanted) || kind.toString().equals(wanted + "s"))
          .findFirst().orElseThrow(() -> new picocli.CommandLine.TypeConversionException(
              text + " (expected: one of " + List.of(values()) + ")"));
    }
  }

  @Parameters(index = "0", paramLabel = "KIND", description = "One of: ${COMPLETION-CANDIDATES}.") private Kind kind =
      Kind.TENANTS;

  @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "Show this one only.") private @Nullable String name;

  Get(Session session) {
    super(session);
  }

  @Override
  int run(ControlPlaneClient client) {
    Listing listing = switch (kind) {
      case TENANTS -> Listing.tenants(name == null ? client.tenants() : List.of(client.tenant(name)));
      case SERVICES -> Listing.services(name == null ? client.services() : List.of(client.service(name)));
      case CLUSTERS -> Listing.clusters(client.clusters().stream().filter(one -> isNamed(one.name())).toList());
      case ENVIRONMENT -> Listing.environment(client.environment());
      case OPERATIONS -> Listing.operations(name == null ? client.operations() : List.of(client.operation(name)));
      case DATA_PLANES -> Listing.dataPlanes(client.dataPlanes().stream().filter(one -> isNamed(one.id())).toList());
      case ROUTES -> Listing.routes(client.tenants().stream().filter(one -> isNamed(one.tenancy())).toList());
    };
    if (name != null && listing.table().isEmpty()) {
      throw ProblemCode.NOT_FOUND.exception("name", kind + ": " + name + " (expected: one that is there)",
          "list them with: lanekeeper get " + kind);
    }
    output().show(screen(), () -> listing.json(name != null), () -> print(listing));
    return ExitCode.OK;
  }

  private boolean isNamed(String candidate) {
    return name == null || name.equalsIgnoreCase(candidate);
  }

  private void print(Listing listing) {
    if (listing.table().isEmpty()) {
      screen().line("no " + kind.toString().replace('-', ' '));
      return;
    }
    List<String> lines = listing.table().lines();
    screen().line(screen().faint(lines.getFirst()));
    lines.stream().skip(1).forEach(screen()::line);
    if (name != null) {
      listing.details().forEach(screen()::line);
    }
  }
}
