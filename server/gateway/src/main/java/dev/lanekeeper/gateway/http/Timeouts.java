package dev.lanekeeper.gateway.http;

import java.time.Duration;

/**
 * How long a connection may take.
 *
 * @param head a client for the head of a request, from its first byte; and for the first byte on a new connection
 * @param idle a client between two requests
 * @param body a client between two pieces of a body, and to take what is sent to it
 * @param response a server for the head of its response, and between two pieces of it
 * @param pooled an unused connection to a server is kept
 */
public record Timeouts(Duration head, Duration idle, Duration body, Duration response, Duration pooled) {

  /**
   * Short enough for slow attackers, long enough for slow services; unused connections go before most servers close them, which
   * do so after 5 s and more.
   */
  public static final Timeouts STANDARD = new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(60),
      Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(4));
}
