package dev.lanekeeper.api;

import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code kind: Service}: a named unit of the environment.
 *
 * @param name its name
 * @param hosts under which calls reach its baseline: a name (any port) or a name with a port
 * @param outside whether it stands outside the environment: then no tenancy goes to its baseline
 * @param consumes what its baseline consumes, beside what its data planes report
 */
public record ServiceDocument(ServiceName name, List<String> hosts, boolean outside, List<Consumption> consumes)
    implements
      Document {

  /** {@code Service}. */
  public static final String KIND = "Service";
  /** The cluster that is meant where none is named. */
  public static final String USUAL_CLUSTER = "default";

  private static final int MOST_HOSTS = 1_000;
  private static final int LARGEST_PORT = 65_535;
  private static final Pattern PORT = Pattern.compile("(?<=[^:\\[]):([0-9]{1,5})$");

  /**
   * Copies the lists; the hosts become lower case.
   *
   * @throws IllegalArgumentException if one of the hosts is malformed, or there are too many
   */
  public ServiceDocument {
    if (hosts.size() > MOST_HOSTS) {
      throw new IllegalArgumentException("hosts: " + hosts.size() + " of them (expected: at most " + MOST_HOSTS + ")");
    }
    hosts = new Service(name, hosts, outside).hosts();
    hosts.forEach(ServiceDocument::checkPort);
    consumes = List.copyOf(consumes);
  }

  private static void checkPort(String host) {
    Matcher port = PORT.matcher(host);
    if (port.find()) {
      int number = Integer.parseInt(port.group(1));
      if (number < 1 || number > LARGEST_PORT) {
        throw new IllegalArgumentException("hosts: \"" + host + "\" (expected: a port from 1 to " + LARGEST_PORT + ")");
      }
    }
  }

  /**
   * What consumer groups of a service read.
   *
   * @param cluster the name of a {@link ClusterDocument}
   * @param topics names of topics
   * @param groups the consumer groups of the baseline, each of which reads all these topics
   */
  public record Consumption(String cluster, List<String> topics, List<String> groups) {

    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if one is empty, or a name is none of a topic, group or cluster
     */
    public Consumption {
      if (!ClusterDocument.NAME.matcher(cluster).matches()) {
        throw new IllegalArgumentException(
            "cluster: \"" + PlainText.shown(cluster) + "\" (expected: the name of a Cluster document)");
      }
      topics = named("topics", topics);
      groups = named("groups", groups);
      topics.forEach(topic -> PlainText.checkTopic("topics", topic));
      groups.forEach(group -> PlainText.checkGroup("groups", group));
    }

    private static List<String> named(String field, List<String> names) {
      if (names.isEmpty() || names.stream().anyMatch(String::isBlank)) {
        throw new IllegalArgumentException(field + ": " + names + " (expected: at least one name, none of them empty)");
      }
      return List.copyOf(names);
    }
  }

  /** What data planes need to know of it. */
  public Service service() {
    return new Service(name, hosts, outside);
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public String key() {
    return name.folded();
  }
}
