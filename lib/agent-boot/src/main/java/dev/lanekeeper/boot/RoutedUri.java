package dev.lanekeeper.boot;

import dev.lanekeeper.model.Carried;
import java.net.URI;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A URI that remembers, in its fragment, where the application wanted to go and for whom. A fragment does not go on the
 * wire ({@link #onWire} sees to it where a client would send it), and is kept by whatever copies the URI.
 *
 * <pre>
 * http://shop:8080/cart#top  ->  http://127.0.0.1:9102/cart#lanekeeper-(random)@shop:8080@tenancy=123@top
 * </pre>
 */
final class RoutedUri {

  /** INVARIANT: random and never told to anybody, or a URL that somebody else made would be taken for one of ours. */
  private static final String MARK = "lanekeeper-" + random() + "@";
  private static final String MARKED = '#' + MARK;
  private static final int PARTS = 4;
  private static final AtomicReferenceArray<@Nullable Memory> RECENT = new AtomicReferenceArray<>(256);
  /** By what they were made of: the same call for the same tenancy has the same, and half of a call's routing was to make it. */
  private static final AtomicReferenceArray<@Nullable Memory> MADE = new AtomicReferenceArray<>(2048);
  /** Longer ones are made anew: what is kept must stay small, whatever an application calls. */
  private static final int SHORT = 256;

  /**
   * What a URI remembers, read already: the client asks for it at every turn.
   *
   * @param authority of the server that is called
   * @param text for whom
   */
  private record Memory(URI routed, URI original, String authority, String text) {

    /** To the letter: equal URIs may be written in several ways, and the application sees its own. */
    boolean isOf(URI uri, String itsAuthority, String itsText) {
      return text.equals(itsText) && authority.equals(itsAuthority) && original.toString().equals(uri.toString());
    }
  }

  private RoutedUri() {}

  private static String random() {
    byte[] bytes = new byte[16];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /**
   * The URI that is really called.
   *
   * @param original as the application gave it
   * @param authority of the server that is called instead; the original's own to remember the tag alone
   */
  static URI of(URI original, String authority, Carried carried) {
    String text = CallHeaders.text(carried);
    String uri = original.toString();
    Memory memory = uri.length() + text.length() > SHORT
        ? make(original, authority, text)
        : kept((uri.hashCode() * 31 + authority.hashCode()) * 31 + text.hashCode(), original, authority, text);
    RECENT.setRelease(place(memory.routed), memory);
    return memory.routed;
  }

  private static Memory kept(int hash, URI original, String authority, String text) {
    int place = (hash ^ hash >>> 16) & (MADE.length() - 1);
    Memory memory = MADE.getAcquire(place);
    if (memory == null || !memory.isOf(original, authority, text)) {
      memory = make(original, authority, text);
      MADE.setRelease(place, memory);
    }
    return memory;
  }

  private static Memory make(URI original, String authority, String text) {
    String fragment = original.getRawFragment();
    URI routed = at(original, authority, MARK + encode(original.getRawAuthority()) + '@' + encode(text) + '@'
        + (fragment == null ? "" : fragment));
    return new Memory(routed, original, authority, text);
  }

  private static int place(URI routed) {
    String fragment = routed.getRawFragment();
    return fragment == null ? 0 : fragment.hashCode() & (RECENT.length() - 1);
  }

  /** Whether this URI remembers an original. */
  static boolean isRouted(URI uri) {
    String fragment = uri.getRawFragment();
    return fragment != null && fragment.startsWith(MARK);
  }

  /** What the application gave; the same object if this is it. */
  @SuppressWarnings("ReferenceEquality") // this very object, or it has to be read
  static URI original(URI uri) {
    if (uri.getRawFragment() == null) {
      return uri;
    }
    Memory recent = RECENT.getAcquire(place(uri));
    if (recent != null && recent.routed.equals(uri)) { // of calls that are alike, any: what they remember is
      return recent.original;
    }
    if (!isRouted(uri)) {
      return uri;
    }
    String[] parts = parts(uri);
    return at(uri, decode(parts[1]), parts[3].isEmpty() ? null : parts[3]);
  }

  /** Tag and stamp of the call; nothing if the URI is not routed. */
  static Carried carried(URI uri) {
    return isRouted(uri) ? CallHeaders.parse(decode(parts(uri)[2])) : Carried.NOTHING;
  }

  /** What of a URI may be sent: a fragment of ours may not. */
  static String onWire(String uri) {
    int mark = uri.indexOf(MARKED);
    return mark < 0 ? uri : uri.substring(0, mark);
  }

  /** {@code uri} with the authority of {@code to} if it has that of {@code from}; otherwise the same object. */
  static URI moved(URI uri, URI from, URI to) {
    boolean there = from.getScheme().equalsIgnoreCase(uri.getScheme())
        && Objects.equals(from.getRawAuthority(), uri.getRawAuthority());
    return there && !isRouted(uri) ? at(uri, to.getRawAuthority(), uri.getRawFragment()) : uri;
  }

  private static URI at(URI uri, String authority, @Nullable String fragment) {
    StringBuilder out = new StringBuilder(uri.getScheme()).append("://").append(authority);
    if (uri.getRawPath() != null) {
      out.append(uri.getRawPath());
    }
    if (uri.getRawQuery() != null) {
      out.append('?').append(uri.getRawQuery());
    }
    if (fragment != null) {
      out.append('#').append(fragment);
    }
    return URI.create(out.toString());
  }

  private static String[] parts(URI uri) {
    return uri.getRawFragment().split("@", PARTS);
  }

  /** What stands in an authority, a tag or a stamp may stand in a fragment, but for our own separator. */
  private static String encode(String text) {
    return text.indexOf('%') < 0 && text.indexOf('@') < 0 ? text : text.replace("%", "%25").replace("@", "%40");
  }

  private static String decode(String text) {
    return text.indexOf('%') < 0 ? text : text.replace("%40", "@").replace("%25", "%");
  }
}
