package dev.lanekeeper.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.lanekeeper.model.Tag;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may bear a tenancy: forged, foreign, old and borrowed tokens. */
@SuppressWarnings("JavaUtilDate") // the library has no other
class AdmissionTest {

  private static final long NOW = 1_800_000_000_000L;
  private static final String GIVEN = "0123456789abcdef-given";

  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;
  @SuppressWarnings("NullAway.Init") private TokenIssuer issuer;
  @SuppressWarnings("NullAway.Init") private Admission admission;
  @SuppressWarnings("NullAway.Init") private InetAddress outside;

  @BeforeEach
  void start() throws IOException {
    TokenIssuer.makeKey(directory.resolve("key"), directory.resolve("keys"));
    issuer = TokenIssuer.read(directory.resolve("key"));
    Path tokens = Files.writeString(directory.resolve("tokens"), "# of the team that tests\n\n" + GIVEN + "\n");
    admission = new Admission(List.of(Network.of("10.0.0.0/8")), ApiTokens.read(tokens),
        TokenVerifier.read(directory.resolve("keys")), Admission.Strangers.REFUSED);
    outside = InetAddress.getByName("203.0.113.9");
  }

  private @Nullable String refusal(@Nullable String token, Tag tag, long now) {
    return admission.refusal(outside, token, tag, now);
  }

  @Test
  void network_admits_whatItNames() throws IOException {
    assertThat(admission.refusal(InetAddress.getByName("10.1.2.3"), null, Tag.of("123"), NOW)).isNull();
    assertThat(admission.refusal(InetAddress.getByName("::ffff:10.1.2.3"), null, Tag.of("123"), NOW)).isNull();
    assertThat(admission.refusal(InetAddress.getByName("11.1.2.3"), null, Tag.of("123"), NOW))
        .contains("no lanekeeper-token");
  }

  @Test
  void apiToken_admits_whenItIsExactlyOne() {
    assertThat(refusal(GIVEN, Tag.of("123"), NOW)).isNull();
    assertThat(refusal(GIVEN.substring(1), Tag.of("123"), NOW)).isNotNull();
    assertThat(refusal("# of the team that tests", Tag.of("123"), NOW)).isNotNull();
    assertThat(refusal("", Tag.of("123"), NOW)).isNotNull();
  }

  @Test
  void apiToken_tooShort_isNotTaken() throws IOException {
    Path tokens = Files.writeString(directory.resolve("short"), "secret\n");

    assertThatThrownBy(() -> ApiTokens.read(tokens)).hasMessageContaining("line 1").hasMessageContaining("at least 16");
  }

  @ParameterizedTest
  @CsvSource({"123,123,true", "123,1234,false", "123,123+other,false", "shop/testing/*,shop/testing/T1,true",
      "shop/testing/*,shop/testing,false", "shop/testing/*,shop/testingX/T1,false",
      "shop/testing/*,shop/production,false"})
  void signedToken_admits_theTenanciesThatItIsFor(String allowed, String wanted, boolean admitted) {
    String token = issuer.issue(List.of(allowed), Duration.ofHours(1), NOW);

    assertThat(refusal(token, Tag.of(wanted), NOW) == null).isEqualTo(admitted);
  }

  @Test
  void signedToken_isForSingleServicesToo() {
    String token = issuer.issue(List.of("123"), Duration.ofHours(1), NOW);

    assertThat(refusal(token, Tag.of("123", "B:123"), NOW)).isNull();
    assertThat(refusal(token, Tag.of("123", "B:other"), NOW)).contains("not for");
    assertThat(refusal(token, Tag.of(null, "B:other"), NOW)).contains("not for");
  }

  @Test
  void signedToken_expires_alsoOneThatWasGoodBefore() {
    String token = issuer.issue(List.of("123"), Duration.ofMinutes(1), NOW);
    assertThat(refusal(token, Tag.of("123"), NOW + 59_000)).isNull();

    assertThat(refusal(token, Tag.of("123"), NOW + 60_001)).contains("expired");
    assertThat(refusal(token, Tag.of("123"), NOW - 60_000)).contains("future");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, 24 * 60 + 1})
  void signedToken_forTooLong_isNotIssued(long minutes) {
    assertThatThrownBy(() -> issuer.issue(List.of("123"), Duration.ofMinutes(minutes), NOW))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** What a public key, an empty algorithm or another key says is worth nothing. */
  @Test
  void forged_isRefused() throws Exception {
    JWTClaimsSet claims = new JWTClaimsSet.Builder().claim("tenancies", List.of("123")).issueTime(new Date(NOW))
        .expirationTime(new Date(NOW + 60_000)).build();
    String good = issuer.issue(List.of("123"), Duration.ofHours(1), NOW);
    String kid = SignedJWT.parse(good).getHeader().getKeyID();
    SignedJWT confused = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(kid).build(), claims);
    confused.sign(new MACSigner(Files.readAllBytes(directory.resolve("keys"))));
    TokenIssuer.makeKey(directory.resolve("other"), directory.resolve("others"));
    String foreign = TokenIssuer.read(directory.resolve("other")).issue(List.of("123"), Duration.ofHours(1), NOW);
    String[] parts = good.split("\\.", -1);
    String[] wider = issuer.issue(List.of("1234567"), Duration.ofHours(1), NOW).split("\\.", -1);

    for (String token : List.of(confused.serialize(), new PlainJWT(claims).serialize(), foreign,
        parts[0] + "." + wider[1] + "." + parts[2], parts[0] + "." + parts[1] + ".", parts[0] + "." + parts[1],
        "a.b.c", "..", "x".repeat(10_000))) {
      assertThat(refusal(token, Tag.of("123"), NOW)).as(token).contains("neither");
    }
    assertThat(refusal(good, Tag.of("123"), NOW)).isNull();
  }

  @Test
  void key_isItsOwnersAlone_andNotWrittenOver() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("key"))))
        .isEqualTo("rw-------");
    assertThat(Files.readString(directory.resolve("keys"))).doesNotContain("\"d\"");
    assertThatThrownBy(() -> TokenIssuer.makeKey(directory.resolve("key"), directory.resolve("more")))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> TokenVerifier.read(Files.writeString(directory.resolve("broken"), "{}")))
        .hasMessageContaining("JSON Web Key Set");
  }

  /** Whoever lost one must be able to take it back, without an end of all connections. */
  @Test
  void apiTokens_thatChange_areReadAgain() throws IOException {
    Files.writeString(directory.resolve("tokens"), "fedcba9876543210-newer\n");

    await().untilAsserted(() -> assertThat(refusal("fedcba9876543210-newer", Tag.of("123"), NOW)).isNull());
    assertThat(refusal(GIVEN, Tag.of("123"), NOW)).isNotNull();
  }

  @Test
  void keys_thatChange_areReadAgain_andWhatTheOldOnesSignedIsNoLongerGood() throws IOException {
    String old = issuer.issue(List.of("123"), Duration.ofHours(1), NOW);
    assertThat(refusal(old, Tag.of("123"), NOW)).isNull();
    TokenIssuer.makeKey(directory.resolve("key2"), directory.resolve("keys2"));
    String fresh = TokenIssuer.read(directory.resolve("key2")).issue(List.of("123"), Duration.ofHours(1), NOW);
    assertThat(refusal(fresh, Tag.of("123"), NOW)).isNotNull();

    Files.move(directory.resolve("keys2"), directory.resolve("keys"), StandardCopyOption.REPLACE_EXISTING);

    await().untilAsserted(() -> assertThat(refusal(fresh, Tag.of("123"), NOW)).isNull());
    assertThat(refusal(old, Tag.of("123"), NOW)).isNotNull();
  }

  @Test
  void files_thatCannotBeReadAgain_changeNothing() throws Exception {
    String token = issuer.issue(List.of("123"), Duration.ofHours(1), NOW);
    Files.writeString(directory.resolve("tokens"), "short\n");
    Files.writeString(directory.resolve("keys"), "no JSON");
    Thread.sleep(1_200); // longer than until they are looked at
    assertThat(refusal(GIVEN, Tag.of("123"), NOW)).isNull();
    assertThat(refusal(token, Tag.of("123"), NOW)).isNull();
    Files.delete(directory.resolve("tokens"));
    Files.delete(directory.resolve("keys"));
    Thread.sleep(1_200);
    assertThat(refusal(GIVEN, Tag.of("123"), NOW)).isNull();
    assertThat(refusal(token, Tag.of("123"), NOW)).isNull();
  }
}
