package dev.lanekeeper.controlplane.rest;

import dev.lanekeeper.api.ApiJson;
import dev.lanekeeper.api.Problem;
import dev.lanekeeper.api.ProblemCode;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One request and its answer. Belongs to its thread. */
final class Exchange {

  static final String JSON = "application/json";
  private static final String PROBLEM = "application/problem+json";
  private static final int LARGEST_BODY = 4 << 20;

  private final ServerRequest request;
  private final ServerResponse response;

  Exchange(ServerRequest request, ServerResponse response) {
    this.request = request;
    this.response = response;
  }

  String method() {
    return request.prologue().method().text();
  }

  /** The path's segments, decoded; a slash inside a segment arrives as {@code %2F}. */
  List<String> segments() {
    List<String> segments = new ArrayList<>();
    for (String segment : request.path().rawPath().substring(1).split("/", -1)) {
      segments.add(decoded(segment));
    }
    return segments;
  }

  private static String decoded(String segment) {
    try {
      return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      throw ProblemCode.MALFORMED_REQUEST.exception("path", "\"" + segment + "\": " + malformed.getMessage(),
          "percent-encode the path");
    }
  }

  @Nullable
  String parameter(String name) {
    return request.query().contains(name) ? request.query().get(name) : null;
  }

  @Nullable
  String header(String name) {
    return request.headers().first(HeaderNames.create(name)).orElse(null);
  }

  /** The content type without its parameters, in lower case; empty where there is none. */
  String contentType() {
    String type = header("content-type");
    return type == null ? "" : type.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
  }

  String body() {
    if (!request.content().hasEntity()) {
      return "";
    }
    try (InputStream in = request.content().inputStream()) {
      byte[] bytes = in.readNBytes(LARGEST_BODY + 1);
      if (bytes.length > LARGEST_BODY) {
        throw ProblemCode.BODY_TOO_LARGE.exception("body: more than " + LARGEST_BODY + " bytes",
            "apply fewer documents at once");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw ProblemCode.MALFORMED_REQUEST.exception("body", "cannot be read: " + e.getMessage(), "send it again");
    }
  }

  /** A body of JSON. */
  <T> T body(Class<T> type) {
    // What a page of another site could send without asking first is never JSON.
    if (!contentType().equals(JSON)) {
      throw ProblemCode.CONTENT_TYPE_UNSUPPORTED.exception("Content-Type",
          "\"" + contentType() + "\" (expected: " + JSON + ")",
          "send JSON with Content-Type: " + JSON);
    }
    return ApiJson.read(body(), type);
  }

  void answer(Object value) {
    json(ApiJson.write(value).getBytes(StandardCharsets.UTF_8), null);
  }

  void json(byte[] body, @Nullable String etag) {
    if (etag != null) {
      response.header("ETag", etag);
    }
    response.header("Content-Type", JSON).header("Cache-Control", "no-store")
        .header("X-Content-Type-Options", "nosniff")
        .send(body);
  }

  void notModified(String etag) {
    response.status(Status.NOT_MODIFIED_304).header("ETag", etag).send();
  }

  OutputStream events() {
    response.header("Content-Type", "text/event-stream").header("Cache-Control", "no-store");
    return response.outputStream();
  }

  void problem(Problem problem) {
    if (problem.is(ProblemCode.TOKEN_REQUIRED)) {
      response.header("WWW-Authenticate", "Bearer");
    }
    if (problem.is(ProblemCode.STORE_FAILED)) {
      response.header("Retry-After", "1");
    }
    response.status(Status.create(problem.status())).header("Content-Type", PROBLEM).header("Cache-Control", "no-store")
        .send(ApiJson.write(problem).getBytes(StandardCharsets.UTF_8));
  }
}
