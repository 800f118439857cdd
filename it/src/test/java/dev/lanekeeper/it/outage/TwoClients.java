package dev.lanekeeper.it.outage;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** A program that calls a URL with either client, {@code GET /okhttp?http://...}, and says what came of it. It knows no Lanekeeper. */
final class TwoClients {

  private static final HttpClient JAVA = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final OkHttpClient OKHTTP = new OkHttpClient();

  private TwoClients() {}

  /** Serves at the port of its environment until it is ended. */
  public static void main(String[] arguments) throws IOException {
    int port = Integer.parseInt(Objects.requireNonNull(System.getenv("PORT")));
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext("/java", exchange -> answer(exchange, TwoClients::java));
    server.createContext("/okhttp", exchange -> answer(exchange, TwoClients::okHttp));
    server.start();
  }

  private interface Call {
    String call(String url) throws IOException, InterruptedException;
  }

  private static String java(String url) throws IOException, InterruptedException {
    return JAVA.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString()).body();
  }

  private static String okHttp(String url) throws IOException {
    try (Response response = OKHTTP.newCall(new Request.Builder().url(url).build()).execute()) {
      return Objects.requireNonNull(response.body()).string();
    }
  }

  private static void answer(HttpExchange exchange, Call call) throws IOException {
    String said;
    try {
      said = call.call(exchange.getRequestURI().getRawQuery());
    } catch (IOException | InterruptedException failed) {
      said = "failed: " + failed;
    }
    byte[] bytes = said.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    try (exchange) {
      exchange.getResponseBody().write(bytes);
    }
  }
}
