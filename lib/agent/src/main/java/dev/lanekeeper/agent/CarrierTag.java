package dev.lanekeeper.agent;

import dev.lanekeeper.boot.Counters;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.WireNames;
import dev.lanekeeper.model.WireTag;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Reads tag and stamp from what came, header by header.
 *
 * <p>INVARIANT: what can be read of a tag is read, whatever becomes of other headers. The cursor is made only where there is
 * something to read: most requests bear nothing of ours.
 */
final class CarrierTag<C> {

  private static final int BAGGAGE = -1;

  private final WireNames names;
  private final C carrier;
  private final TextMapGetter<C> getter;
  private @Nullable WireTag tag;
  private boolean unreadable;

  CarrierTag(WireNames names, C carrier, TextMapGetter<C> getter) {
    this.names = names;
    this.carrier = carrier;
    this.getter = getter;
  }

  /** What it bears. */
  Carried read() {
    read(BAGGAGE, WireNames.BAGGAGE);
    for (int rank = 0; rank < names.headers().size(); rank++) {
      read(rank, names.headers().get(rank));
    }
    if (tag == null && Takers.regardCase(getter)) {
      readWithoutCase();
    }
    return tag == null ? Carried.NOTHING : tag.carried();
  }

  /** Whether one of the headers could not be read at all, so that nobody knows what it said. */
  boolean isUnreadable() {
    return unreadable;
  }

  private void read(int rank, String name) {
    try {
      Iterator<String> values = getter.getAll(carrier, name);
      while (values.hasNext()) {
        take(rank, values.next());
      }
    } catch (RuntimeException | Error failure) {
      Counters.failed("extract", failure);
      readFirst(rank, name);
    }
  }

  @SuppressWarnings("deprecation") // no other way says which there are
  private void readWithoutCase() {
    try {
      for (String key : getter.keys(carrier)) {
        if (key.equalsIgnoreCase(WireNames.BAGGAGE)) {
          read(BAGGAGE, key);
        }
        for (int rank = 0; rank < names.headers().size(); rank++) {
          if (key.equalsIgnoreCase(names.headers().get(rank))) {
            read(rank, key);
          }
        }
      }
    } catch (RuntimeException | Error failure) {
      Counters.failed("extract", failure);
      unreadable = true;
    }
  }

  private void readFirst(int rank, String name) {
    try {
      String first = getter.get(carrier, name);
      if (first != null) {
        take(rank, first);
      }
    } catch (RuntimeException | Error failure) {
      Counters.failed("extract", failure);
      unreadable = true;
    }
  }

  private void take(int rank, String value) {
    WireTag cursor = tag;
    if (cursor == null) {
      cursor = new WireTag(names).clear();
      tag = cursor;
    }
    if (rank == BAGGAGE) {
      cursor.baggage(value);
    } else {
      cursor.plain(rank, value);
    }
  }
}
