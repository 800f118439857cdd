package dev.lanekeeper.boot;

import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.WireNames;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The calls of {@code java.net.http}. A routed request has another URI, so that the client's connection pools can never
 * mix destinations; what the application sees, and what the server sees as the host, is mapped back.
 *
 * <p><b>Threads.</b> {@link #first} runs on the thread that sends, {@link #followUp} on one of the client's; the latter
 * never waits.
 */
public final class JavaHttpCalls {

  /** Keeps every header: they were checked when the application set them. */
  public static final BiPredicate<String, String> EVERY_HEADER = (name, value) -> true;

  private static final ThreadLocal<Here> HERE = ThreadLocal.withInitial(Here::new);

  private static volatile boolean routedOnce;

  /** What a thread is at. */
  private static final class Here {
    /** Above zero while it runs code of the client that acts for the application. */
    private int view;
    /** Whether it may wait; null where nothing was said. */
    private OutgoingCalls.@Nullable Wait wait;
    /** Whether the control plane was asked about the call that it makes, and answered. */
    private boolean answered;
  }

  private JavaHttpCalls() {}

  /**
   * What becomes of a request.
   *
   * @param uri that is called
   * @param headers that are sent; null to leave them as they are
   * @param direct whether a proxy is left out
   */
  public record Hop(URI uri, @Nullable Map<String, List<String>> headers, boolean direct) {}

  /**
   * Decides about a request that the application sends.
   *
   * @param uri as the application gave it
   * @param headers by name, whatever its case
   * @return null to send it unchanged
   * @throws CallRefusedException if it must not be sent
   */
  public static @Nullable Hop first(URI uri, Map<String, List<String>> headers) throws CallRefusedException {
    OutgoingCalls.Wait wait = HERE.get().wait;
    return route(uri, headers, Carried.NOTHING, wait == null ? OutgoingCalls.Wait.BLOCK : wait);
  }

  /**
   * Decides about a request that the client itself sends after an answer: a redirection or an authentication.
   *
   * @param uri where it would go
   * @param before the URI that was called before
   * @param headers of the request, by name, whatever its case
   * @return null to send it unchanged
   * @throws CallRefusedException if it must not be sent
   */
  public static @Nullable Hop followUp(URI uri, URI before, Map<String, List<String>> headers)
      throws CallRefusedException {
    if (RoutedUri.isRouted(uri)) {
      return null;
    }
    if (!RoutedUri.isRouted(before)) {
      return route(uri, headers, Carried.NOTHING, OutgoingCalls.Wait.NEVER);
    }
    URI wanted = RoutedUri.moved(uri, before, RoutedUri.original(before));
    Hop hop = route(wanted, headers, RoutedUri.carried(before), OutgoingCalls.Wait.NEVER);
    return hop != null || wanted.equals(uri) ? hop : new Hop(wanted, null, false);
  }

  private static @Nullable Hop route(URI uri, Map<String, List<String>> headers, Carried known, OutgoingCalls.Wait wait)
      throws CallRefusedException {
    Carried carried = known;
    try {
      WireNames names = Lanes.names();
      if (!carried.isTagged()) {
        carried = CallHeaders.ofCall(names, headers);
      }
      return carried.isTagged() ? act(names, uri, headers, carried, wait) : null;
    } catch (RuntimeException | Error failure) {
      Counters.failed("java.net.http", failure);
      if (carried.isTagged() || looksTagged(headers)) {
        Counters.refused(Calls.Reason.FAILED);
        throw new CallRefusedException(Calls.Reason.FAILED,
            "lanekeeper: " + Calls.Reason.FAILED.code() + ": tagged call to "
                + uri.getRawAuthority() + " refused: " + failure,
            false);
      }
      return null;
    }
  }

  /** {@code names}: by which the headers were read. */
  private static @Nullable Hop act(WireNames names, URI uri, Map<String, List<String>> headers, Carried carried,
      OutgoingCalls.Wait wait) throws CallRefusedException {
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
    boolean answered = HERE.get().answered;
    Calls.Action action =
        OutgoingCalls.counted(OutgoingCalls.decide(carried, scheme, uri.getHost(), port, wait, answered), carried,
            uri.getHost(), port);
    WireNames due = Lanes.names(); // the table for which it waited may be the first
    if (action instanceof Calls.Redirect redirect) {
      routedOnce = true;
      Carried stamped = CallHeaders.stamped(carried, redirect.stamp());
      return new Hop(RoutedUri.of(uri, redirect.address().getRawAuthority(), stamped),
          CallHeaders.told(headers, CallHeaders.with(due, headers, stamped), CallHeaders.stubs(redirect)),
          true);
    }
    Calls.Pass pass = (Calls.Pass) action;
    if (pass.carry()) {
      Map<String, List<String>> written = CallHeaders.told(headers,
          CallHeaders.with(due, headers, CallHeaders.stamped(carried, pass.stamp())), null);
      return written == null ? null : new Hop(uri, written, false);
    }
    // The server is outside. It is told nothing, and may still send the client back in: for that the URI remembers.
    routedOnce = true;
    return new Hop(RoutedUri.of(uri, uri.getRawAuthority(), carried),
        CallHeaders.told(headers, CallHeaders.without(names, due, headers), null), false);
  }

  /** The last resort, when the headers could not be read properly: rather refuse one too many. */
  private static boolean looksTagged(Map<String, List<String>> headers) {
    WireNames names = Lanes.names();
    for (Map.Entry<String, List<String>> header : headers.entrySet()) {
      String line = (header.getKey() + header.getValue()).toLowerCase(Locale.ROOT);
      if (mentions(line, names.members()) || mentions(line, names.headers())
          || line.contains(names.overridesMember().toLowerCase(Locale.ROOT))) {
        return true;
      }
    }
    return false;
  }

  private static boolean mentions(String line, List<String> names) {
    return names.stream().anyMatch(name -> line.contains(name.toLowerCase(Locale.ROOT)));
  }

  /** Where a redirection goes, in terms of what is called: the application's own host stands for its owner. */
  public static URI redirection(URI uri, URI before) {
    return RoutedUri.isRouted(before) ? RoutedUri.moved(uri, RoutedUri.original(before), before) : uri;
  }

  /** The URI that the running code should see. */
  public static URI seen(URI uri) {
    return routedOnce && uri != null && HERE.get().view > 0 ? RoutedUri.original(uri) : uri;
  }

  /** The URI that the application gave. */
  public static URI original(URI uri) {
    return routedOnce && uri != null ? RoutedUri.original(uri) : uri;
  }

  /** The host that the server is told. */
  public static String host(String host, URI uri) {
    if (!routedOnce || uri == null || !RoutedUri.isRouted(uri)) {
      return host;
    }
    return hostOf(RoutedUri.original(uri).getRawAuthority());
  }

  /** The request's target as it is sent: to a proxy the client sends the whole URI. */
  public static String target(String target) {
    return routedOnce ? RoutedUri.onWire(target) : target;
  }

  /** The pseudo-headers of HTTP/2 with the host that the server is told; null if they are right. */
  public static @Nullable Map<String, List<String>> pseudoHeaders(Map<String, List<String>> headers, URI uri) {
    if (!routedOnce || uri == null || !RoutedUri.isRouted(uri)) {
      return null;
    }
    Map<String, List<String>> told = new LinkedHashMap<>(headers);
    told.put(":authority", List.of(hostOf(RoutedUri.original(uri).getRawAuthority())));
    return told;
  }

  private static String hostOf(String authority) {
    return authority.substring(authority.lastIndexOf('@') + 1);
  }

  /** From here to {@link #leaveApplicationView} this thread acts for the application: cookies, credentials, redirections. */
  public static void enterApplicationView() {
    HERE.get().view++;
  }

  /** Ends {@link #enterApplicationView}. */
  public static void leaveApplicationView() {
    HERE.get().view--;
  }

  /** From here to {@link #leaveClientView} this thread sees what is called. */
  public static int enterClientView() {
    Here here = HERE.get();
    int before = here.view;
    here.view = 0;
    return before;
  }

  /** Ends {@link #enterClientView}. */
  public static void leaveClientView(int before) {
    HERE.get().view = before;
  }

  /** From here to {@link #leaveAsync} this thread must not wait. Returns what {@link #leaveAsync} needs. */
  public static OutgoingCalls.@Nullable Wait enterAsync() {
    Here here = HERE.get();
    OutgoingCalls.Wait before = here.wait;
    if (before == null) {
      here.wait = OutgoingCalls.Wait.LATER;
    }
    return before;
  }

  /** Ends {@link #enterAsync}. */
  public static void leaveAsync(OutgoingCalls.@Nullable Wait before) {
    HERE.get().wait = before;
  }

  /** Runs the second attempt of a call that could not be decided at first. */
  static <T> T decided(boolean answered, Callable<T> call) throws Exception {
    Here here = HERE.get();
    OutgoingCalls.Wait before = here.wait;
    boolean answeredBefore = here.answered;
    here.wait = OutgoingCalls.Wait.NEVER;
    here.answered = answered;
    try {
      return call.call();
    } finally {
      here.answered = answeredBefore;
      here.wait = before;
    }
  }
}
