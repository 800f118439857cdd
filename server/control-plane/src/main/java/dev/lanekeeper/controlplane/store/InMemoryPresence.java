package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.DataPlaneReport;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What was heard by the only control plane of a store: kept in its memory.
 *
 * <p><b>Threads.</b> Any; never blocks.
 */
final class InMemoryPresence implements Presence {

  private static final int MOST = 200_000;

  private final InstantSource clock;
  private final long sinceMillis;
  private final Map<String, Note> notes = new ConcurrentHashMap<>();

  private record Note(@Nullable DataPlaneReport report, long atMillis) {}

  InMemoryPresence(InstantSource clock) {
    this.clock = clock;
    this.sinceMillis = clock.millis();
  }

  @Override
  public void heard(String id, @Nullable DataPlaneReport report) {
    if (notes.size() >= MOST) {
      tend();
    }
    notes.put(id, new Note(report, clock.millis()));
  }

  @Override
  public Map<String, Heard> present() {
    long now = clock.millis();
    Map<String, Heard> present = new HashMap<>();
    notes.forEach((id, note) -> {
      if (note.atMillis() >= now - SILENCE.toMillis()) {
        present.put(id, new Heard(note.report(), now - note.atMillis()));
      }
    });
    return present;
  }

  @Override
  public boolean isDeaf() {
    return sinceMillis >= clock.millis() - SILENCE.toMillis();
  }

  @Override
  public void tend() {
    long oldest = clock.millis() - SILENCE.toMillis();
    notes.values().removeIf(note -> note.atMillis() < oldest);
  }
}
