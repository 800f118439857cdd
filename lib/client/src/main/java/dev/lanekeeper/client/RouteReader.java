package dev.lanekeeper.client;

import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.Environment;
import dev.lanekeeper.model.Instances;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.RevisionLog;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.TenantLife;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads tables, changes and {@code current}. */
final class RouteReader {

  private final JsonInput in;
  private final EntryReader entries;

  RouteReader(JsonInput in) {
    this.in = in;
    this.entries = new EntryReader(in);
  }

  /** The arrays that tables and changes have in common; null where there was none. */
  private final class Arrays {
    private @Nullable List<TenantLife> tenants;
    private @Nullable List<OverrideLife> overrides;
    private @Nullable List<Service> services;
    private @Nullable List<Instances> instances;

    /** Reads the value of a field; passes over what is not known. */
    void read(String field) throws IOException, RouteFormatException {
      switch (field) {
        case "tenants" -> tenants = in.list(entries::tenant);
        case "overrides" -> overrides = in.list(entries::override);
        case "services" -> services = in.list(entries::service);
        case "instances" -> instances = in.list(entries::instances);
        default -> in.skip();
      }
    }

    /** INVARIANT: nothing begins or ends later than the newest revision, or old stamps would change their answer. */
    void check(long newest) throws RouteFormatException {
      for (TenantLife life : orNone(tenants)) {
        check("tenants", life.tenancy().text(), life.from(), life.to(), newest);
      }
      for (OverrideLife life : orNone(overrides)) {
        check("overrides", life.incarnation().id(), life.from(), life.to(), newest);
      }
    }

    private void check(String array, String key, long from, long to, long newest) throws RouteFormatException {
      if (from > newest || (to > newest && to != OverrideLife.OPEN)) {
        throw in.refused(array + " " + key + ": from " + from + " to " + (to == OverrideLife.OPEN ? "null" : to),
            "revisions up to " + newest);
      }
    }
  }

  RouteJson.Snapshot table() throws IOException, RouteFormatException {
    long revision = JsonInput.ABSENT;
    long asOf = JsonInput.ABSENT;
    long floor = JsonInput.ABSENT;
    List<Segment> segments = null;
    List<Environment> environments = null;
    Arrays arrays = new Arrays();
    in.enter();
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "revision" -> revision = in.number();
        case "asOf" -> asOf = in.number();
        case "floor" -> floor = in.number();
        case "revisions" -> segments = in.list(this::segment);
        case "environments" -> environments = in.list(entries::environment);
        default -> arrays.read(field);
      }
    }
    RevisionLog log = log(in.required("revisions", segments));
    if (in.required("revision", revision) != log.newest()) {
      throw in.refused("revision " + revision, log.newest() + ", the newest of its revisions");
    }
    arrays.check(revision);
    List<Environment> inOrder = new ArrayList<>(in.required("environments", environments));
    inOrder.sort(Comparator.comparingLong(Environment::from));
    RouteTable.Content content = new RouteTable.Content(in.required("floor", floor), log,
        in.required("tenants", arrays.tenants), in.required("overrides", arrays.overrides),
        in.required("services", arrays.services), in.required("instances", arrays.instances), inOrder);
    return new RouteJson.Snapshot(in.made(() -> RouteTable.of(content)), in.required("asOf", asOf));
  }

  Change change() throws IOException, RouteFormatException {
    long revision = JsonInput.ABSENT;
    long time = JsonInput.ABSENT;
    long floor = 0;
    Integer seal = null;
    List<ServiceName> removed = null;
    Environment environment = null;
    Arrays arrays = new Arrays();
    in.enter();
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "revision" -> revision = in.number();
        case "time" -> time = in.number();
        case "floor" -> floor = in.number();
        case "seal" -> seal = in.seal();
        case "removedServices" -> removed = in.list(() -> in.parsed(ServiceName::of));
        case "environment" -> environment = entries.environmentOrNull();
        default -> arrays.read(field);
      }
    }
    arrays.check(in.required("revision", revision));
    return change(revision, in.required("seal", seal), in.required("time", time), arrays, orNone(removed), environment,
        floor);
  }

  private Change change(long revision, int seal, long time, Arrays arrays, List<ServiceName> removed,
      @Nullable Environment environment, long floor) throws RouteFormatException {
    return in.made(() -> new Change(revision, seal, time, orNone(arrays.tenants), orNone(arrays.overrides),
        orNone(arrays.services), removed, orNone(arrays.instances), environment, floor));
  }

  RouteJson.Current current() throws IOException, RouteFormatException {
    long revision = JsonInput.ABSENT;
    long asOf = JsonInput.ABSENT;
    in.enter();
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "revision" -> revision = in.number();
        case "asOf" -> asOf = in.number();
        default -> in.skip();
      }
    }
    return new RouteJson.Current(in.required("revision", revision), in.required("asOf", asOf));
  }

  /** Revisions that follow each other. */
  private record Segment(long first, List<Integer> seals, List<Long> times) {}

  private Segment segment() throws IOException, RouteFormatException {
    long first = JsonInput.ABSENT;
    List<Integer> seals = null;
    List<Long> times = null;
    in.enter();
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "first" -> first = in.number();
        case "seals" -> seals = in.list(in::seal);
        case "times" -> times = in.list(in::number);
        default -> in.skip();
      }
    }
    Segment segment =
        new Segment(in.required("first", first), in.required("seals", seals), in.required("times", times));
    if (segment.first() == 0 || segment.seals().size() != segment.times().size()) {
      throw in.refused("first " + first + " with " + segment.seals().size() + " seals and " + segment.times().size()
          + " times", "a revision from 1, and as many seals as times");
    }
    return segment;
  }

  private RevisionLog log(List<Segment> segments) throws RouteFormatException {
    return in.made(() -> {
      RevisionLog log = RevisionLog.EMPTY;
      for (Segment segment : segments) {
        for (int i = 0; i < segment.seals().size(); i++) {
          log = log.append(segment.first() + i, segment.seals().get(i), segment.times().get(i));
        }
      }
      return log;
    });
  }

  private static <T> List<T> orNone(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }
}
