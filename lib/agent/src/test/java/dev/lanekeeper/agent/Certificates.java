package dev.lanekeeper.agent;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Server certificates that sign themselves, made by the JDK's own tool, and a store that trusts them all. */
final class Certificates {

  /** Of every store. */
  static final String PASSWORD = "changeit";

  private final Path directory;
  private final List<Path> stores = new ArrayList<>();

  Certificates(Path directory) {
    this.directory = directory;
  }

  /** What a server needs to be {@code name}, and nobody else. */
  SSLContext server(String name) throws IOException, GeneralSecurityException, InterruptedException {
    Path store = directory.resolve(name + stores.size() + ".p12");
    Process tool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-genkeypair", "-alias", name,
        "-keyalg", "EC", "-dname", "CN=" + name, "-ext", "san=dns:" + name, "-keystore", store.toString(), "-storepass",
        PASSWORD,
        "-storetype", "PKCS12").redirectErrorStream(true).start();
    String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (tool.waitFor() != 0) {
      throw new IOException("keytool: " + said);
    }
    stores.add(store);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(load(store), PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  /** A store that trusts every server made so far. */
  Path trust() throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    for (Path store : stores) {
      KeyStore server = load(store);
      trusted.setCertificateEntry(store.getFileName().toString(),
          server.getCertificate(server.aliases().nextElement()));
    }
    Path file = directory.resolve("trust.p12");
    try (var out = Files.newOutputStream(file)) {
      trusted.store(out, PASSWORD.toCharArray());
    }
    return file;
  }

  private static KeyStore load(Path store) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }
}
