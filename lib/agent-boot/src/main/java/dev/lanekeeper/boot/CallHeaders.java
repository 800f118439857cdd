package dev.lanekeeper.boot;

import dev.lanekeeper.model.BaggageText;
import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.WireNames;
import dev.lanekeeper.model.WireTag;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Tag and stamp in the headers of a call, as a map from header name (any case) to values. */
public final class CallHeaders {

  /** What a thread has written last: a call's headers are written, and looked at, several times. */
  private record Written(WireNames names, Carried carried, String members) {}

  /** Whether stubs were ever told: else nobody need look for them. */
  private static volatile boolean stubsOnce;

  private static final ThreadLocal<@Nullable Written> RECENT = new ThreadLocal<>();

  private CallHeaders() {}

  /** {@link BaggageText#members}; the same object where a thread asks again about the same request. */
  @SuppressWarnings("ReferenceEquality") // the very same request, or it is written anew
  public static String members(WireNames names, Carried carried) {
    Written recent = RECENT.get();
    if (recent == null || recent.carried != carried || recent.names != names) {
      recent = new Written(names, carried, BaggageText.members(names, carried));
      RECENT.set(recent);
    }
    return recent.members;
  }

  /**
   * What the headers bear. Finds nothing, and allocates nothing, where none of our names is there.
   *
   * @param headers must find names without regard to case
   */
  public static Carried carried(WireNames names, Map<String, List<String>> headers) {
    WireTag tag = null;
    List<String> baggage = headers.get(WireNames.BAGGAGE);
    if (baggage != null) {
      tag = new WireTag(names).clear();
      for (int i = 0; i < baggage.size(); i++) {
        tag.baggage(baggage.get(i));
      }
    }
    List<String> plain = names.headers();
    for (int rank = 0; rank < plain.size(); rank++) {
      List<String> values = headers.get(plain.get(rank));
      if (values != null && !values.isEmpty()) {
        tag = tag == null ? new WireTag(names).clear() : tag;
        tag.plain(rank, values.get(values.size() - 1));
      }
    }
    return tag == null ? Carried.NOTHING : tag.carried();
  }

  /**
   * Tag and stamp of a call: what its headers bear, or else those of the request that this thread is serving. An application
   * that copies the tag of that request by hand, without its stamp, goes on with the stamp.
   */
  public static Carried ofCall(WireNames names, Map<String, List<String>> headers) {
    Carried serving;
    try {
      serving = Lanes.context().current();
    } catch (RuntimeException | Error failure) {
      Carried borne = carried(names, headers);
      if (isComplete(borne)) {
        return borne; // it needs no context
      }
      throw failure;
    }
    if (isComplete(serving) && bearExactly(names, headers, serving)) {
      return serving;
    }
    Carried borne = carried(names, headers);
    if (isComplete(borne)) {
      return borne;
    }
    return borne.isTagged() && !borne.tag().equals(serving.tag()) ? borne : serving;
  }

  private static boolean isComplete(Carried carried) {
    return carried.isTagged() && !carried.stamp().isNone();
  }

  /** The headers with tag and stamp under all names; null if they are already so. */
  public static @Nullable Map<String, List<String>> with(WireNames names, Map<String, List<String>> headers,
      Carried carried) {
    if (isWritten(names, headers, carried)) {
      return null;
    }
    Map<String, List<String>> written = copy(headers);
    List<String> baggage = headers.get(WireNames.BAGGAGE);
    String existing = baggage == null ? "" : String.join(",", baggage);
    written.put(WireNames.BAGGAGE, List.of(BaggageText.merge(names, carried, existing)));
    String text = carried.tag().text();
    for (String name : names.headers()) {
      if (text.isEmpty()) {
        written.remove(name);
      } else {
        written.put(name, List.of(text));
      }
    }
    return written;
  }

  private static boolean isWritten(WireNames names, Map<String, List<String>> headers, Carried carried) {
    String baggage = only(headers.get(WireNames.BAGGAGE));
    return baggage != null
        && (baggage.equals(members(names, carried)) || baggage.equals(BaggageText.merge(names, carried, baggage)))
        && arePlain(names, headers, carried.tag().text());
  }

  /**
   * Whether the headers bear this, as we write it, and no other member: nearly all do, and need not be read.
   *
   * @param headers must find names without regard to case
   * @param carried untagged: whether there is no header of ours at all
   */
  public static boolean bearExactly(WireNames names, Map<String, List<String>> headers, Carried carried) {
    List<String> baggage = headers.get(WireNames.BAGGAGE);
    boolean same = carried.isTagged()
        ? baggage != null && baggage.size() == 1 && baggage.get(0).equals(members(names, carried))
        : baggage == null;
    return same && arePlain(names, headers, carried.tag().text());
  }

  private static boolean arePlain(WireNames names, Map<String, List<String>> headers, String text) {
    for (String name : names.headers()) {
      List<String> values = headers.get(name);
      if (text.isEmpty() ? values != null : !text.equals(only(values))) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable String only(@Nullable List<String> values) {
    return values == null || values.size() != 1 ? null : values.get(0);
  }

  /** Tells the gateway that serves mocks which stubs are asked. */
  public static final String STUBS = "lanekeeper-stubs";

  /** By which gateways tell each other which stubs have not taken a call. */
  private static final String PASSED = "lanekeeper-passed";

  /** What stands under {@link #STUBS} where a call goes there; null where it goes to its owner. */
  public static @Nullable String stubs(Calls.Redirect redirect) {
    if (redirect.mocked() == null) {
      return null;
    }
    stubsOnce = true;
    Self self = Lanes.self();
    return redirect.mocked().text() + "/" + redirect.incarnation().id()
        + (self == null ? "" : " caller=" + self.service());
  }

  /**
   * Headers with what the gateway that serves mocks is told, or without it.
   *
   * @param headers as they were
   * @param written as they go on; null: as they were
   * @param stubs null: nothing is told
   * @return null if they go on as they were
   */
  static @Nullable Map<String, List<String>> told(Map<String, List<String>> headers,
      @Nullable Map<String, List<String>> written, @Nullable String stubs) {
    if (stubs == null && (!stubsOnce || headers.get(STUBS) == null)) {
      return written;
    }
    Map<String, List<String>> told = copy(written == null ? headers : written);
    told.remove(STUBS);
    if (stubs != null) {
      told.put(STUBS, List.of(stubs));
    }
    return told;
  }

  /** The headers without tag and stamp, for hosts outside the environment. */
  public static Map<String, List<String>> without(WireNames names, Map<String, List<String>> headers) {
    Map<String, List<String>> left = copy(headers);
    List<String> baggage = headers.get(WireNames.BAGGAGE);
    if (baggage != null) {
      String others = BaggageText.without(names, String.join(",", baggage));
      if (others.isEmpty()) {
        left.remove(WireNames.BAGGAGE);
      } else {
        left.put(WireNames.BAGGAGE, List.of(others));
      }
    }
    names.headers().forEach(left::remove);
    left.remove(STUBS);
    left.remove(PASSED);
    return left;
  }

  /**
   * The same for headers that were read by some names and would be written by others.
   *
   * @param read by which they were read
   * @param due by which they would be written now; often the same
   */
  public static Map<String, List<String>> without(WireNames read, WireNames due, Map<String, List<String>> headers) {
    Map<String, List<String>> left = without(read, headers);
    return due.equals(read) ? left : without(due, left);
  }

  private static Map<String, List<String>> copy(Map<String, List<String>> headers) {
    Map<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    copy.putAll(headers);
    return copy;
  }

  /** What {@code text}, in the form that {@link #text} gives, bears. */
  static Carried parse(String text) {
    return new WireTag(WireNames.STANDARD).clear().baggage(text).carried();
  }

  /** Tag and stamp in one line. */
  static String text(Carried carried) {
    return members(WireNames.STANDARD, carried);
  }

  /**
   * The tag as it was, with the stamp that goes along.
   *
   * @return {@code carried} itself where that is its own, or none
   */
  public static Carried stamped(Carried carried, Stamp stamp) {
    return stamp.isNone() || stamp.equals(carried.stamp()) ? carried : carried.with(stamp);
  }
}
