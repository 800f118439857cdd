package dev.lanekeeper.gateway.mocks;

import com.github.tomakehurst.wiremock.common.Urls;
import com.github.tomakehurst.wiremock.http.Cookie;
import com.github.tomakehurst.wiremock.http.FormParameter;
import com.github.tomakehurst.wiremock.http.HttpHeader;
import com.github.tomakehurst.wiremock.http.HttpHeaders;
import com.github.tomakehurst.wiremock.http.ImmutableRequest;
import com.github.tomakehurst.wiremock.http.RequestMethod;
import com.github.tomakehurst.wiremock.http.multipart.PartParser;
import dev.lanekeeper.gateway.routing.LocalRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request as WireMock looks at it; its own leaves out what stands in cookies, forms and parts. Belongs to one thread. */
final class StubRequest extends ImmutableRequest {

  private static final String FORM = "application/x-www-form-urlencoded";

  private final String contentType;
  private @Nullable Map<String, Cookie> cookies;
  private @Nullable Map<String, FormParameter> form;
  private @Nullable Collection<Part> parts;

  /** {@code url}: as which it is looked at, absolute. */
  StubRequest(LocalRequest request, String url) {
    super(readable(url), RequestMethod.fromString(request.method()), "HTTP/1.1", request.client(), headers(request),
        request.body(), request.field("content-type").toLowerCase(Locale.ROOT).startsWith("multipart/"), false);
    contentType = request.field("content-type").toLowerCase(Locale.ROOT);
  }

  /** What clients send and {@code java.net.URI} does not read is looked at percent-encoded; it goes on as it was sent. */
  static String readable(String url) {
    StringBuilder out = null;
    for (int i = 0; i < url.length(); i++) {
      char c = url.charAt(i);
      boolean percent = c == '%' && !(i + 2 < url.length() && Character.digit(url.charAt(i + 1), 16) >= 0
          && Character.digit(url.charAt(i + 2), 16) >= 0);
      boolean odd = percent || c <= ' ' || c >= 0x7f || "\"<>\\^`{|}".indexOf(c) >= 0;
      if (odd && out == null) {
        out = new StringBuilder(url.substring(0, i));
      }
      if (out != null && odd) {
        out.append('%').append(HexFormat.of().withUpperCase().toHexDigits((byte) c));
      } else if (out != null) {
        out.append(c);
      }
    }
    return out == null ? url : out.toString();
  }

  private static HttpHeaders headers(LocalRequest request) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    request.fields()
        .forEach(field -> values.computeIfAbsent(field.getKey(), _ -> new ArrayList<>()).add(field.getValue()));
    return new HttpHeaders(
        values.entrySet().stream().map(entry -> new HttpHeader(entry.getKey(), entry.getValue())).toList());
  }

  @Override
  public Map<String, Cookie> getCookies() {
    Map<String, Cookie> known = cookies;
    if (known == null) {
      Map<String, List<String>> values = new LinkedHashMap<>();
      if (header("Cookie").isPresent()) {
        header("Cookie").values().forEach(line -> read(line, values));
      }
      known = new LinkedHashMap<>();
      for (Map.Entry<String, List<String>> cookie : values.entrySet()) {
        known.put(cookie.getKey(), new Cookie(cookie.getKey(), cookie.getValue()));
      }
      cookies = known;
    }
    return known;
  }

  private static void read(String line, Map<String, List<String>> values) {
    for (String pair : line.split(";", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        values.computeIfAbsent(pair.substring(0, equals).strip(), _ -> new ArrayList<>())
            .add(pair.substring(equals + 1).strip());
      }
    }
  }

  @Override
  public Map<String, FormParameter> formParameters() {
    Map<String, FormParameter> known = form;
    if (known == null) {
      known = new LinkedHashMap<>();
      if (contentType.startsWith(FORM)) {
        for (var parameter : Urls.splitQuery(getBodyAsString()).entrySet()) {
          known.put(parameter.getKey(), new FormParameter(parameter.getKey(), parameter.getValue().values()));
        }
      }
      form = known;
    }
    return known;
  }

  @Override
  public FormParameter formParameter(String key) {
    FormParameter found = formParameters().get(key);
    return found == null ? FormParameter.absent(key) : found;
  }

  @Override
  public Collection<Part> getParts() {
    Collection<Part> known = parts;
    if (known == null) {
      known = isMultipart() ? PartParser.parseFrom(this) : List.of();
      parts = known;
    }
    return known;
  }

  @Override
  public @Nullable Part getPart(String name) {
    return getParts().stream().filter(part -> name.equals(part.getName())).findFirst().orElse(null);
  }
}
