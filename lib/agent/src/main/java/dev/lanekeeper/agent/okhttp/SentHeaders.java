package dev.lanekeeper.agent.okhttp;

import java.util.AbstractMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/** The headers of a request by name, whatever its case, as the shared classes take them, where they stand. */
final class SentHeaders extends AbstractMap<String, List<String>> {

  private final Headers headers;

  SentHeaders(Headers headers) {
    this.headers = headers;
  }

  @Override
  public @Nullable List<String> get(@Nullable Object key) {
    if (!(key instanceof String name)) {
      return null;
    }
    int first = indexOf(name, 0);
    if (first < 0) {
      return null;
    }
    return indexOf(name, first + 1) < 0 ? List.of(headers.value(first)) : headers.values(name);
  }

  private int indexOf(String name, int from) {
    for (int i = from; i < headers.size(); i++) {
      if (name.equalsIgnoreCase(headers.name(i))) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return get(key) != null;
  }

  @Override
  public Set<Map.Entry<String, List<String>>> entrySet() {
    Map<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.names().forEach(name -> copy.put(name, headers.values(name)));
    return copy.entrySet();
  }
}
