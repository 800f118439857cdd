package dev.lanekeeper.agent.app;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.Credentials;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** OkHttp. */
final class OkHttpCaller implements Caller {

  private final Map<String, List<Cookie>> jar = new ConcurrentHashMap<>();
  private final OkHttpClient client = new OkHttpClient.Builder().cookieJar(new CookieJar() {
    @Override
    public void saveFromResponse(HttpUrl url, List<Cookie> cookies) {
      jar.put(url.host(), cookies);
    }

    @Override
    public List<Cookie> loadForRequest(HttpUrl url) {
      return jar.getOrDefault(url.host(), List.of());
    }
  }).authenticator((route, response) -> response.request().header("Authorization") != null
      ? null
      : response.request().newBuilder()
          .header("Authorization", Credentials.basic(response.request().url().host(), "secret")).build())
      .build();

  @Override
  public String call(String url, boolean asynchronous, Map<String, String> headers) throws Exception {
    Call call = client.newCall(new Request.Builder().url(url).headers(Headers.of(headers)).build());
    if (!asynchronous) {
      return text(call.execute());
    }
    CompletableFuture<String> answer = new CompletableFuture<>();
    call.enqueue(new Callback() {
      @Override
      public void onFailure(Call failed, IOException failure) {
        answer.completeExceptionally(failure);
      }

      @Override
      public void onResponse(Call answered, Response response) throws IOException {
        answer.complete(text(response));
      }
    });
    return answer.get();
  }

  private static String text(Response response) throws IOException {
    try (response) {
      return (response.body() == null ? "" : response.body().string()) + " | " + response.request().url() + " "
          + response.request().url() + " | " + response.protocol();
    }
  }

  @Override
  public String cookies() {
    return jar.toString();
  }
}
