package dev.doorward.auth.upstream;

import static dev.doorward.auth.fixture.Visitor.hidden;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.FakeOidc;
import dev.doorward.auth.fixture.Visitor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an OpenID provider says is believed only where all of it is right. */
class IdTokenTest extends OidcScene {
  static List<Consumer<FakeOidc>> lies() {
    Date past = Date.from(Instant.parse("2026-11-20T11:58:00Z"));
    Date future = Date.from(Instant.parse("2026-11-20T12:02:00Z"));
    return List.of(
        p -> p.twist = c -> c.claim("nonce", "another"),
        p -> p.twist = c -> c.claim("nonce", null),
        p -> p.twist = c -> c.issuer("https://login.example.com/realms/evil"),
        p -> p.twist = c -> c.issuer(ISSUER + "/"),
        p -> p.twist = c -> c.audience("somebody"),
        p -> p.twist = c -> c.audience(List.of("doorward", "somebody")),
        p -> p.twist = c -> c.claim("azp", "somebody"),
        p -> p.twist = c -> c.expirationTime(past),
        p -> p.twist = c -> c.expirationTime(null),
        p -> p.twist = c -> c.notBeforeTime(future),
        p -> p.twist = c -> c.subject(null),
        p -> p.twist = c -> c.claim("at_hash", FakeOidc.accessTokenHash("another")),
        p -> p.sign = claims -> new PlainJWT(claims).serialize(),
        p -> p.sign = IdTokenTest::symmetric,
        p -> p.sign = claims -> p.signed(claims) + "AAAA",
        p -> p.sign = claims -> new FakeOidc(ISSUER, "doorward").signed(claims),
        p -> p.sign = _ -> "no token");
  }

  private static String symmetric(JWTClaimsSet claims) {
    try {
      var token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
      token.sign(new MACSigner(FakeOidc.SECRET.repeat(3).getBytes(StandardCharsets.UTF_8)));
      return token.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("lies")
  void idTokenThatIsNotExactlyRightSignsNobodyIn(Consumer<FakeOidc> lie) {
    lie.accept(home);
    Visitor visitor = server.visitor();

    AuthReply reply = signIn(visitor);

    assertThat(reply.status()).isEqualTo(403);
    assertThat(text(reply)).contains("upstream_refused").doesNotContain("eyJ");
    assertThat(visitor.cookies()).doesNotContainKey(SESSION);
  }

  @Test
  void idTokenWithEverythingInItIsTaken() {
    home.twist =
        claims ->
            claims
                .audience(List.of("somebody", "doorward"))
                .claim("azp", "doorward")
                .claim("at_hash", FakeOidc.accessTokenHash("upstream-access-token"));

    assertThat(signIn(server.visitor()).status()).isEqualTo(303);
  }

  @Test
  void claimsThatTheTokenLeavesOutAreAskedForAndMustBeTheSamePersons() {
    home.metadata.put("userinfo_endpoint", ISSUER + "/userinfo");
    home.person.remove("email");
    home.person.remove("email_verified");
    home.userInfo.putAll(
        Map.of("sub", "248289761001", "email", "ada@example.com", "email_verified", true));
    assertThat(signIn(server.visitor()).status()).isEqualTo(303);

    home.userInfo.put("sub", "somebody-else");
    assertThat(signIn(server.visitor()).status()).isEqualTo(403);
    home.userInfo.remove("sub");
    assertThat(signIn(server.visitor()).status()).isEqualTo(403);
  }

  @Test
  void keyThatIsNewIsFetchedAndOneThatIsUnknownNotAllTheTime() {
    signIn(server.visitor());
    home.rotate("k2");
    server.clock.advance(Duration.ofMinutes(1));
    assertThat(signIn(server.visitor()).status()).isEqualTo(303);
    int asked = home.keysAsked;

    home.sign =
        claims -> {
          var liar = new FakeOidc(ISSUER, "doorward");
          liar.rotate("unknown");
          return liar.signed(claims);
        };
    for (int i = 0; i < 5; i++) {
      assertThat(signIn(server.visitor()).status()).isEqualTo(403);
    }
    assertThat(home.keysAsked).isLessThanOrEqualTo(asked + 1);
  }

  @Test
  void discoveryOfAnotherIssuerIsNotBelieved() {
    for (Map<String, Object> lie :
        List.<Map<String, Object>>of(
            Map.of("issuer", "https://evil.example"),
            Map.of("token_endpoint", "http://login.example.com/token"),
            Map.of("authorization_endpoint", "javascript:alert(1)"),
            Map.of("jwks_uri", "https://user@evil.example/jwks"))) {
      server.restart();
      home.metadata.clear();
      home.metadata.putAll(lie);
      Visitor visitor = server.visitor();
      Map<String, String> form = hidden(visitor.get("/login"), "/login/upstream/home");
      assertThat(visitor.post("/login/upstream/home", form).status()).isEqualTo(503);
    }
  }
}
