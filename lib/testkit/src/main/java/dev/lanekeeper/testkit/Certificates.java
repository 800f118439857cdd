package dev.lanekeeper.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;

/**
 * A certificate for {@code localhost} and {@code 127.0.0.1} that vouches for itself, as PEM.
 *
 * @param chain the file of the certificate
 * @param key the file of its private key, PKCS#8
 */
public record Certificates(Path chain, Path key) {

  private static final String PASSWORD = "changeit";

  /**
   * Makes one with the JDK's own tool; it is good for two days.
   *
   * @param directory where the files are laid
   * @param name of the files, and the common name
   * @throws IOException if the tool fails, or a file cannot be written
   */
  public static Certificates make(Path directory, String name) throws IOException, GeneralSecurityException {
    Path store = directory.resolve(name + ".p12");
    Process tool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-genkeypair", "-alias", name, "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=" + name, "-ext",
        "SAN=dns:localhost,ip:127.0.0.1", "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", PASSWORD,
        "-validity", "2").redirectErrorStream(true).start();
    String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!Files.exists(store)) {
      throw new IOException("keytool: " + said);
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    Key key = keys.getKey(name, PASSWORD.toCharArray());
    return new Certificates(
        write(directory.resolve(name + ".pem"), "CERTIFICATE", keys.getCertificate(name).getEncoded()),
        write(directory.resolve(name + ".key"), "PRIVATE KEY", key.getEncoded()));
  }

  private static Path write(Path file, String kind, byte[] der) throws IOException {
    return Files.writeString(file, "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(der)
        + "\n-----END " + kind + "-----\n");
  }
}
