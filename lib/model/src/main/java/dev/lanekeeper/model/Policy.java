package dev.lanekeeper.model;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What happens when there is no plain answer: one table for calls and messages. In doubt is not in it: both wait for an
 * answer, and then refuse the call and hold the message back, or put it aside. Nor is an owner that cannot be reached: that call fails.
 *
 * @param unregistered when nobody ever registered the tenancy
 * @param ended when the tenant had ended
 * @param services what single services say otherwise, for what reaches them
 * @param tenancies what single tenancies say otherwise, and those below them (two segments or more); before what the service says
 */
public record Policy(Fallback unregistered, Fallback ended, Map<ServiceName, Cells> services,
    Map<Tenancy, Cells> tenancies) {

  /** What a staging environment does: strangers reach the baseline, what comes too late is refused. */
  public static final Policy STAGING = new Policy(Fallback.BASELINE, Fallback.REFUSE);
  /** What a production environment does: nothing but what is registered passes, and no message goes. */
  public static final Policy PRODUCTION = new Policy(Fallback.QUARANTINE, Fallback.QUARANTINE);

  /** The same for all services and tenancies. */
  public Policy(Fallback unregistered, Fallback ended) {
    this(unregistered, ended, Map.of(), Map.of());
  }

  /** Copies the maps, sorted. */
  public Policy {
    services = sorted(services);
    tenancies = sorted(tenancies);
  }

  private static <K extends Comparable<K>> Map<K, Cells> sorted(Map<K, Cells> cells) {
    return cells.isEmpty() ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(cells));
  }

  /** One cell of the table. */
  public enum Fallback {
    /** The baseline serves it. */
    BASELINE,
    /** A call is rejected, a message discarded. */
    REFUSE,
    /** A call is rejected, a message put aside until a person looks. */
    QUARANTINE
  }

  /**
   * What one service or tenancy says otherwise.
   *
   * @param unregistered as in the table; null: it says nothing
   * @param ended as in the table; null: it says nothing
   */
  public record Cells(@Nullable Fallback unregistered, @Nullable Fallback ended) {

    /** Says nothing. */
    static final Cells NONE = new Cells(null, null);

    private Policy over(Policy other) {
      Fallback strangers = unregistered;
      Fallback late = ended;
      return new Policy(strangers == null ? other.unregistered : strangers, late == null ? other.ended : late);
    }
  }

  /** Whether it is the same for all services and tenancies. */
  public boolean isSame() {
    return services.isEmpty() && tenancies.isEmpty();
  }

  /** What holds for a request or message of this tag at a service. Itself where no service or tenancy says otherwise. */
  public Policy at(ServiceName service, Tag tag) {
    return isSame() ? this : said(service, tag).over(services.getOrDefault(service, Cells.NONE).over(this));
  }

  /** What the first of the tag's tenancies says that says anything; for a single-service override, that one alone. */
  private Cells said(ServiceName service, Tag tag) {
    TenancyKey single = tag.overrideKeys().get(service);
    List<Tenancy> named = single == null ? tag.tenancies() : List.of(new Tenancy(single.text()));
    for (Tenancy tenancy : tenancies.isEmpty() ? List.<Tenancy>of() : named) {
      for (String prefix = tenancy.text(); prefix != null; prefix = above(prefix)) {
        Cells cells = tenancies.get(new Tenancy(prefix));
        if (cells != null) {
          return cells;
        }
      }
    }
    return Cells.NONE;
  }

  /** The prefix that is shorter by a segment; null if that had less than two. */
  private static @Nullable String above(String prefix) {
    int slash = prefix.lastIndexOf('/');
    return slash > 0 && prefix.lastIndexOf('/', slash - 1) > 0 ? prefix.substring(0, slash) : null;
  }

  /** The same, of what stands on the wire. */
  Policy at(ServiceName service, WireTag tag) {
    return isSame() ? this : at(service, tag.carried().tag());
  }
}
