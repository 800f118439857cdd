package dev.lanekeeper.agent.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lanekeeper.loading.StrictLoader;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * An application without a word of tenancy, started with the agent: {@code GET /call?mode=sync&url=...} makes a call and
 * answers with what came of it. {@code /break} makes Lanekeeper's own table fail, by reflection: an application would not.
 */
public final class CallingApp {

  private CallingApp() {}

  /** Takes the client, {@code jdk} or {@code okhttp}; prints its port. */
  public static void main(String[] args) throws Exception {
    Caller caller = args[0].equals("jdk") ? new JavaHttpCaller() : new OkHttpCaller();
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/call", exchange -> answer(exchange, call(caller, exchange)));
    server.createContext("/break", exchange -> answer(exchange, breakTable()));
    server.createContext("/cookies", exchange -> answer(exchange, caller.cookies()));
    server.createContext("/subscribe", exchange -> answer(exchange, subscribe()));
    server.start();
    System.out.println("PORT " + server.getAddress().getPort());
    System.in.read();
    System.exit(0);
  }

  private static String subscribe() {
    Map<String, Object> config = Map.of("bootstrap.servers", "127.0.0.1:1", "group.id", "orders");
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of("orders"));
      return consumer.subscription() + " in " + consumer.groupMetadata().groupId();
    } catch (RuntimeException refused) {
      return refused.toString();
    }
  }

  private static String call(Caller caller, HttpExchange exchange) {
    Map<String, String> query = query(exchange.getRequestURI());
    long began = System.nanoTime();
    try {
      String url = query.getOrDefault("url", "");
      String mode = query.getOrDefault("mode", "sync");
      if (mode.equals("unrouted")) {
        return unrouted(url);
      }
      if (mode.equals("strict")) {
        return strict(url);
      }
      String header = query.get("header");
      return caller.call(url, mode.equals("async"),
          header == null ? Map.of() : Map.of(header, query.getOrDefault("value", "")));
    } catch (Exception failure) {
      Throwable cause = failure;
      while (cause.getCause() != null && !(cause instanceof IOException)) {
        cause = cause.getCause();
      }
      return "FAILED " + cause.getClass().getName() + ": " + cause.getMessage() + " | " + (cause instanceof IOException)
          + " after "
          + (System.nanoTime() - began) / 1_000_000 + " ms";
    }
  }

  private static String strict(String url) throws Exception {
    try (StrictLoader loader = new StrictLoader()) {
      var constructor = loader.loadClass("dev.lanekeeper.agent.app.OkHttpCaller").getDeclaredConstructor();
      constructor.setAccessible(true);
      Object caller = constructor.newInstance();
      Method call = caller.getClass().getMethod("call", String.class, boolean.class, Map.class);
      call.setAccessible(true);
      return String.valueOf(call.invoke(caller, url, false, Map.of()));
    }
  }

  private static String unrouted(String url) throws IOException {
    try (InputStream in = URI.create(url).toURL().openConnection().getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Map<String, String> query(URI uri) {
    Map<String, String> query = new HashMap<>();
    for (String pair : uri.getRawQuery().split("&", -1)) {
      int equals = pair.indexOf('=');
      query.put(pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
    }
    return query;
  }

  private static String breakTable() {
    try {
      Class<?> lanes = Class.forName("dev.lanekeeper.boot.Lanes");
      Method publish = null;
      for (Method method : lanes.getMethods()) {
        publish = method.getName().equals("publish") ? method : publish;
      }
      if (publish == null) {
        return "no publish";
      }
      Object broken =
          Proxy.newProxyInstance(CallingApp.class.getClassLoader(), new Class<?>[]{publish.getParameterTypes()[0]},
              (proxy, method, arguments) -> {
                throw new IllegalStateException("broken on purpose");
              });
      Supplier<@Nullable Object> nobody = () -> null;
      publish.invoke(null, broken, nobody, lanes.getMethod("context").invoke(null),
          lanes.getMethod("patience").invoke(null));
      return "broken";
    } catch (ReflectiveOperationException failure) {
      return "FAILED " + failure;
    }
  }

  private static void answer(HttpExchange exchange, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
