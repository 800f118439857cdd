package dev.lanekeeper.junit;

import java.net.URI;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A builder of web sockets that are the lane's. */
final class TaggedWebSocket implements WebSocket.Builder {

  private final WebSocket.Builder builder;
  private final Function<URI, Map<String, String>> headers;

  TaggedWebSocket(WebSocket.Builder builder, Function<URI, Map<String, String>> headers) {
    this.builder = builder;
    this.headers = headers;
  }

  @Override
  public WebSocket.Builder header(String name, String value) {
    builder.header(name, value);
    return this;
  }

  @Override
  public WebSocket.Builder connectTimeout(Duration timeout) {
    builder.connectTimeout(timeout);
    return this;
  }

  @Override
  public WebSocket.Builder subprotocols(String most, String... others) {
    builder.subprotocols(most, others);
    return this;
  }

  @Override
  public CompletableFuture<WebSocket> buildAsync(URI uri, WebSocket.Listener listener) {
    headers.apply(uri).forEach(builder::header);
    return builder.buildAsync(uri, listener);
  }
}
