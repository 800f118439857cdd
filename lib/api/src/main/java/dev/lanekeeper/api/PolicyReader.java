package dev.lanekeeper.api;

import dev.lanekeeper.model.Policy;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tenancy;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads what an Environment document says of policies. */
final class PolicyReader {

  private static final String FALLBACKS = "baseline, refuse or quarantine";
  private static final String CELLS = "{unregistered, ended}";
  private static final int MOST = 1_000;

  private PolicyReader() {}

  /** The policy of a document; the usual one where it says nothing. */
  static Policy read(Fields document, Policy usual) throws DocumentException {
    if (!document.has("policy")) {
      return usual;
    }
    Fields in = document.fields("policy", "{unregistered, ended, services, tenancies}", "unregistered", "ended",
        "services", "tenancies");
    Policy.Fallback unregistered = fallback(in, "unregistered");
    Policy.Fallback ended = fallback(in, "ended");
    return new Policy(unregistered == null ? usual.unregistered() : unregistered,
        ended == null ? usual.ended() : ended, cells(in, "services", "cells by service", ServiceName::of),
        cells(in, "tenancies", "cells by tenancy", Tenancy::new));
  }

  private static <K extends Comparable<K>> Map<K, Policy.Cells> cells(Fields in, String key, String expected,
      Function<String, K> name) throws DocumentException {
    Map<K, Policy.Cells> all = new TreeMap<>();
    Node.Mapping written = in.open(key, expected);
    for (Map.Entry<String, Node> entry : written.values().entrySet()) {
      String field = key + "." + entry.getKey();
      Fields cells = in.fields(field, entry.getValue(), CELLS, "unregistered", "ended");
      Policy.Cells said = new Policy.Cells(fallback(cells, "unregistered"), fallback(cells, "ended"));
      try {
        if (all.put(name.apply(entry.getKey()), said) != null) {
          throw new IllegalArgumentException(entry.getKey() + ": stands twice (expected: once; case does not count)");
        }
      } catch (IllegalArgumentException refused) {
        throw in.refused(field, entry.getValue(), refused);
      }
    }
    if (all.size() > MOST) {
      throw in.wrongAltogether(key + ": " + all.size() + " of them (expected: at most " + MOST + ")");
    }
    return all;
  }

  private static Policy.@Nullable Fallback fallback(Fields in, String key) throws DocumentException {
    return !in.has(key)
        ? null
        : in.parsed(key, FALLBACKS, text -> switch (text) {
          case "baseline", "refuse", "quarantine" -> Policy.Fallback.valueOf(text.toUpperCase(Locale.ROOT));
          default -> throw new IllegalArgumentException(key + ": \"" + text + "\" (expected: " + FALLBACKS + ")");
        });
  }
}
