package dev.lanekeeper.client;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where the control plane is, and short conversations with it.
 *
 * <p><b>Threads.</b> Any; calls block, for {@link #PATIENCE} at most.
 */
final class ControlPlane {

  /** How long a short conversation may take as a whole. */
  static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration CONNECT = Duration.ofSeconds(2);
  /** The stream speaks every second; its silence is noticed by the protocol, this ends the thread. */
  private static final Duration STREAM_READ = Duration.ofSeconds(60);
  private static final int LONGEST_ANSWER = 64 * 1024;

  private final Set<Exchange> open = ConcurrentHashMap.newKeySet();
  private final URI root;
  private final @Nullable String token;
  private final @Nullable Path tokenFile;
  private volatile boolean closed;

  /**
   * A control plane.
   *
   * @throws IllegalArgumentException if the root is no URL of a server
   */
  ControlPlane(URI root, @Nullable String token, @Nullable Path tokenFile) {
    String scheme = root.getScheme() == null ? "" : root.getScheme();
    if (!(scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https")) || root.getHost() == null
        || root.getRawQuery() != null || root.getRawUserInfo() != null) {
      throw new IllegalArgumentException("control plane: " + RouteFormatException.quoted(root.toString())
          + " (expected: http://host:port or https://host:port)");
    }
    this.root = root;
    this.token = token;
    this.tokenFile = tokenFile;
  }

  /**
   * An answer.
   *
   * @param body never longer than was agreed
   */
  record Reply(int status, String body) {
    boolean isGood() {
      return status >= 200 && status < 300;
    }
  }

  URI root() {
    return root;
  }

  /** An exchange for the stream. */
  Exchange stream() {
    return new Exchange(root, CONNECT, STREAM_READ);
  }

  /** Read anew each time: tokens are renewed. */
  @Nullable
  String token() throws IOException {
    if (tokenFile == null) {
      return token;
    }
    String text = Files.readString(tokenFile).strip();
    if (text.isEmpty() || !text.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw new IOException("token file " + tokenFile + ": not one token (expected: one line of visible ASCII)");
    }
    return text;
  }

  /** One short conversation, with an answer of at most 64 KiB. */
  Reply call(String method, String path, byte @Nullable [] body) throws IOException {
    return call(method, path, body, LONGEST_ANSWER);
  }

  /** One short conversation. {@code longest}: bytes of the answer. */
  Reply call(String method, String path, byte @Nullable [] body, int longest) throws IOException {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    CompletableFuture<Boolean> late = done;
    try (Exchange exchange = new Exchange(root, CONNECT, PATIENCE)) {
      // However slowly the other side trickles, this is its end.
      late = done.orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).whenComplete((good, timeout) -> {
        if (timeout != null) {
          exchange.abort();
        }
      });
      open.add(exchange);
      if (closed) {
        throw new IOException("closed");
      }
      int status = exchange.send(method, path, token(), body);
      return new Reply(status, new String(exchange.wholeBody(longest), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw late.isCompletedExceptionally()
          ? new IOException("no answer within " + PATIENCE.toSeconds() + " s", e)
          : e;
    } finally {
      done.complete(true);
      open.removeIf(Exchange::isClosed);
    }
  }

  /** Ends the short conversations that are under way, and lets none begin any more. */
  void close() {
    closed = true;
    abort();
  }

  /** Ends the short conversations that are under way. */
  void abort() {
    open.forEach(Exchange::abort);
  }
}
