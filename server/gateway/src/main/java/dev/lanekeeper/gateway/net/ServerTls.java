package dev.lanekeeper.gateway.net;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
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
      return SslContextBuilder.forServer(certificates.toFile(), key.toFile())
          .applicationProtocolConfig(new ApplicationProtocolConfig(Protocol.ALPN, SelectorFailureBehavior.NO_ADVERTISE,
              SelectedListenerFailureBehavior.ACCEPT, ApplicationProtocolNames.HTTP_2,
              ApplicationProtocolNames.HTTP_1_1))
          .build();
    } catch (IllegalArgumentException | IOException unusable) {
      throw new IOException(certificates + ", " + key + ": " + unusable.getMessage()
          + " (expected: certificates and their key, PEM)", unusable);
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
