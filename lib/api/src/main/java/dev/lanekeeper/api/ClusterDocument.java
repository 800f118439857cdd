package dev.lanekeeper.api;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code kind: Cluster}: how the control plane reaches a Kafka cluster.
 *
 * @param name its name; {@code default} where services name none
 * @param bootstrap {@code host:port}, several joined by commas, without blanks
 * @param properties of the Kafka client; a secret stands in them by reference, {@code ${env:NAME}} or
 *     {@code ${file:/path}}
 */
public record ClusterDocument(String name, String bootstrap, Map<String, String> properties) implements Document {

  /** {@code Cluster}. */
  public static final String KIND = "Cluster";
  /** A reference to a secret: group 1 is {@code env} or {@code file}, group 2 the name or path. */
  public static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):([^}]+)}");

  static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?");
  private static final Pattern SERVER = Pattern.compile("([A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]+]):([0-9]{1,5})");
  private static final int LARGEST_PORT = 65_535;
  private static final int MOST_SERVERS = 100;
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._-]{1,200}");
  private static final int MOST_PROPERTIES = 200;
  private static final int LONGEST_VALUE = 4_096;
  /** What the control plane sets itself, or what means nothing to a client that only administers. */
  private static final Set<String> OURS = Set.of("bootstrap.servers", "bootstrap.controllers", "client.id", "group.id",
      "group.instance.id", "group.protocol", "key.serializer", "value.serializer", "key.deserializer",
      "value.deserializer", "enable.auto.commit", "auto.offset.reset", "transactional.id");
  private static final Pattern SECRET = Pattern.compile(".*(password|secret|jaas|\\.key$|token).*");

  /**
   * Copies the properties and checks the form.
   *
   * @throws IllegalArgumentException if the name, a server or a property is malformed, a property is not to be set here, or
   *     a secret is written out
   */
  public ClusterDocument {
    properties = Collections.unmodifiableMap(new TreeMap<>(properties));
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("name: \"" + name + "\" (expected: 1 to 63 letters, digits, '.', '_' or '-')");
    }
    String[] servers = bootstrap.split(",", -1);
    if (servers.length > MOST_SERVERS || !Arrays.stream(servers).allMatch(ClusterDocument::isServer)) {
      throw new IllegalArgumentException("bootstrap: \"" + PlainText.shown(bootstrap)
          + "\" (expected: host:port with a port from 1 to 65535, up to " + MOST_SERVERS
          + " joined by commas, without blanks or scheme)");
    }
    if (properties.size() > MOST_PROPERTIES) {
      throw new IllegalArgumentException(
          "properties: " + properties.size() + " of them (expected: at most " + MOST_PROPERTIES + ")");
    }
    properties.forEach(ClusterDocument::checkProperty);
  }

  private static boolean isServer(String text) {
    Matcher server = SERVER.matcher(text);
    if (!server.matches()) {
      return false;
    }
    int port = Integer.parseInt(server.group(2));
    return port >= 1 && port <= LARGEST_PORT;
  }

  private static void checkProperty(String key, String value) {
    if (!KEY.matcher(key).matches()) {
      throw new IllegalArgumentException(
          "properties: \"" + PlainText.shown(key) + "\" (expected: the name of a property of the Kafka client)");
    }
    if (OURS.contains(key)) {
      throw new IllegalArgumentException("properties." + key + ": not to be set here (expected: "
          + (key.equals("bootstrap.servers")
              ? "bootstrap, beside the properties)"
              : "nothing, the control plane sets it)"));
    }
    // The value is not repeated: it may be a secret.
    if (!PlainText.shown(value).equals(value) || value.length() > LONGEST_VALUE) {
      throw new IllegalArgumentException("properties." + key + ": " + value.length() + " characters (expected: at most "
          + LONGEST_VALUE + ", no control characters among them; a certificate by reference, ${file:/path})");
    }
    if (SECRET.matcher(key.toLowerCase(Locale.ROOT)).matches() && !REFERENCE.matcher(value).find()) {
      throw new IllegalArgumentException("properties." + key
          + ": a secret, written out (expected: a reference, ${env:NAME} or ${file:/path})");
    }
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
