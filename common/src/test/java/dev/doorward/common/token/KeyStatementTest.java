package dev.doorward.common.token;

import static dev.doorward.common.token.TestTokens.ISSUER;
import static dev.doorward.common.token.TestTokens.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyStatementTest {
  private static final String HEADER = "{\"alg\":\"ES256\",\"typ\":\"doorward-keys+jwt\"}";

  private final TestTokens root = new TestTokens();
  private final ECPublicKey rootKey = (ECPublicKey) root.pair.getPublic();
  private final ECPublicKey issuerKey = (ECPublicKey) TestTokens.newPair("secp256r1").getPublic();

  private String jwk(String kid) {
    return new ECKey.Builder(Curve.P_256, issuerKey).keyID(kid).build().toJSONString();
  }

  private String payload(String keys) {
    return "{\"iss\":\"https://edge.example\",\"iat\":1795176000,\"exp\":1795780800,\"seq\":3,"
        + "\"keys\":["
        + keys
        + "]}";
  }

  private Outcome<KeyStatement> verify(String jws) {
    return KeyStatement.verify(jws, rootKey, Optional.of(ISSUER), NOW);
  }

  @Test
  void statementOfThePinnedRootGivesTheKeys() {
    String jws = root.sign(HEADER, payload(jwk("a") + "," + jwk("b")));

    assertThat(verify(jws))
        .isInstanceOfSatisfying(
            Outcome.Ok.class,
            ok -> {
              KeyStatement statement = (KeyStatement) ok.value();
              assertThat(statement.issuer()).isEqualTo(ISSUER);
              assertThat(statement.seq()).isEqualTo(3);
              assertThat(statement.expiresAt()).isEqualTo(NOW.plusSeconds(7 * 86_400));
              assertThat(statement.keys().byId().keySet()).containsExactlyInAnyOrder("a", "b");
              assertThat(statement.keys().find("a").orElseThrow().getW())
                  .isEqualTo(issuerKey.getW());
            });
  }

  @Test
  void atEnrolmentTheStatementItselfTellsTheIssuer() {
    String jws = root.sign(HEADER, payload(jwk("a")));

    assertThat(KeyStatement.verify(jws, rootKey, Optional.empty(), NOW))
        .isInstanceOf(Outcome.Ok.class);
  }

  @Test
  void anotherSignerIsRefused() {
    assertRefused(new TestTokens().sign(HEADER, payload(jwk("a"))), "not signed by");
  }

  @Test
  void anotherIssuerIsRefused() {
    String jws = root.sign(HEADER, payload(jwk("a")));

    assertThat(
            KeyStatement.verify(
                jws, rootKey, Optional.of(new Issuer("https://other.example")), NOW))
        .isInstanceOfSatisfying(
            Outcome.Failed.class, f -> assertThat(f.problem().text()).contains("another issuer"));
  }

  @Test
  void statementIsRefusedBeforeAndAfterItsTime() {
    String jws = root.sign(HEADER, payload(jwk("a")));
    Instant end = NOW.plusSeconds(7 * 86_400);

    assertThat(KeyStatement.verify(jws, rootKey, Optional.empty(), NOW.minusSeconds(61)))
        .isInstanceOf(Outcome.Failed.class);
    assertThat(KeyStatement.verify(jws, rootKey, Optional.empty(), end.plusSeconds(59)))
        .isInstanceOf(Outcome.Ok.class);
    assertThat(KeyStatement.verify(jws, rootKey, Optional.empty(), end.plusSeconds(60)))
        .isInstanceOf(Outcome.Failed.class);
  }

  @Test
  void lowerNumberMayNotFollow() {
    KeyStatement statement = new KeyStatement(ISSUER, NOW, NOW, 3, root.keys);

    assertThat(statement.mayFollow(2)).isTrue();
    assertThat(statement.mayFollow(3)).isTrue();
    assertThat(statement.mayFollow(4)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"alg\":\"ES256\",\"typ\":\"at+jwt\"}",
        "{\"alg\":\"none\",\"typ\":\"doorward-keys+jwt\"}",
        "{\"alg\":\"ES256\",\"typ\":\"doorward-keys+jwt\",\"kid\":\"x\"}",
        "{\"alg\":\"ES256\"}",
        "{}"
      })
  void headerOfAnotherFormIsRefused(String header) {
    assertRefused(root.sign(header, payload(jwk("a"))), "not of the form");
  }

  static Stream<String> badKeys() {
    String jwk = new KeyStatementTest().jwk("a");
    String x = jwk.replaceAll(".*\"x\":\"([^\"]+)\".*", "$1");
    return Stream.of(
        "",
        "1",
        "{}",
        jwk + "," + jwk,
        jwk.replace("\"EC\"", "\"RSA\""),
        jwk.replace("P-256", "P-384"),
        jwk.replace("}", ",\"d\":\"AAAA\"}"),
        jwk.replace("\"kid\":\"a\"", "\"kid\":\"\""),
        jwk.replace(",\"kid\":\"a\"", ""),
        jwk.replace(x, x.substring(1)),
        jwk.replace(x, x + "="),
        // A point that is not on the curve.
        jwk.replace(x, "A".repeat(43)),
        IntStream.range(0, 17)
            .mapToObj(i -> jwk.replace("\"a\"", "\"a" + i + "\""))
            .collect(Collectors.joining(",")));
  }

  @ParameterizedTest
  @MethodSource("badKeys")
  void keysOfAnotherFormAreRefused(String keys) {
    assertRefused(root.sign(HEADER, payload(keys)), "content is not of the form");
  }

  @Test
  void sixteenKeysAreTaken() {
    String keys =
        IntStream.range(0, 16).mapToObj(i -> jwk("k" + i)).collect(Collectors.joining(","));

    assertThat(verify(root.sign(HEADER, payload(keys)))).isInstanceOf(Outcome.Ok.class);
  }

  @Test
  void statementOverTheBoundIsRefused() {
    String pad =
        payload(jwk("a")).replace("\"seq\"", "\"pad\":\"" + "x".repeat(50_000) + "\",\"seq\"");

    assertRefused(root.sign(HEADER, pad), "not of the form");
  }

  private void assertRefused(String jws, String sentence) {
    assertThat(verify(jws))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> {
              assertThat(failed.problem().reason()).isEqualTo(Reason.KEY_STATEMENT_REFUSED);
              assertThat(failed.problem().text()).contains(sentence);
            });
  }
}
