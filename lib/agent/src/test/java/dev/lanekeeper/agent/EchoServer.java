package dev.lanekeeper.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Says who it is and what it was told. {@code /to?URL} redirects, {@code /private} wants credentials.
 */
final class EchoServer implements AutoCloseable {

  private final String name;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  EchoServer(String name) throws IOException {
    this(name, null);
  }

  EchoServer(String name, @Nullable SSLContext tls) throws IOException {
    this.name = name;
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    if (tls == null) {
      server = HttpServer.create(anyPort, 0);
    } else {
      HttpsServer secure = HttpsServer.create(anyPort, 0);
      secure.setHttpsConfigurator(new HttpsConfigurator(tls));
      server = secure;
    }
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void serve(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    String path = exchange.getRequestURI().getPath();
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    if (path.equals("/to")) {
      exchange.getResponseHeaders().add("Location", exchange.getRequestURI().getQuery());
      exchange.sendResponseHeaders(302, -1);
    } else if (path.equals("/private") && authorization == null) {
      exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"shop\"");
      exchange.sendResponseHeaders(401, -1);
    } else {
      exchange.getResponseHeaders().add("Set-Cookie", "session=" + name + "; Path=/");
      byte[] body =
          (name + " path=" + path + told(exchange, "Host") + told(exchange, "Cookie") + told(exchange, "Authorization")
              + told(exchange, "baggage") + told(exchange, "X-Tenancy-ID") + told(exchange, "request-tenancy")
              + told(exchange, "lanekeeper-stubs"))
              .getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  private static String told(HttpExchange exchange, String header) {
    return " " + header + "=" + exchange.getRequestHeaders().getFirst(header);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
