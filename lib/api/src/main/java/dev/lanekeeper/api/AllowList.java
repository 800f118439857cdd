package dev.lanekeeper.api;

import dev.lanekeeper.model.Target;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where overrides may be redirected to by hand. Compares host and port, and nothing else of an address.
 *
 * <p>An entry is an address or a network ({@code 10.0.0.0/8}, {@code ::1/128}) or a host ({@code stage.internal},
 * {@code *.internal}), each with {@code :port} where only that port is allowed ({@code [::1]:8080} for IPv6). A name is
 * never resolved: it is allowed only by an entry that names it.
 */
public final class AllowList {

  private static final String EXPECTED =
      " (expected: an address, a network such as 10.0.0.0/8, or a host such as *.internal, each with or without :port)";
  private static final int LARGEST_PORT = 65_535;

  private final List<Entry> entries;

  private AllowList(List<Entry> entries) {
    this.entries = entries;
  }

  /** One entry; port -1 allows every port. */
  private sealed interface Entry {
    int port();

    boolean allows(String host, byte @Nullable [] address);
  }

  /** Addresses that begin with the same bits. */
  private static final class Network implements Entry {
    private final byte[] prefix;
    private final int bits;
    private final int port;

    Network(byte[] prefix, int bits, int port) {
      this.prefix = prefix;
      this.bits = bits;
      this.port = port;
    }

    @Override
    public int port() {
      return port;
    }

    @Override
    public boolean allows(String host, byte @Nullable [] address) {
      if (address == null || address.length != prefix.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit & 7);
        if ((address[bit >> 3] & mask) != (prefix[bit >> 3] & mask)) {
          return false;
        }
      }
      return true;
    }
  }

  /** A name, or every name below one. */
  private record Host(String name, boolean below, int port) implements Entry {
    @Override
    public boolean allows(String host, byte @Nullable [] address) {
      return address == null && (below ? host.endsWith(name) && host.length() > name.length() : host.equals(name));
    }
  }

  /**
   * Reads an allow-list.
   *
   * @throws IllegalArgumentException if an entry is malformed
   */
  public static AllowList of(List<String> entries) {
    return new AllowList(entries.stream().map(AllowList::entry).toList());
  }

  private static Entry entry(String text) {
    String rest = text.strip().toLowerCase(Locale.ROOT);
    int port = -1;
    int colon = rest.lastIndexOf(':');
    boolean bracketed = rest.startsWith("[");
    if (colon >= 0 && (bracketed ? rest.indexOf(']') < colon : rest.indexOf(':') == colon)) {
      port = port(text, rest.substring(colon + 1));
      rest = rest.substring(0, colon);
    }
    if (rest.startsWith("[") && rest.endsWith("]")) {
      rest = rest.substring(1, rest.length() - 1);
    }
    int slash = rest.indexOf('/');
    byte[] address = literal(slash < 0 ? rest : rest.substring(0, slash));
    if (address != null) {
      return new Network(address, slash < 0 ? address.length * 8 : bits(text, rest.substring(slash + 1), address),
          port);
    }
    boolean below = rest.startsWith("*.");
    String name = below ? rest.substring(1) : rest;
    if (slash >= 0 || !name.matches("\\.?[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?") || (!below && name.startsWith("."))) {
      throw malformed(text);
    }
    return new Host(name, below, port);
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException("redirects.allow: \"" + text + "\"" + EXPECTED);
  }

  private static int port(String text, String digits) {
    int port = digits.matches("[0-9]{1,5}") ? Integer.parseInt(digits) : -1;
    if (port < 1 || port > LARGEST_PORT) {
      throw malformed(text);
    }
    return port;
  }

  private static int bits(String text, String digits, byte[] address) {
    int bits = digits.matches("[0-9]{1,3}") ? Integer.parseInt(digits) : -1;
    if (bits < 0 || bits > address.length * 8) {
      throw malformed(text);
    }
    return bits;
  }

  /** The bytes of a literal address; null if it is a name. Never asks a resolver. */
  private static byte @Nullable [] literal(String text) {
    boolean four = text.matches("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");
    boolean six = text.indexOf(':') >= 0 && text.matches("[0-9a-f:.]+");
    if (!four && !six) {
      return null;
    }
    try {
      return InetAddress.getByName(text).getAddress();
    } catch (UnknownHostException notAnAddress) {
      return null;
    }
  }

  /** Whether calls may be redirected to this address. */
  public boolean allows(URI address) {
    String host = address.getHost() == null ? "" : address.getHost().toLowerCase(Locale.ROOT);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    byte[] bytes = literal(host);
    int port = Target.Address.port(address);
    for (Entry entry : entries) {
      if ((entry.port() < 0 || entry.port() == port) && entry.allows(host, bytes)) {
        return true;
      }
    }
    return false;
  }
}
