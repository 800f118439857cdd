package dev.lanekeeper.junit;

import dev.lanekeeper.model.BaggageText;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.WireNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a lane has sent, by the names by which it is traced.
 *
 * <p><b>Threads.</b> Any.
 */
final class Requests {

  private static final int MOST_UNCHECKED = 1_000;

  private final WireNames names;
  private final Tag tag;
  private final List<Sent> unchecked = new ArrayList<>();
  private @Nullable String last;

  Requests(WireNames names, String tenancy) {
    this.names = names;
    this.tag = Tag.of(tenancy);
  }

  /**
   * A request.
   *
   * @param name by which it is traced
   * @param overridden the services that the tenant overrode when it was begun
   * @param stubbed those of them for which there were stubs
   */
  record Sent(String name, Set<String> overridden, Set<String> stubbed) {}

  /** Begins a request of a tenant that overrides these services, some of them by stubs. */
  synchronized String begin(Set<String> overridden, Set<String> stubbed) {
    String name = UUID.randomUUID().toString().replace("-", "");
    unchecked.add(new Sent(name, overridden, stubbed));
    last = name;
    return name;
  }

  /** Whether so many were begun since they were looked at that the first ones may soon be forgotten. */
  synchronized boolean isTimeToCheck() {
    return unchecked.size() >= MOST_UNCHECKED;
  }

  /** It never went: nobody can have heard of it. */
  synchronized void unsent(@Nullable String name) {
    unchecked.removeIf(sent -> sent.name().equals(name));
  }

  Map<String, String> headers(String name) {
    Map<String, String> headers = new TreeMap<>();
    headers.put(WireNames.BAGGAGE, BaggageText.members(names, new Carried(tag, Stamp.NONE, name)));
    names.headers().forEach(header -> headers.put(header, tag.text()));
    return headers;
  }

  synchronized @Nullable String last() {
    return last;
  }

  /** Those that were begun since this was asked last. */
  synchronized List<Sent> takeUnchecked() {
    List<Sent> taken = List.copyOf(unchecked);
    unchecked.clear();
    return taken;
  }
}
