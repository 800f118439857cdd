package dev.lanekeeper.gateway.fairness;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who waits: each class has a line, and goes by its weight; in a class each tenant has one, and they go in turn.
 *
 * <p><b>Threads.</b> Its share's lock.
 */
final class Lines {

  /** A class. {@link #served} is what it has had, divided by its weight. */
  private static final class Line {
    private final Map<ShareClass, Line> all;
    private final ShareClass kind;
    private final LinkedHashMap<String, ArrayDeque<Ticket>> tenants = new LinkedHashMap<>();
    private double served;
    private int size;

    Line(Map<ShareClass, Line> all, ShareClass kind) {
      this.all = all;
      this.kind = kind;
    }

    /** Who was idle has saved nothing. */
    void catchUp() {
      all.values().stream().filter(other -> other.size > 0).mapToDouble(other -> other.served).min()
          .ifPresent(least -> served = Math.max(served, least));
    }

    Ticket next() {
      Map.Entry<String, ArrayDeque<Ticket>> first = tenants.pollFirstEntry();
      Ticket next = first.getValue().removeFirst();
      if (!first.getValue().isEmpty()) {
        tenants.putLast(first.getKey(), first.getValue());
      }
      size--;
      served += 1.0 / kind.weight();
      return next;
    }

    private ArrayDeque<Ticket> longest() {
      ArrayDeque<Ticket> longest = new ArrayDeque<>();
      for (ArrayDeque<Ticket> each : tenants.values()) {
        longest = each.size() > longest.size() ? each : longest;
      }
      return longest;
    }
  }

  private final Map<ShareClass, Line> lines = new EnumMap<>(ShareClass.class);

  boolean isEmpty() {
    return size() == 0;
  }

  int size() {
    int size = 0;
    for (Line line : lines.values()) {
      size += line.size;
    }
    return size;
  }

  /**
   * Lets one wait.
   *
   * @param most of its class that may
   * @return who has to go instead: itself, or the last of the tenant of whom most wait; null: there is room
   */
  @Nullable
  Ticket add(Ticket ticket, int most) {
    Line line = lines.computeIfAbsent(ticket.kind(), kind -> new Line(lines, kind));
    ArrayDeque<Ticket> own = line.tenants.get(ticket.tenant());
    Ticket pushedOut = null;
    if (line.size >= most) {
      ArrayDeque<Ticket> longest = line.longest();
      if (longest.size() <= (own == null ? 0 : own.size()) + 1) {
        return ticket;
      }
      pushedOut = longest.removeLast();
      line.size--;
    }
    if (line.size == 0) {
      line.catchUp();
    }
    line.tenants.computeIfAbsent(ticket.tenant(), _ -> new ArrayDeque<>()).addLast(ticket);
    line.size++;
    return pushedOut;
  }

  /** Whose turn it is; null: nobody waits. */
  @Nullable
  Ticket poll() {
    Line next = null;
    for (Line line : lines.values()) {
      if (line.size > 0 && (next == null || line.served < next.served)) {
        next = line;
      }
    }
    return next == null ? null : next.next();
  }

  /** It waits no more. */
  void remove(Ticket ticket) {
    Line line = lines.get(ticket.kind());
    ArrayDeque<Ticket> own = line == null ? null : line.tenants.get(ticket.tenant());
    if (line != null && own != null && own.remove(ticket)) {
      line.size--;
      if (own.isEmpty()) {
        line.tenants.remove(ticket.tenant());
      }
    }
  }

  /** Takes out who has waited since before {@code then}. */
  List<Ticket> late(long then) {
    List<Ticket> late = new ArrayList<>();
    for (Line line : lines.values()) {
      line.tenants.values().removeIf(own -> {
        while (!own.isEmpty() && own.getFirst().since() - then < 0) {
          late.add(own.removeFirst());
          line.size--;
        }
        return own.isEmpty();
      });
    }
    return late;
  }
}
