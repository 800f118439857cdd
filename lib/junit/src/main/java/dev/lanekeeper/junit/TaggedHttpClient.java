package dev.lanekeeper.junit;

import java.io.IOException;
import java.net.Authenticator;
import java.net.ConnectException;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** A client each of whose requests is the lane's. */
final class TaggedHttpClient extends HttpClient {

  private final HttpClient client;
  private final Function<URI, Map<String, String>> headers;
  private final Consumer<HttpRequest> unsent;

  /** {@code unsent} is told of each request that found nobody: what was not answered in time may have gone all the same. */
  TaggedHttpClient(HttpClient client, Function<URI, Map<String, String>> headers, Consumer<HttpRequest> unsent) {
    this.client = client;
    this.headers = headers;
    this.unsent = unsent;
  }

  private void failed(HttpRequest request, @Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
      unsent.accept(request);
    }
  }

  /** The same request with the lane's headers, in the place of what stood there under these names. */
  private HttpRequest tagged(HttpRequest request) {
    Map<String, String> ours = headers.apply(request.uri());
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
      return client.send(tagged, handler);
    } catch (IOException e) {
      failed(tagged, e);
      throw e;
    }
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    HttpRequest tagged = tagged(request);
    return client.sendAsync(tagged, handler).whenComplete((response, failure) -> failed(tagged, failure));
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, HttpResponse.BodyHandler<T> handler,
      HttpResponse.@Nullable PushPromiseHandler<T> pushes) {
    HttpRequest tagged = tagged(request);
    return client.sendAsync(tagged, handler, pushes)
        .whenComplete((response, failure) -> failed(tagged, failure));
  }

  @Override
  public WebSocket.Builder newWebSocketBuilder() {
    return new TaggedWebSocket(client.newWebSocketBuilder(), headers);
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
