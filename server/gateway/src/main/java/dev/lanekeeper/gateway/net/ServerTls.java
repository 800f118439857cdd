package dev.lanekeeper.gateway.net;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

/**
 * Certificate and key of a listener, read again when their files change. Where the new ones cannot be used the old ones stay: it is said
 * once for each change.
 *
 * <p><b>Threads.</b> Looks at the files on a thread of its own; {@link #context} is one volatile read.
 */
public final class ServerTls implements AutoCloseable {

  private static final Logger LOG = System.getLogger(ServerTls.class.getName());
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final byte[] PROOF = {1, 2, 3, 4};

  private final Path certificates;
  private final Path key;
  private final Thread watcher;
  private volatile SslContext context;
  private List<FileTime> seen;

  /**
   * Reads them.
   *
   * @param certificates PEM, the server's own first
   * @param key PEM, PKCS#8
   * @throws IOException if they cannot be used
   */
  public ServerTls(Path certificates, Path key) throws IOException {
    this.certificates = certificates;
    this.key = key;
    seen = times();
    context = read();
    watcher = Thread.ofVirtual().name("gateway-tls").start(this::watch);
  }

  private SslContext read() throws IOException {
    try {
      requireFit();
      return SslContextBuilder.forServer(certificates.toFile(), key.toFile())
          .applicationProtocolConfig(new ApplicationProtocolConfig(Protocol.ALPN, SelectorFailureBehavior.NO_ADVERTISE,
              SelectedListenerFailureBehavior.ACCEPT, ApplicationProtocolNames.HTTP_2,
              ApplicationProtocolNames.HTTP_1_1))
          .build();
    } catch (IllegalArgumentException | GeneralSecurityException | IOException unusable) {
      throw new IOException(certificates + ", " + key + ": " + unusable.getMessage()
          + " (expected: certificates and their key, PEM)", unusable);
    }
  }

  /** INVARIANT: of two files that are renewed one after the other, never one without the other. */
  private void requireFit() throws IOException, GeneralSecurityException {
    X509Certificate own;
    try (InputStream in = Files.newInputStream(certificates)) {
      own = (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
    String pem = Files.readString(key).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
    String algorithm = own.getPublicKey().getAlgorithm();
    PrivateKey secret =
        KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
    String by = algorithm.equals("EC") ? "SHA256withECDSA" : algorithm.equals("RSA") ? "SHA256withRSA" : algorithm;
    Signature signature = Signature.getInstance(by);
    signature.initSign(secret);
    signature.update(PROOF);
    byte[] signed = signature.sign();
    signature.initVerify(own.getPublicKey());
    signature.update(PROOF);
    if (!signature.verify(signed)) {
      throw new SignatureException("the key is not that of the first certificate");
    }
  }

  private List<FileTime> times() throws IOException {
    return List.of(Files.getLastModifiedTime(certificates), Files.getLastModifiedTime(key));
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(EVERY);
        look();
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    try {
      List<FileTime> now = times();
      if (!now.equals(seen)) {
        seen = now;
        context = read();
        LOG.log(Level.INFO, "the certificate of " + certificates + " was read again");
      }
    } catch (IOException unusable) {
      LOG.log(Level.WARNING, unusable.getMessage() + "; the one that was read before goes on");
    }
  }

  /** With what a new connection is made. */
  SslContext context() {
    return context;
  }

  @Override
  public void close() {
    watcher.interrupt();
  }
}
