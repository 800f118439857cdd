package dev.lanekeeper.gateway.net;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Whom the gateway trusts where it calls by TLS. INVARIANT: a certificate has to fit the host that is called, whoever named it. */
public final class ClientTls {

  private final SslContext http1;
  private final SslContext http2;

  private ClientTls(SslContext http1, SslContext http2) {
    this.http1 = http1;
    this.http2 = http2;
  }

  /**
   * Reads whom it trusts.
   *
   * @param authorities certificates, PEM; null: those of the JDK
   * @throws IOException if they cannot be used
   */
  public static ClientTls of(@Nullable Path authorities) throws IOException {
    try {
      return new ClientTls(context(authorities, ApplicationProtocolNames.HTTP_1_1),
          context(authorities, ApplicationProtocolNames.HTTP_2));
    } catch (IllegalArgumentException | IOException unusable) {
      throw new IOException(authorities + ": " + unusable.getMessage() + " (expected: certificates, PEM)", unusable);
    }
  }

  private static SslContext context(@Nullable Path authorities, String protocol) throws IOException {
    SslContextBuilder builder = SslContextBuilder.forClient().endpointIdentificationAlgorithm("HTTPS")
        .applicationProtocolConfig(new ApplicationProtocolConfig(Protocol.ALPN, SelectorFailureBehavior.NO_ADVERTISE,
            SelectedListenerFailureBehavior.ACCEPT, protocol));
    return (authorities == null ? builder : builder.trustManager(authorities.toFile())).build();
  }

  SslContext context(boolean inHttp2) {
    return inHttp2 ? http2 : http1;
  }
}
