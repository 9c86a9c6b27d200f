package dev.doorward.auth.client;

import static dev.doorward.auth.fixture.Outcomes.ok;
import static dev.doorward.auth.fixture.Outcomes.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.outcome.Reason;
import java.net.URI;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What an assertion must say, and every way to get that wrong. */
class ClientAssertionTest {
  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
  private static final Issuer ISSUER = new Issuer("https://edge.example");
  private static final ClientId CLIENT = new ClientId("app_1");
  private static final ECKey KEY = ec(Curve.P_256, "k1");
  private static final ECKey OTHER = ec(Curve.P_256, "k2");
  private static final RSAKey RSA = rsa(2048);

  private final ClientKeys keys =
      ok(ClientKeys.parse(new JWKSet(List.of(KEY, RSA)).toPublicJWKSet().toString()));

  private static ECKey ec(Curve curve, String kid) {
    try {
      return new ECKeyGenerator(curve).keyID(kid).generate();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private static RSAKey rsa(int bits) {
    try {
      return new RSAKeyGenerator(bits, true).keyID("r" + bits).generate();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private static JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder()
        .issuer(CLIENT.value())
        .subject(CLIENT.value())
        .audience(ISSUER.value())
        .jwtID("j1")
        .issueTime(Date.from(NOW))
        .expirationTime(Date.from(NOW.plusSeconds(60)));
  }

  private static String signed(JWTClaimsSet claims) {
    return signed(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("k1").build(), claims, KEY);
  }

  private static String signed(JWSHeader header, JWTClaimsSet claims, ECKey key) {
    try {
      var jwt = new SignedJWT(header, claims);
      jwt.sign(new ECDSASigner(key));
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private dev.doorward.common.outcome.Outcome<ClientAssertion> verify(String text) {
    return ClientAssertion.verify(text, CLIENT, keys, ISSUER, NOW);
  }

  @Test
  void goodOneIsAcceptedAndNamedByClientAndJti() {
    ClientAssertion assertion = ok(verify(signed(claims().build())));

    assertThat(assertion.expiresAt()).isEqualTo(NOW.plusSeconds(120));
    assertThat(assertion.hash()).isEqualTo(ok(verify(signed(claims().build()))).hash());
    assertThat(assertion.hash())
        .isNotEqualTo(ok(verify(signed(claims().jwtID("j2").build()))).hash());
    assertThat(ClientAssertion.claimedBy(signed(claims().build()))).contains("app_1");
  }

  @Test
  void rsaKeysWorkWithTheirAlgorithms() throws Exception {
    for (JWSAlgorithm algorithm : List.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256)) {
      var jwt = new SignedJWT(new JWSHeader(algorithm), claims().build());
      jwt.sign(new RSASSASigner(RSA));
      ok(verify(jwt.serialize()));
    }
    var jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.RS512), claims().build());
    jwt.sign(new RSASSASigner(RSA));
    assertThat(problem(verify(jwt.serialize())).reason()).isEqualTo(Reason.CLIENT_UNPROVEN);
  }

  static Stream<Arguments> wrongClaims() {
    return Stream.of(
        wrong("another issuer", c -> c.issuer("app_2")),
        wrong("no issuer", c -> c.issuer(null)),
        wrong("another subject", c -> c.subject("app_2")),
        wrong("no audience", c -> c.audience((String) null)),
        wrong("the token endpoint as audience", c -> c.audience("https://edge.example/token")),
        wrong("another server as audience", c -> c.audience("https://other.example")),
        wrong("a slash behind", c -> c.audience("https://edge.example/")),
        wrong(
            "another audience beside ours",
            c -> c.audience(List.of("https://edge.example", "https://other.example"))),
        wrong("no end", c -> c.expirationTime(null)),
        wrong("ended", c -> c.expirationTime(Date.from(NOW.minusSeconds(60)))),
        wrong("too long a life", c -> c.expirationTime(Date.from(NOW.plusSeconds(661)))),
        wrong("from the future", c -> c.issueTime(Date.from(NOW.plusSeconds(61)))),
        wrong("not yet", c -> c.notBeforeTime(Date.from(NOW.plusSeconds(61)))),
        wrong("no jti", c -> c.jwtID(null)),
        wrong("an empty jti", c -> c.jwtID("")),
        wrong("a long jti", c -> c.jwtID("j".repeat(257))));
  }

  private static Arguments wrong(String what, UnaryOperator<JWTClaimsSet.Builder> change) {
    return Arguments.of(what, signed(change.apply(claims()).build()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongClaims")
  void wrongClaimIsRefused(String what, String assertion) {
    assertThat(problem(verify(assertion)).reason()).isEqualTo(Reason.CLIENT_UNPROVEN);
  }

  static Stream<Arguments> wrongForms() throws JOSEException {
    JWTClaimsSet claims = claims().build();
    var symmetric = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
    symmetric.sign(new MACSigner(KEY.toPublicJWK().toString()));
    String good = signed(claims);
    return Stream.of(
        Arguments.of("no signature", new PlainJWT(claims).serialize()),
        Arguments.of("the public key as a shared secret", symmetric.serialize()),
        Arguments.of("another key", signed(new JWSHeader(JWSAlgorithm.ES256), claims, OTHER)),
        Arguments.of(
            "another key under our name",
            signed(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("k1").build(), claims, OTHER)),
        Arguments.of(
            "a key name that is none",
            signed(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("k9").build(), claims, KEY)),
        Arguments.of(
            "its own key in the header",
            signed(
                new JWSHeader.Builder(JWSAlgorithm.ES256).jwk(OTHER.toPublicJWK()).build(),
                claims,
                OTHER)),
        Arguments.of(
            "a place to fetch keys",
            signed(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                    .jwkURL(URI.create("https://evil.example/"))
                    .build(),
                claims,
                KEY)),
        Arguments.of(
            "a critical extension",
            signed(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                    .criticalParams(Set.of("x"))
                    .customParam("x", 1)
                    .build(),
                claims,
                KEY)),
        Arguments.of(
            "the type of an access token",
            signed(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                    .type(new JOSEObjectType("at+jwt"))
                    .build(),
                claims,
                KEY)),
        Arguments.of(
            "P-384 where the key is P-256",
            signed(new JWSHeader(JWSAlgorithm.ES384), claims, ec(Curve.P_384, "k1"))),
        Arguments.of("cut off", good.substring(0, good.length() - 4)),
        Arguments.of("not a JWT", "x.y.z"),
        Arguments.of("nothing", ""),
        Arguments.of("too long", good + "A".repeat(9000)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongForms")
  void wrongFormOrSignatureIsRefused(String what, String assertion) {
    assertThat(problem(verify(assertion)).reason()).isEqualTo(Reason.CLIENT_UNPROVEN);
  }

  @Test
  void keysAreChecked() {
    assertThat(problem(ClientKeys.parse(KEY.toString())).text()).contains("private");
    for (String wrong :
        List.of(
            "",
            "{}",
            "[]",
            "{\"keys\":[]}",
            "{\"kty\":\"oct\",\"k\":\"AAAA\"}",
            ec(Curve.P_521, "k").toPublicJWK().toString(),
            rsa(1024).toPublicJWK().toString(),
            "{\"keys\":\"x\"}",
            "x".repeat(17_000))) {
      assertThat(problem(ClientKeys.parse(wrong)).reason())
          .as(wrong)
          .isEqualTo(Reason.CLIENT_METADATA_REFUSED);
    }
    assertThat(ok(ClientKeys.parse(KEY.toPublicJWK().toString())).json()).contains("\"keys\"");
  }
}
