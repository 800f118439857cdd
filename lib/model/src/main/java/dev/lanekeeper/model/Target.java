package dev.lanekeeper.model;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What an override puts in the place of the baseline. */
public sealed interface Target {

  /**
   * Whose a request is that this override takes.
   *
   * @param incarnation the override's
   * @param instances where its workload is now; without meaning for targets of other kinds
   * @param taken whether the undertaker acts in its workload's place; without meaning for targets of other kinds
   */
  Owner owner(Incarnation incarnation, List<URI> instances, boolean taken);

  /** Processes that announce themselves as the service for this tenancy. */
  record Workload() implements Target {

    @Override
    public Owner owner(Incarnation incarnation, List<URI> instances, boolean taken) {
      return new Owner.Workload(incarnation, instances, taken);
    }
  }

  /**
   * An address written by hand.
   *
   * @param address {@code http} or {@code https}, with a host and without path, query, fragment or user
   */
  record Redirect(URI address) implements Target {

    /**
     * Checks the form.
     *
     * @throws IllegalArgumentException if the address is not the root of an HTTP server
     */
    public Redirect {
      Address.check("redirect", address);
    }

    @Override
    public Owner owner(Incarnation incarnation, List<URI> instances, boolean taken) {
      return new Owner.Redirect(incarnation, address);
    }
  }

  /**
   * Stubs that answer in its stead, where they match. Data planes know them by their digest; what they say is for those who serve them.
   * Two are equal if their digests are, and they take the calls of the same service.
   *
   * @param from whose calls it takes; null: everybody's
   * @param digest of the stubs: other stubs are another target
   * @param stubs a list, JSON; null where they are not known
   */
  record Mock(@Nullable ServiceName from, String digest, @Nullable String stubs) implements Target {

    private static final int DIGEST_BYTES = 16;

    /** These stubs: a list, JSON. */
    public static Mock of(@Nullable ServiceName from, String stubs) {
      try {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(stubs.getBytes(StandardCharsets.UTF_8));
        return new Mock(from, HexFormat.of().formatHex(digest, 0, DIGEST_BYTES), stubs);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java has SHA-256", e);
      }
    }

    @Override
    public Owner owner(Incarnation incarnation, List<URI> instances, boolean taken) {
      return new Owner.Mock(incarnation, from);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Mock that && digest.equals(that.digest) && Objects.equals(from, that.from);
    }

    @Override
    public int hashCode() {
      return Objects.hash(from, digest);
    }

    @Override
    public String toString() {
      return "Mock[from=" + from + ", digest=" + digest + "]";
    }
  }

  /** The form of an address that calls are sent to. */
  final class Address {
    private Address() {}

    /**
     * Refuses what is not the root of an HTTP server.
     *
     * @param what the field, for the message
     * @throws IllegalArgumentException if {@code address} is anything else
     */
    public static URI check(String what, URI address) {
      String scheme = address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
      String path = address.getRawPath() == null ? "" : address.getRawPath();
      boolean root = path.isEmpty() || path.equals("/");
      boolean plain =
          address.getRawQuery() == null && address.getRawFragment() == null && address.getRawUserInfo() == null;
      if (!(scheme.equals("http") || scheme.equals("https")) || address.getHost() == null || !root || !plain
          || address.getPort() == 0 || address.getPort() > 65_535) {
        throw new IllegalArgumentException(what + ": " + Quoted.of(address.toString())
            + " (expected: http://host:port or https://host:port, without path, query or user)");
      }
      return address;
    }

    /** The port of an address, 80 or 443 where it names none. */
    public static int port(URI address) {
      if (address.getPort() > 0) {
        return address.getPort();
      }
      return "https".equalsIgnoreCase(address.getScheme()) ? 443 : 80;
    }
  }
}
