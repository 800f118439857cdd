package dev.lanekeeper.controlplane.rest;

import dev.lanekeeper.api.ProblemCode;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask. A bearer token where there is one; where there is none, the Host must be a name of this control plane. No
 * page of another site may ask through somebody's browser: on loopback the browser of whoever works on the machine could
 * reach it too.
 *
 * <p><b>Threads.</b> Any.
 */
public final class Access {

  private static final List<String> LOOPBACK = List.of("127.0.0.1", "localhost", "[::1]");
  private static final String BEARER = "bearer ";

  private final Set<String> hosts = new TreeSet<>();
  private final byte @Nullable [] token;

  /**
   * A guard.
   *
   * @param host the address that the control plane is bound to
   * @param names further names that it is reached by
   * @param token the bearer token; null: none is asked for
   */
  public Access(String host, List<String> names, @Nullable String token) {
    hosts.addAll(LOOPBACK);
    hosts.add(host.indexOf(':') >= 0 ? "[" + host + "]" : host.toLowerCase(Locale.ROOT));
    names.forEach(name -> hosts.add(name.toLowerCase(Locale.ROOT)));
    this.token = token == null ? null : token.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Lets a request pass.
   *
   * @throws dev.lanekeeper.api.ProblemException if it may not
   */
  void check(ServerRequest request) {
    String host = request.headers().first(HeaderNames.HOST).orElse("");
    if (token == null && !hosts.contains(withoutPort(host))) {
      throw ProblemCode.HOST_NOT_ALLOWED.exception("Host", "\"" + host + "\" (expected: one of " + hosts + ")",
          "ask under one of these names, or start the control plane with this one as --name");
    }
    checkSite(request, host);
    checkToken(request.headers().first(HeaderNames.AUTHORIZATION).orElse(""));
  }

  private static String withoutPort(String host) {
    int colon = host.lastIndexOf(':');
    String name = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    return name.toLowerCase(Locale.ROOT);
  }

  private static void checkSite(ServerRequest request, String host) {
    String site = request.headers().first(HeaderNames.create("sec-fetch-site")).orElse("none");
    String origin = request.headers().first(HeaderNames.ORIGIN).orElse("");
    if (site.equals("cross-site") || site.equals("same-site") || !(origin.isEmpty() || isOf(origin, host))) {
      throw ProblemCode.CROSS_SITE.exception("Origin", "\"" + origin + "\" (expected: none, or this control plane)",
          "ask from a program, not from a page of another site");
    }
  }

  private static boolean isOf(String origin, String host) {
    try {
      return host.equalsIgnoreCase(URI.create(origin).getRawAuthority());
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }

  private void checkToken(String authorization) {
    if (token == null) {
      return;
    }
    boolean bearer = authorization.toLowerCase(Locale.ROOT).startsWith(BEARER);
    byte[] given =
        (bearer ? authorization.substring(BEARER.length()).strip() : "").getBytes(StandardCharsets.UTF_8);
    // Takes as long whichever byte is wrong.
    if (!MessageDigest.isEqual(given, token)) {
      throw ProblemCode.TOKEN_REQUIRED.exception("Authorization",
          (authorization.isEmpty() ? "missing" : "not this control plane's token") + " (expected: Bearer TOKEN)",
          "send the token of the file that the control plane was started with");
    }
  }
}
