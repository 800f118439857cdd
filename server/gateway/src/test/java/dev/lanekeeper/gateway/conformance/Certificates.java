package dev.lanekeeper.gateway.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;

/** Certificates for {@code localhost} and {@code 127.0.0.1} that vouch for themselves, as PEM. */
record Certificates(Path chain, Path key) {

  private static final char[] PASSWORD = "changeit".toCharArray();

  /** Makes them. {@code name}: also the common name. */
  static Certificates make(Path directory, String name) throws IOException, GeneralSecurityException {
    Path store = directory.resolve(name + ".p12");
    Tool.named(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()).run("-genkeypair", "-alias", name,
        "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=" + name, "-ext", "SAN=dns:localhost,ip:127.0.0.1",
        "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", new String(PASSWORD), "-validity", "2");
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    Key key = keys.getKey(name, PASSWORD);
    return new Certificates(
        write(directory.resolve(name + ".pem"), "CERTIFICATE", keys.getCertificate(name).getEncoded()),
        write(directory.resolve(name + ".key"), "PRIVATE KEY", key.getEncoded()));
  }

  private static Path write(Path file, String kind, byte[] der) throws IOException {
    return Files.writeString(file, "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(der)
        + "\n-----END " + kind + "-----\n");
  }
}
