package dev.lanekeeper.agent.app;

import java.net.Authenticator;
import java.net.CookieManager;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;

/** {@code java.net.http} with its defaults: it tries HTTP/2. */
final class JavaHttpCaller implements Caller {

  private final CookieManager cookies = new CookieManager();
  private final HttpClient client =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).cookieHandler(cookies)
          .authenticator(new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
              return new PasswordAuthentication(getRequestingHost(), "secret".toCharArray());
            }
          }).build();

  @Override
  public String call(String url, boolean asynchronous, Map<String, String> headers) throws Exception {
    HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(url));
    headers.forEach(builder::setHeader);
    HttpRequest request = builder.build();
    HttpResponse<String> response = asynchronous
        ? client.sendAsync(request, BodyHandlers.ofString()).get()
        : client.send(request, BodyHandlers.ofString());
    return response.body() + " | " + response.uri() + " " + response.request().uri() + " | " + response.version();
  }

  @Override
  public String cookies() {
    return cookies.getCookieStore().getURIs() + " " + cookies.getCookieStore().getCookies();
  }
}
