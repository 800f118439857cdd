package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.HopInfo;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the only control plane of a store has heard: kept in its memory.
 *
 * <p><b>Threads.</b> Any; never blocks for long.
 */
final class InMemoryTraces implements Traces {

  /** As many as a control plane's memory has room for beside all else, whatever data planes tell. */
  private static final long MOST_CHARACTERS = 20_000_000;

  private final InstantSource clock;
  /** By name, in the order in which they were first heard of. */
  private final Map<String, Trace> traces = new LinkedHashMap<>();
  private int kept;
  private long characters;

  private static long size(HopInfo hop) {
    return Stream
        .of(hop.trace(), hop.to(), hop.tag(), hop.stamp(), hop.reason(), hop.address(), hop.kind(), hop.outcome(),
            hop.service(), hop.incarnation(), hop.owner())
        .mapToLong(text -> text == null ? 0 : text.length()).sum();
  }

  private record Trace(long sinceMillis, List<HopInfo> hops) {}

  InMemoryTraces(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public synchronized void add(List<HopInfo> hops) {
    for (HopInfo hop : hops) {
      Trace trace = traces.computeIfAbsent(hop.trace(), _ -> new Trace(clock.millis(), new ArrayList<>()));
      if (trace.hops().size() < MOST_OF_ONE) {
        trace.hops().add(hop);
        kept++;
        characters += size(hop);
      }
    }
    tend();
  }

  @Override
  public synchronized List<HopInfo> of(String name) {
    Trace trace = traces.get(name);
    return trace == null ? List.of() : trace.hops().stream().sorted(Comparator.comparingLong(HopInfo::at)).toList();
  }

  @Override
  public synchronized void tend() {
    long oldest = clock.millis() - KEPT.toMillis();
    Iterator<Trace> each = traces.values().iterator();
    while (each.hasNext()) {
      Trace trace = each.next();
      if (kept <= MOST && characters <= MOST_CHARACTERS && trace.sinceMillis() > oldest) {
        return;
      }
      kept -= trace.hops().size();
      characters -= trace.hops().stream().mapToLong(InMemoryTraces::size).sum();
      each.remove();
    }
  }
}
