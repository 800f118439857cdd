package dev.lanekeeper.junit;

import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** A client each of whose requests is the lane's. */
final class TaggedHttpClient extends HttpClient {

  private final HttpClient client;
  private final Supplier<Map<String, String>> headers;
  private final BiConsumer<HttpRequest, Boolean> sent;

  /** {@code sent} is told of each request whether it found nobody. */
  TaggedHttpClient(HttpClient client, Supplier<Map<String, String>> headers, BiConsumer<HttpRequest, Boolean> sent) {
    this.client = client;
    this.headers = headers;
    this.sent = sent;
  }

  /** The same request with the lane's headers, in the place of what stood there under these names. */
  private HttpRequest tagged(HttpRequest request) {
    Map<String, String> ours = headers.get();
    HttpRequest.Builder builder = HttpRequest.newBuilder(request.uri()).expectContinue(request.expectContinue());
    request.version().ifPresent(builder::version);
    request.timeout().ifPresent(builder::timeout);
    request.headers().map().forEach((name, values) -> {
      if (ours.keySet().stream().noneMatch(name::equalsIgnoreCase)) {
        values.forEach(value -> builder.header(name, value));
      }
    });
    ours.forEach(builder::header);
    return builder.method(request.method(), request.bodyPublisher().orElse(HttpRequest.BodyPublishers.noBody()))
        .build();
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
      throws IOException, InterruptedException {
    HttpRequest tagged = tagged(request);
    try {
      HttpResponse<T> response = client.send(tagged, handler);
      sent.accept(tagged, false);
      return response;
    } catch (IOException e) {
      sent.accept(tagged, true);
      throw e;
    }
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    HttpRequest tagged = tagged(request);
    return client.sendAsync(tagged, handler).whenComplete((response, failure) -> sent.accept(tagged, failure != null));
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, HttpResponse.BodyHandler<T> handler,
      HttpResponse.@Nullable PushPromiseHandler<T> pushes) {
    HttpRequest tagged = tagged(request);
    return client.sendAsync(tagged, handler, pushes)
        .whenComplete((response, failure) -> sent.accept(tagged, failure != null));
  }

  @Override
  public WebSocket.Builder newWebSocketBuilder() {
    WebSocket.Builder builder = client.newWebSocketBuilder();
    headers.get().forEach(builder::header);
    return builder;
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return client.cookieHandler();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return client.connectTimeout();
  }

  @Override
  public Redirect followRedirects() {
    return client.followRedirects();
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return client.proxy();
  }

  @Override
  public SSLContext sslContext() {
    return client.sslContext();
  }

  @Override
  public SSLParameters sslParameters() {
    return client.sslParameters();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return client.authenticator();
  }

  @Override
  public Version version() {
    return client.version();
  }

  @Override
  public Optional<Executor> executor() {
    return client.executor();
  }
}
