package dev.lanekeeper.gateway.routing;

import java.util.List;
import java.util.Map;

/**
 * A whole request, for those who answer in the gateway itself.
 *
 * @param method as it came
 * @param url absolute
 * @param client the address of who sent it
 * @param fields names and values, in their order
 * @param body whole; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // it goes from hand to hand, and is not compared
public record LocalRequest(String method, String url, String client, List<Map.Entry<String, String>> fields,
    byte[] body) {

  /** Copies the fields. */
  public LocalRequest {
    fields = List.copyOf(fields);
  }

  /** The value of a field; empty where there is none. {@code lower}: its name in lower case. */
  public String field(String lower) {
    return fields.stream().filter(field -> field.getKey().equalsIgnoreCase(lower)).map(Map.Entry::getValue).findFirst()
        .orElse("");
  }
}
