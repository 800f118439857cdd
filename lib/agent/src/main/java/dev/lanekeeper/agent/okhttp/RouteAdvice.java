package dev.lanekeeper.agent.okhttp;

import java.io.IOException;
import java.net.Proxy;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;
import net.bytebuddy.asm.Advice;
import okhttp3.Dns;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/** Where a call's connections go. Without {@code suppress}: what is thrown here is a refusal. */
@SuppressWarnings({"UnusedVariable", "UnusedMethod"}) // Assigning to a parameter changes the argument it stands for.
final class RouteAdvice {

  private RouteAdvice() {}

  /** {@code new Address(...)}: made for each call and each redirection that it follows. */
  static final class Address {
    private Address() {}

    @Advice.OnMethodEnter
    static void enter(@Advice.Argument(0) String host, @Advice.Argument(1) int port,
        @Advice.Argument(value = 2, readOnly = false) Dns dns,
        @Advice.Argument(value = 3, readOnly = false) SocketFactory sockets,
        @Advice.Argument(4) @Nullable SSLSocketFactory tls,
        @Advice.Argument(value = 8, readOnly = false) @Nullable Proxy proxy) throws IOException {
      Destination destination = Destination.of(host, port, tls != null);
      if (destination != null) {
        dns = new OwnerDns(destination, dns);
        sockets = new OwnerSocketFactory(destination);
        proxy = Proxy.NO_PROXY;
      }
    }
  }

  /** {@code new OkHttpClient(Builder)}. */
  static final class Client {
    private Client() {}

    @Advice.OnMethodEnter
    static void enter(@Advice.Argument(0) OkHttpClient.Builder builder) {
      LaneInterceptor.addTo(builder);
    }
  }

  /** The lookups and stores of the cache: a tagged call finds nothing there, and leaves nothing. */
  static final class Cache {
    private Cache() {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter() {
      return LaneInterceptor.isTagged();
    }
  }
}
