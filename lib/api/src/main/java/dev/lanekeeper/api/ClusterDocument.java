package dev.lanekeeper.api;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * {@code kind: Cluster}: how the control plane reaches a Kafka cluster.
 *
 * @param name its name; {@code default} where services name none
 * @param bootstrap {@code host:port}, several joined by commas
 * @param properties of the Kafka client; a secret stands in them by reference, {@code ${env:NAME}} or
 *     {@code ${file:/path}}
 */
public record ClusterDocument(String name, String bootstrap, Map<String, String> properties) implements Document {

  /** {@code Cluster}. */
  public static final String KIND = "Cluster";
  /** A reference to a secret: group 1 is {@code env} or {@code file}, group 2 the name or path. */
  public static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):([^}]+)}");

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?");
  private static final Pattern SERVER = Pattern.compile("[^\\s,:/@\\[\\]]+:[0-9]{1,5}|\\[[0-9A-Fa-f:.]+]:[0-9]{1,5}");
  private static final Pattern SECRET = Pattern.compile(".*(password|secret|jaas|\\.key$|token).*");

  /**
   * Copies the properties and checks the form.
   *
   * @throws IllegalArgumentException if the name or a server is malformed, or a secret is written out
   */
  public ClusterDocument {
    properties = Collections.unmodifiableMap(new TreeMap<>(properties));
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("name: \"" + name + "\" (expected: 1 to 63 letters, digits, '.', '_' or '-')");
    }
    if (!Arrays.stream(bootstrap.split(",", -1)).allMatch(server -> SERVER.matcher(server.strip()).matches())) {
      throw new IllegalArgumentException(
          "bootstrap: \"" + bootstrap + "\" (expected: host:port, several joined by commas)");
    }
    properties.forEach((key, value) -> {
      if (SECRET.matcher(key.toLowerCase(Locale.ROOT)).matches() && !REFERENCE.matcher(value).find()) {
        throw new IllegalArgumentException("properties." + key
            + ": a secret, written out (expected: a reference, ${env:NAME} or ${file:/path})");
      }
    });
  }

  /** The servers, each {@code host:port}. */
  public List<String> servers() {
    return Arrays.stream(bootstrap.split(",")).map(server -> server.strip().toLowerCase(Locale.ROOT)).toList();
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public String key() {
    return name;
  }
}
