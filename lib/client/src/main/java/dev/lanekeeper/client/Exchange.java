package dev.lanekeeper.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.HttpProcessors;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnectionFactory;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.http.protocol.HttpProcessor;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response, on a connection of its own. Neither {@code java.net.http} nor
 * {@code HttpURLConnection}: an agent instruments those, and the client would route its own requests.
 *
 * <p><b>Threads.</b> One sends and reads, and blocks; any may close, which ends that.
 */
final class Exchange implements AutoCloseable {

  private static final int LONGEST_HEADER_LINE = 16 * 1024;
  private static final int MOST_HEADERS = 100;
  private static final Http1Config LIMITS =
      Http1Config.custom().setMaxLineLength(LONGEST_HEADER_LINE).setMaxHeaderCount(MOST_HEADERS).build();
  private static final DefaultBHttpClientConnectionFactory CONNECTIONS =
      DefaultBHttpClientConnectionFactory.builder().http1Config(LIMITS).build();
  private static final HttpProcessor PROCESSOR = HttpProcessors.client("lanekeeper");

  private final URI root;
  private final Duration connectTimeout;
  private final Duration readTimeout;
  private final HttpRequestExecutor executor = new HttpRequestExecutor();
  private volatile boolean closed;
  private volatile @Nullable Socket socket;
  private @Nullable ClassicHttpResponse response;

  /**
   * An exchange that was not begun.
   *
   * @param root of the server; a path in it comes before that of each request
   * @param readTimeout how long the other side may say nothing
   */
  Exchange(URI root, Duration connectTimeout, Duration readTimeout) {
    this.root = root;
    this.connectTimeout = connectTimeout;
    this.readTimeout = readTimeout;
  }

  /**
   * Sends a request and reads the head of the response.
   *
   * @param token for {@code Authorization: Bearer}; null for none
   * @param body JSON; null for none
   * @return the status
   */
  int send(String method, String path, @Nullable String token, byte @Nullable [] body) throws IOException {
    String base = root.getRawPath() == null ? "" : root.getRawPath().replaceFirst("/+$", "");
    ClassicHttpRequest request = new BasicClassicHttpRequest(method,
        new HttpHost(scheme(), root.getHost(), root.getPort()), base + path);
    request.setHeader("Accept", path.contains("/watch") ? "text/event-stream" : "application/json");
    request.setHeader("Connection", "close");
    if (token != null) {
      request.setHeader("Authorization", "Bearer " + token);
    }
    if (body != null) {
      request.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
    }
    try {
      DefaultBHttpClientConnection connection = connect();
      HttpCoreContext context = HttpCoreContext.create();
      executor.preProcess(request, PROCESSOR, context);
      ClassicHttpResponse received = executor.execute(request, connection, context);
      response = received;
      return received.getCode();
    } catch (HttpException e) {
      throw new IOException("no HTTP: " + e.getMessage(), e);
    }
  }

  /** The type of the body, in lower case; empty if the response has none. */
  String contentType() {
    Header header = response == null ? null : response.getFirstHeader("Content-Type");
    return header == null ? "" : header.getValue().toLowerCase(Locale.ROOT);
  }

  /** The body of the response. */
  InputStream body() throws IOException {
    ClassicHttpResponse received = response;
    InputStream content =
        received == null || received.getEntity() == null ? null : received.getEntity().getContent();
    return content == null ? InputStream.nullInputStream() : content;
  }

  /**
   * The whole body.
   *
   * @throws IOException if it is longer than that, too
   */
  byte[] wholeBody(int longest) throws IOException {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    byte[] buffer = new byte[8 * 1024];
    InputStream body = body();
    for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
      whole.write(buffer, 0, read);
      if (whole.size() > longest) {
        throw new IOException("body: more than " + longest + " bytes (expected: fewer)");
      }
    }
    return whole.toByteArray();
  }

  private String scheme() {
    return root.getScheme().toLowerCase(Locale.ROOT);
  }

  private DefaultBHttpClientConnection connect() throws IOException {
    boolean secure = scheme().equals("https");
    int port = root.getPort() > 0 ? root.getPort() : secure ? 443 : 80;
    Socket plain = connected(port);
    plain.setTcpNoDelay(true);
    plain.setSoTimeout((int) readTimeout.toMillis());
    if (!secure) {
      return CONNECTIONS.createConnection(plain);
    }
    SSLSocket tls = (SSLSocket) tlsSockets().createSocket(plain, host(), port, true);
    SSLParameters parameters = tls.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    tls.setSSLParameters(parameters);
    tls.startHandshake();
    return CONNECTIONS.createConnection(tls, plain);
  }

  /** Not the default ones: those stay as they are when first asked for, and the host may not have set its trust up yet. */
  private static SSLSocketFactory tlsSockets() throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, null, null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException failure) {
      throw new IOException("TLS: " + failure.getMessage() + " (expected: a JDK that knows it)", failure);
    }
  }

  private String host() {
    String host = root.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** Tries every address of the host. */
  private Socket connected(int port) throws IOException {
    IOException last = null;
    for (InetAddress address : InetAddress.getAllByName(host())) {
      Socket attempt = new Socket();
      socket = attempt;
      try {
        if (closed) {
          throw new IOException("closed");
        }
        attempt.connect(new InetSocketAddress(address, port), (int) connectTimeout.toMillis());
        return attempt;
      } catch (IOException e) {
        attempt.close();
        last = e;
      }
    }
    throw last == null ? new IOException("host: " + host() + " (expected: one with an address)") : last;
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    abort();
  }

  /** Ends it, whatever it is at. Below TLS: a farewell there could block. */
  void abort() {
    closed = true;
    Socket open = socket;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // It is of no use any more, open or not.
        socket = null;
      }
    }
  }
}
