package dev.lanekeeper.gateway.admission;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.ParseException;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.UUID;

/** Issues tenancy tokens, with a key that only the operator has. */
@SuppressWarnings("JavaUtilDate") // the library has no other
public final class TokenIssuer {

  static final String TENANCIES = "tenancies";

  private final ECKey key;

  private TokenIssuer(ECKey key) {
    this.key = key;
  }

  /**
   * Makes a new key: the private one for those who issue tokens, readable by its owner alone, the public one for the edge.
   *
   * @throws IOException if a file is there already, or cannot be written
   */
  public static void makeKey(Path privateKey, Path publicKeys) throws IOException {
    try {
      ECKey key = new ECKeyGenerator(Curve.P_256).keyID(UUID.randomUUID().toString()).generate();
      Files.createFile(privateKey, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(privateKey, key.toJSONString() + "\n");
      Files.writeString(publicKeys, new JWKSet(key.toPublicJWK()).toString(true) + "\n", StandardOpenOption.CREATE_NEW);
    } catch (JOSEException e) {
      throw new IOException("a key cannot be made: " + e.getMessage(), e);
    }
  }

  /**
   * With the key of a file.
   *
   * @throws IOException if it cannot be read, or is none
   */
  public static TokenIssuer read(Path privateKey) throws IOException {
    try {
      ECKey key = ECKey.parse(Files.readString(privateKey));
      if (!key.isPrivate()) {
        throw new IOException(privateKey + ": a public key (expected: the private one)");
      }
      return new TokenIssuer(key);
    } catch (ParseException malformed) {
      throw new IOException(privateKey + ": " + malformed.getMessage() + " (expected: a JSON Web Key)", malformed);
    }
  }

  /**
   * A token.
   *
   * @param tenancies for which it is good; one that ends with {@code /*} stands for all below it
   * @param good how long; at most a day
   * @throws IllegalArgumentException if it would be good for longer, or for nothing
   */
  public String issue(List<String> tenancies, Duration good, long nowMillis) {
    if (good.isNegative() || good.isZero() || good.toMillis() > TokenVerifier.LONGEST_MILLIS) {
      throw new IllegalArgumentException("for: " + good + " (expected: up to 24h)");
    }
    if (tenancies.isEmpty()) {
      throw new IllegalArgumentException("tenancies: none (expected: at least one)");
    }
    try {
      SignedJWT token = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(),
          new JWTClaimsSet.Builder().claim(TENANCIES, tenancies).issueTime(new Date(nowMillis))
              .expirationTime(new Date(nowMillis + good.toMillis())).build());
      token.sign(new ECDSASigner(key));
      return token.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException("a token cannot be signed: " + e.getMessage(), e);
    }
  }
}
