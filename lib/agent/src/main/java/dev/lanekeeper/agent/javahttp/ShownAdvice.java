package dev.lanekeeper.agent.javahttp;

import dev.lanekeeper.boot.JavaHttpCalls;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * What the application and the server are shown of a routed request. Nothing here decides where it goes, so here a
 * failure is suppressed.
 */
@SuppressWarnings({"UnusedVariable", "UnusedMethod"}) // Assigning to a parameter writes the field or result it stands for.
final class ShownAdvice {

  private ShownAdvice() {}

  /** {@code HttpRequestImpl.uri()}. */
  static final class Uri {
    private Uri() {}

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.Return(readOnly = false) URI uri) {
      uri = JavaHttpCalls.seen(uri);
    }
  }

  /** The client's filters for cookies, credentials and redirections: they go by the application's own host. */
  static final class ApplicationView {
    private ApplicationView() {}

    @Advice.OnMethodEnter
    static void enter() {
      JavaHttpCalls.enterApplicationView();
    }

    @Advice.OnMethodExit(onThrowable = Throwable.class)
    static void exit() {
      JavaHttpCalls.leaveApplicationView();
    }
  }

  /** {@code new HttpResponseImpl(...)}: the response names the application's URI. */
  static final class Response {
    private Response() {}

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.FieldValue(value = "uri", readOnly = false) URI uri) {
      uri = JavaHttpCalls.original(uri);
    }
  }

  /** {@code HttpResponseImpl.request()}: and so does its request, for the few who ask for it. */
  static final class ResponseRequest {
    private ResponseRequest() {}

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.Return(readOnly = false) HttpRequest request) {
      URI called = request.uri();
      URI original = JavaHttpCalls.original(called);
      if (!original.equals(called)) {
        request = HttpRequest.newBuilder(request, JavaHttpCalls.EVERY_HEADER).uri(original).build();
      }
    }
  }

  /** {@code Http1Request.hostString()}: the Host header. */
  static final class Host {
    private Host() {}

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.FieldValue("request") HttpRequest request, @Advice.Return(readOnly = false) String host) {
      host = JavaHttpCalls.host(host, request.uri());
    }
  }

  /** {@code Http1Request.requestURI()}: what stands in the request line. Not suppressed: nothing of ours may go out. */
  static final class Target {
    private Target() {}

    @Advice.OnMethodExit
    static void exit(@Advice.Return(readOnly = false) String target) {
      target = JavaHttpCalls.target(target);
    }
  }

  /** {@code Stream.createPseudoHeaders}: the authority of HTTP/2. */
  static final class PseudoHeaders {
    private PseudoHeaders() {}

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.Argument(0) HttpRequest request, @Advice.Return(readOnly = false) HttpHeaders headers) {
      @Nullable Map<String, List<String>> told = JavaHttpCalls.pseudoHeaders(headers.map(), request.uri());
      if (told != null) {
        headers = HttpHeaders.of(told, JavaHttpCalls.EVERY_HEADER);
      }
    }
  }
}
