package dev.lanekeeper.agent;

import dev.lanekeeper.boot.Consumers;
import dev.lanekeeper.boot.Counters;
import dev.lanekeeper.boot.Lanes;
import dev.lanekeeper.boot.Modules;
import dev.lanekeeper.client.DataPlaneReport;
import dev.lanekeeper.client.RouteClient;
import dev.lanekeeper.client.RouteClientBuilder;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.MalformedTagException;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.Tenancy;
import io.opentelemetry.api.metrics.Meter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The data plane of this process. Loaded only after the boot jar was appended, since it refers to what is in there. */
final class Running {

  private final Settings settings;
  private final Supplier<Map<String, Long>> troubles;

  private Running(Settings settings, Supplier<Map<String, Long>> troubles) {
    this.settings = settings;
    this.troubles = troubles;
  }

  /**
   * Starts it.
   *
   * @throws IllegalArgumentException if a setting cannot be understood
   */
  static Running start(Settings settings) {
    String controlPlane = settings.controlPlane();
    if (controlPlane == null) {
      return refusing(settings);
    }
    Carried own = settings.tenancy() == null ? Carried.NOTHING : new Carried(Tag.of(settings.tenancy()), Stamp.NONE);
    RouteClient client = client(settings, URI.create(controlPlane));
    Lanes.putAside(settings.putsAside());
    Lanes.publish(client, settings.service() == null ? () -> null : client::self, new TagContext(own),
        settings.patience());
    Consumers.listen(client::reportSoon);
    return new Running(settings, client::counters);
  }

  /**
   * A data plane that knows nothing: what is left when the start has failed, or there is no control plane. What belongs to a
   * tenant still does: its calls are refused, and its Kafka clients are not made.
   */
  static Running refusing(Settings settings) {
    Tag own = ownTag(settings);
    boolean underTest = !own.isNone();
    Tenancy tenancy = own.tenancies().isEmpty() ? new Tenancy("unreadable") : own.tenancies().get(0);
    Self self = underTest ? new Self(serviceOr(settings, "unnamed"), tenancy, null) : null;
    Lanes.publish(new NoControlPlane(), () -> self, new TagContext(new Carried(own, Stamp.NONE)), Duration.ZERO);
    return new Running(settings, Map::of);
  }

  private static Tag ownTag(Settings settings) {
    try {
      return settings.tenancy() == null ? Tag.NONE : Tag.of(settings.tenancy());
    } catch (MalformedTagException malformed) {
      return Tag.MALFORMED;
    }
  }

  private static ServiceName serviceOr(Settings settings, String otherwise) {
    String service = settings.service();
    try {
      return ServiceName.of(service == null ? otherwise : service);
    } catch (IllegalArgumentException malformed) {
      return ServiceName.of(otherwise);
    }
  }

  private static RouteClient client(Settings settings, URI controlPlane) {
    String service = settings.service();
    RouteClientBuilder builder = RouteClient.builder(controlPlane)
        .self(ServiceName.of(service == null ? "unnamed" : service),
            settings.tenancy() == null ? null : new Tenancy(settings.tenancy()))
        .workload(settings.workload()).version(Version.TEXT).tokenFrom(System.getenv()).consumers(Running::consumers)
        .modules(Running::modules).counters(Counters::snapshot);
    if (settings.instance() != null) {
      builder.instance(settings.instance());
    }
    if (settings.directory() != null) {
      builder.diskDirectory(Path.of(settings.directory()));
    }
    return builder.start();
  }

  private static List<DataPlaneReport.Consumer> consumers() {
    return Consumers.seen().stream()
        .map(seen -> new DataPlaneReport.Consumer(seen.bootstrap(), seen.group(), seen.topics(),
            seen.memberId(), seen.clientId(), seen.handovers()))
        .toList();
  }

  private static List<DataPlaneReport.Module> modules() {
    List<DataPlaneReport.Module> modules = new ArrayList<>();
    Modules.matched().forEach((name, library) -> modules.add(new DataPlaneReport.Module(name, true, library)));
    Modules.missed().forEach((name, why) -> modules.add(new DataPlaneReport.Module(name, false, why)));
    return modules;
  }

  /** Has metrics tell what it does and knows. */
  void measure(Meter meter) {
    LaneMetrics.register(meter, () -> Lanes.source().view(), Counters::snapshot, troubles, System::currentTimeMillis);
  }

  /**
   * What people see when the process starts.
   *
   * @param propagating whether our propagator is in effect
   */
  String line(boolean propagating) {
    return Version.TEXT + " service=" + or(settings.service(), "-") + " tenancy="
        + or(settings.tenancy(), "-")
        + " control-plane=" + or(settings.controlPlane(), "NONE: tagged calls are refused") + " table="
        + table(Lanes.source().view())
        + " matched=" + text(Modules.matched())
        + (Modules.missed().isEmpty() ? "" : " NOT-MATCHED=" + text(Modules.missed()))
        + " waiting-for=[okhttp, kafka-clients] propagator=" + (propagating ? "in effect" : "MISSING");
  }

  private static String or(@Nullable String value, String otherwise) {
    return value == null ? otherwise : value;
  }

  private static String text(Map<String, String> modules) {
    return modules.entrySet().stream().map(module -> module.getKey() + " (" + module.getValue() + ")").toList()
        .toString();
  }

  private static String table(RouteView view) {
    if (!view.isKnown()) {
      return "none yet";
    }
    long ageMillis = System.currentTimeMillis() - view.asOfMillis();
    return "revision " + view.table().revision()
        + (view.asOfMillis() == 0 ? ", from disk" : ", " + Math.max(0, ageMillis) + " ms old");
  }
}
