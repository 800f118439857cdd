package dev.lanekeeper.gateway.conformance;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.gateway.net.ServerTls;
import dev.lanekeeper.testkit.Certificates;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A certificate that is renewed. */
class RenewedCertificateTest {

  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;

  /** Certificate first, its key a little later: as every script does that copies two files. */
  @Test
  void certificateWithoutItsKey_isNotUsed() throws Exception {
    Certificates old = Certificates.make(directory, "old");
    Certificates renewed = Certificates.make(directory, "renewed");
    KeyStore both = KeyStore.getInstance(KeyStore.getDefaultType());
    both.load(null, null);
    for (Path chain : new Path[]{old.chain(), renewed.chain()}) {
      try (InputStream in = Files.newInputStream(chain)) {
        both.setCertificateEntry(chain.toString(), CertificateFactory.getInstance("X.509").generateCertificate(in));
      }
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(both);
    SSLContext client = SSLContext.getInstance("TLS");
    client.init(null, trust.getTrustManagers(), null);
    try (GatewayFixture gateway = new GatewayFixture("http://127.0.0.1:1", "http://127.0.0.1:1", null)) {
      int port = gateway.listen(old);
      handshake(client, port);

      try (Said said = Said.by(ServerTls.class)) {
        Files.copy(renewed.chain(), old.chain(), StandardCopyOption.REPLACE_EXISTING);
        await().until(() -> said.has("the one that was read before goes on"));
      }
      assertThatCode(() -> handshake(client, port)).doesNotThrowAnyException();

      Files.copy(renewed.key(), old.key(), StandardCopyOption.REPLACE_EXISTING);
      try (Said said = Said.by(ServerTls.class)) {
        Files.setLastModifiedTime(old.key(), FileTime.from(Instant.now().plusSeconds(5)));
        await().until(() -> said.has("was read again"));
      }
      assertThatCode(() -> handshake(client, port)).doesNotThrowAnyException();
    }
  }

  private static void handshake(SSLContext client, int port) throws Exception {
    try (SSLSocket socket =
        (SSLSocket) client.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(5_000);
      socket.startHandshake();
    }
  }
}
