package dev.lanekeeper.gateway.admission;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.lanekeeper.model.Tag;
import java.io.IOException;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Verifies tenancy tokens (RFC 7519, signed by ES256): {@code tenancies} says which tenancies one is for, {@code exp} how long.
 *
 * <p><b>Threads.</b> Any. Verifying takes a fraction of a millisecond; what was verified is remembered.
 */
@SuppressWarnings("JavaUtilDate") // the library has no other
public final class TokenVerifier {

  /** No keys: no token is good. */
  public static final TokenVerifier NONE = new TokenVerifier(Map::of);
  /** Most that a token may be good for, whoever signed it. */
  public static final long LONGEST_MILLIS = 24L * 60 * 60 * 1000;

  private static final long SKEW_MILLIS = 30_000;
  private static final int MOST_REMEMBERED = 4096;
  private static final int LONGEST_TOKEN = 4096;

  private final Supplier<Map<String, ECKey>> current;
  /** By which keys those were verified that are remembered. */
  private Map<String, ECKey> rememberedBy = Map.of();
  private final Map<String, Verified> remembered = new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Verified> eldest) {
      return size() > MOST_REMEMBERED;
    }
  };

  /** What a token that is signed says. */
  private record Verified(List<String> tenancies, long fromMillis, long toMillis) {}

  private TokenVerifier(Supplier<Map<String, ECKey>> current) {
    this.current = current;
  }

  /**
   * Reads public keys. The file is read again when it changes: what a key signed that is no longer there is good for a second more.
   *
   * @param file a JSON Web Key Set (RFC 7517) of EC keys on P-256, each with its id
   * @throws IOException if it cannot be read, or there is another key in it
   */
  public static TokenVerifier read(Path file) throws IOException {
    return new TokenVerifier(new Renewed<>(file, TokenVerifier::keys)::get);
  }

  private static Map<String, ECKey> keys(Path file) throws IOException {
    Map<String, ECKey> keys = new LinkedHashMap<>();
    try {
      for (JWK key : JWKSet.load(file.toFile()).getKeys()) {
        if (!(key instanceof ECKey ec) || !Curve.P_256.equals(ec.getCurve()) || key.getKeyID() == null) {
          throw new IOException(file + ": key " + key.getKeyID() + " (expected: EC on P-256, with a kid)");
        }
        keys.put(key.getKeyID(), ec.toPublicJWK());
      }
    } catch (ParseException malformed) {
      throw new IOException(file + ": " + malformed.getMessage() + " (expected: a JSON Web Key Set)", malformed);
    }
    return keys;
  }

  /** Whether a token admits this tag: null if it does, else why not. */
  @Nullable
  String refusal(String token, Tag tag, long nowMillis) {
    Verified verified;
    try {
      verified = verified(token);
    } catch (ParseException | JOSEException | IllegalArgumentException malformed) {
      return Admission.FIELD + ": neither one of the operator's tokens nor signed by a key of his";
    }
    if (nowMillis > verified.toMillis) {
      return Admission.FIELD + ": it has expired (expected: a fresh one, `lanekeeper token`)";
    }
    if (nowMillis < verified.fromMillis - SKEW_MILLIS) {
      return Admission.FIELD + ": it was issued in the future (expected: clocks that agree)";
    }
    boolean covers = tag.tenancies().stream().allMatch(tenancy -> covers(verified.tenancies, tenancy.text()))
        && tag.overrideTenancies().stream().allMatch(tenancy -> covers(verified.tenancies, tenancy.text()));
    return covers ? null : Admission.FIELD + ": it is for " + verified.tenancies + ", not for " + tag;
  }

  private static boolean covers(List<String> allowed, String tenancy) {
    return allowed.stream().anyMatch(one -> one.endsWith("/*")
        ? tenancy.startsWith(one.substring(0, one.length() - 1))
        : one.equals(tenancy));
  }

  @SuppressWarnings("ReferenceEquality") // read again, or the very same
  private Verified verified(String token) throws ParseException, JOSEException {
    Map<String, ECKey> keys = current.get();
    synchronized (remembered) {
      if (rememberedBy != keys) {
        rememberedBy = keys;
        remembered.clear();
      }
      Verified known = remembered.get(token);
      if (known != null) {
        return known;
      }
    }
    Verified fresh = verify(token, keys);
    synchronized (remembered) {
      if (rememberedBy == keys) {
        remembered.put(token, fresh);
      }
    }
    return fresh;
  }

  /** INVARIANT: by a key that the operator named, and by its own algorithm, whatever the token says of either. */
  private static Verified verify(String token, Map<String, ECKey> keys) throws ParseException, JOSEException {
    if (keys.isEmpty() || token.length() > LONGEST_TOKEN) {
      throw new ParseException("not looked at", 0);
    }
    SignedJWT signed = SignedJWT.parse(token);
    ECKey key = keys.get(String.valueOf(signed.getHeader().getKeyID()));
    if (key == null || !JWSAlgorithm.ES256.equals(signed.getHeader().getAlgorithm())
        || !signed.verify(new ECDSAVerifier(key))) {
      throw new ParseException("signature", 0);
    }
    JWTClaimsSet claims = signed.getJWTClaimsSet();
    List<String> tenancies = claims.getStringListClaim(TokenIssuer.TENANCIES);
    if (tenancies == null || claims.getExpirationTime() == null || claims.getIssueTime() == null) {
      throw new ParseException("claims", 0);
    }
    long from = claims.getIssueTime().getTime();
    return new Verified(List.copyOf(tenancies), from,
        Math.min(claims.getExpirationTime().getTime(), from + LONGEST_MILLIS));
  }
}
