package dev.lanekeeper.agent.javahttp;

import dev.lanekeeper.boot.CallRefusedException;
import dev.lanekeeper.boot.JavaHttpCalls;
import dev.lanekeeper.boot.LaterCalls;
import dev.lanekeeper.boot.OutgoingCalls;
import java.net.Proxy;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.util.concurrent.CompletableFuture;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * Where a request goes. None of this has {@code suppress}: what the shared classes throw is a refusal, and must reach the
 * application; they throw nothing else.
 */
@SuppressWarnings({"UnusedVariable", "UnusedMethod"}) // Assigning to a parameter writes the field, argument or result it stands for.
final class RouteAdvice {

  private RouteAdvice() {}

  /** {@code new HttpRequestImpl(HttpRequest, ProxySelector)}: each request that the application sends. */
  static final class First {
    private First() {}

    @Advice.OnMethodExit
    static void exit(@Advice.FieldValue(value = "uri", readOnly = false) URI uri,
        @Advice.FieldValue(value = "userHeaders", readOnly = false) HttpHeaders headers,
        @Advice.FieldValue(value = "proxy", readOnly = false) @Nullable Proxy proxy) throws CallRefusedException {
      JavaHttpCalls.Hop hop = JavaHttpCalls.first(uri, headers.map());
      if (hop != null) {
        uri = hop.uri();
        if (hop.headers() != null) {
          headers = HttpHeaders.of(hop.headers(), JavaHttpCalls.EVERY_HEADER);
        }
        if (hop.direct()) {
          proxy = null;
        }
      }
    }
  }

  /** The private constructor that the client uses for redirections and for authentication. */
  static final class FollowUp {
    private FollowUp() {}

    @Advice.OnMethodExit
    static void exit(@Advice.Argument(2) HttpRequest before,
        @Advice.FieldValue(value = "uri", readOnly = false) URI uri,
        @Advice.FieldValue(value = "userHeaders", readOnly = false) HttpHeaders headers,
        @Advice.FieldValue(value = "proxy", readOnly = false) @Nullable Proxy proxy) throws CallRefusedException {
      JavaHttpCalls.Hop hop = JavaHttpCalls.followUp(uri, before.uri(), headers.map());
      if (hop != null) {
        uri = hop.uri();
        if (hop.headers() != null) {
          headers = HttpHeaders.of(hop.headers(), JavaHttpCalls.EVERY_HEADER);
        }
        if (hop.direct()) {
          proxy = null;
        }
      }
    }
  }

  /** A redirection: the client compares hosts there, and keeps the credentials where they are the same. */
  static final class Redirection {
    private Redirection() {}

    @Advice.OnMethodEnter
    static int enter(@Advice.Argument(value = 0, readOnly = false) URI uri, @Advice.Argument(2) HttpRequest before) {
      int view = JavaHttpCalls.enterClientView();
      uri = JavaHttpCalls.redirection(uri, before.uri());
      return view;
    }

    @Advice.OnMethodExit(onThrowable = Throwable.class)
    static void exit(@Advice.Enter int view) {
      JavaHttpCalls.leaveClientView(view);
    }
  }

  /** The same request again, with credentials; or a call that an application's cookie handler or authenticator makes. */
  static final class ClientView {
    private ClientView() {}

    @Advice.OnMethodEnter
    static int enter() {
      return JavaHttpCalls.enterClientView();
    }

    @Advice.OnMethodExit(onThrowable = Throwable.class)
    static void exit(@Advice.Enter int view) {
      JavaHttpCalls.leaveClientView(view);
    }
  }

  /** {@code sendAsync} does not throw: a refusal is a future that failed. */
  static final class SendAsync {
    private SendAsync() {}

    @Advice.OnMethodEnter
    static OutgoingCalls.@Nullable Wait enter() {
      return JavaHttpCalls.enterAsync();
    }

    @Advice.OnMethodExit(onThrowable = Throwable.class)
    static void exit(@Advice.This Object client, @Advice.AllArguments Object[] arguments,
        @Advice.Enter OutgoingCalls.@Nullable Wait before,
        @Advice.Return(readOnly = false, typing = Assigner.Typing.DYNAMIC) CompletableFuture<?> future,
        @Advice.Thrown(readOnly = false) @Nullable Throwable thrown) {
      JavaHttpCalls.leaveAsync(before);
      if (thrown instanceof CallRefusedException) {
        future = LaterCalls.future((CallRefusedException) thrown, client, arguments);
        thrown = null;
      }
    }
  }
}
