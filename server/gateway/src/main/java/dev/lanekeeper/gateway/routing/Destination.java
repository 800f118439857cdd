package dev.lanekeeper.gateway.routing;

import java.net.URI;
import java.util.Locale;

/**
 * A server to which requests go.
 *
 * @param host a name or address, in lower case; an IPv6 address without brackets
 * @param port its port
 * @param secure whether by TLS
 * @param http2 whether it is spoken to in HTTP/2 without asking; by TLS the server is asked
 * @param guarded whether its address must be one that {@link TargetGuard} allows: a tenant named it
 */
public record Destination(String host, int port, boolean secure, boolean http2, boolean guarded) {

  /** The root of a server, as a table or a setting names it. */
  public static Destination of(URI root, boolean guarded) {
    boolean secure = "https".equalsIgnoreCase(root.getScheme());
    String host = root.getHost().toLowerCase(Locale.ROOT);
    int port = root.getPort() >= 0 ? root.getPort() : secure ? 443 : 80;
    return new Destination(bare(host), port, secure, false, guarded);
  }

  /** An IPv6 address without its brackets. */
  static String bare(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  /** The same, spoken to in HTTP/2. */
  public Destination inHttp2() {
    return http2 ? this : new Destination(host, port, secure, true, guarded);
  }

  /** As a URL. */
  public URI root() {
    return URI.create(toString());
  }

  @Override
  public String toString() {
    return (secure ? "https://" : "http://") + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
