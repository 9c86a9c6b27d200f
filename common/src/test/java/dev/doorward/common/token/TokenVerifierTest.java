package dev.doorward.common.token;

import static dev.doorward.common.token.TestTokens.HEADER;
import static dev.doorward.common.token.TestTokens.ISSUER;
import static dev.doorward.common.token.TestTokens.NOTES;
import static dev.doorward.common.token.TestTokens.NOW;
import static dev.doorward.common.token.TestTokens.base64;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.identity.Subject;
import dev.doorward.common.outcome.Reason;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.Provider;
import java.security.Security;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenVerifierTest {
  private static final BigInteger ORDER =
      new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);

  private final TestTokens tokens = new TestTokens();
  private final TokenVerifier verifier = new TokenVerifier(new BouncyCastleProvider());

  static Stream<Provider> providers() {
    return Stream.of(new BouncyCastleProvider(), Security.getProvider("SunEC"));
  }

  @ParameterizedTest
  @MethodSource("providers")
  void goodTokenGivesItsClaims(Provider provider) {
    TokenCheck check = new TokenVerifier(provider).check(tokens.good(), tokens.keys, NOTES, NOW);

    assertThat(check)
        .isEqualTo(
            new TokenCheck.Verified(
                new AccessToken(
                    ISSUER,
                    new Subject("p-1"),
                    "ada",
                    new ClientId("c-1"),
                    NOTES,
                    Set.of("mcp"),
                    "g-1",
                    "t-1",
                    NOW,
                    NOW.plusSeconds(600),
                    Optional.empty())));
  }

  @Test
  void unknownClaimsAreAllowedAndSeveralScopesAreTold() {
    String claims =
        TestTokens.claims()
            .replace("\"mcp\"", "\"mcp notes:read\"")
            .replace("}", ",\"x\":[null,1.5,{\"y\":true}],\"n\":123456789012345678901}");

    assertThat(verifier.check(tokens.sign(HEADER, claims), tokens.keys, NOTES, NOW))
        .isInstanceOfSatisfying(
            TokenCheck.Verified.class,
            v -> assertThat(v.token().scopes()).containsExactlyInAnyOrder("mcp", "notes:read"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "a.b",
        "e30.e30.",
        "Bearer x",
        "\u0000",
        "\ud800",
        "e30.e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      })
  void textThatIsNoTokenIsMalformed(String text) {
    assertRejected(text, Reason.TOKEN_MALFORMED);
  }

  static Stream<String> headersToRefuse() {
    return Stream.of(
            "{'alg':'none','typ':'at+jwt','kid':'k1'}",
            "{'alg':'HS256','typ':'at+jwt','kid':'k1'}",
            "{'alg':'RS256','typ':'at+jwt','kid':'k1'}",
            "{'alg':'ES384','typ':'at+jwt','kid':'k1'}",
            "{'alg':'es256','typ':'at+jwt','kid':'k1'}",
            "{'alg':'ES256','typ':'JWT','kid':'k1'}",
            "{'alg':'ES256','typ':'AT+JWT','kid':'k1'}",
            "{'alg':'ES256','typ':'doorward-keys+jwt','kid':'k1'}",
            "{'alg':'ES256','typ':'at+jwt'}",
            "{'alg':'ES256','kid':'k1'}",
            "{'typ':'at+jwt','kid':'k1'}",
            "{'alg':'ES256','typ':'at+jwt','kid':1}",
            "{'alg':['ES256'],'typ':'at+jwt','kid':'k1'}",
            "{'alg':'ES256','typ':'at+jwt','kid':'k1','jku':'https://evil.example/jwks'}",
            "{'alg':'ES256','typ':'at+jwt','kid':'k1','x5u':'https://evil.example/c'}",
            "{'alg':'ES256','typ':'at+jwt','kid':'k1','jwk':{}}",
            "{'alg':'ES256','typ':'at+jwt','kid':'k1','x5c':[]}",
            "{'alg':'ES256','typ':'at+jwt','kid':'k1','crit':['b64']}",
            "{'alg':'ES256','typ':'at+jwt','kid':'k1','b64':false}",
            "{'alg':'ES256','typ':'at+jwt','kid':'k1','zip':'DEF'}",
            "{'alg':'none','alg':'ES256','typ':'at+jwt','kid':'k1'}",
            "{'alg':'ES256','typ':'at+jwt','kid':'k1','kid':'k1'}",
            "{'alg':'ES256','typ':'at+jwt','k\\u0069d':'k2','kid':'k1'}",
            "{'alg':'ES256','typ':'at+jwt','kid':'k1'} ,",
            "{'alg':'ES256','typ':'at+jwt','kid':'k1'}{}",
            "{'alg':'ES256','typ':'at+jwt','kid':'k1',}",
            "['alg']",
            "null",
            "")
        .map(h -> h.replace('\'', '"'));
  }

  @ParameterizedTest
  @MethodSource("headersToRefuse")
  void headerOfAnotherFormIsMalformedThoughItsSignatureIsRight(String header) {
    assertRejected(tokens.sign(header, TestTokens.claims()), Reason.TOKEN_MALFORMED);
  }

  @Test
  void keyThatIsNotOursIsUnknown() {
    assertRejected(
        tokens.sign(HEADER.replace("k1", "k2"), TestTokens.claims()), Reason.TOKEN_KEY_UNKNOWN);
  }

  @Test
  void signatureOfAnotherKeyOrOverOtherContentIsInvalid() {
    assertRejected(new TestTokens().good(), Reason.TOKEN_SIGNATURE_INVALID);

    String[] parts = tokens.good().split("\\.", -1);
    String owner = TestTokens.claims().replace("p-1", "p-2");
    String tampered =
        parts[0] + "." + base64(owner.getBytes(StandardCharsets.UTF_8)) + "." + parts[2];
    assertRejected(tampered, Reason.TOKEN_SIGNATURE_INVALID);
  }

  @ParameterizedTest
  @MethodSource("providers")
  void signatureNumbersOutOfRangeAreInvalid(Provider provider) {
    String input = tokens.good().substring(0, tokens.good().lastIndexOf('.') + 1);
    byte[] ones = new byte[64];
    Arrays.fill(ones, (byte) 0xff);
    byte[] orders = new byte[64];
    byte[] order = ORDER.toByteArray();
    System.arraycopy(order, order.length - 32, orders, 0, 32);
    System.arraycopy(order, order.length - 32, orders, 32, 32);

    for (byte[] signature : new byte[][] {new byte[64], ones, orders}) {
      assertThat(
              new TokenVerifier(provider).check(input + base64(signature), tokens.keys, NOTES, NOW))
          .isEqualTo(new TokenCheck.Rejected(Reason.TOKEN_SIGNATURE_INVALID));
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void bothHalvesOfTheCurveOrderAreTaken(Provider provider) {
    String token = tokens.good();
    String input = token.substring(0, token.lastIndexOf('.') + 1);
    byte[] signature = Base64.getUrlDecoder().decode(token.substring(input.length()));
    byte[] other = ORDER.subtract(new BigInteger(1, signature, 32, 32)).toByteArray();
    byte[] flipped = Arrays.copyOf(signature, 64);
    Arrays.fill(flipped, 32, 64, (byte) 0);
    int length = Math.min(32, other.length);
    System.arraycopy(other, other.length - length, flipped, 64 - length, length);

    assertThat(new TokenVerifier(provider).check(input + base64(flipped), tokens.keys, NOTES, NOW))
        .isInstanceOf(TokenCheck.Verified.class);
  }

  @Test
  void signatureOfAnotherLengthOrInDerIsMalformed() {
    String token = tokens.good();
    String input = token.substring(0, token.lastIndexOf('.') + 1);
    byte[] signature = Base64.getUrlDecoder().decode(token.substring(input.length()));

    for (int length : new int[] {0, 63, 65, 72}) {
      assertRejected(input + base64(Arrays.copyOf(signature, length)), Reason.TOKEN_MALFORMED);
    }
  }

  @Test
  void everyOtherTextOfTheSameTokenIsMalformed() {
    String token = tokens.good();
    char last = token.charAt(token.length() - 1);
    // 64 bytes leave four unused bits in the last character: the three neighbours decode alike.
    String alike = token.substring(0, token.length() - 1) + (char) (last + 1);
    String[] parts = token.split("\\.", -1);

    for (String text :
        new String[] {
          alike,
          token + "==",
          token + "=",
          token + "\n",
          " " + token,
          token.replace(".", " ."),
          token + ".",
          parts[0] + "=." + parts[1] + "." + parts[2],
          "." + token
        }) {
      assertRejected(text, Reason.TOKEN_MALFORMED);
    }
  }

  @Test
  void tokenOverTheBoundIsMalformedAndOneAtTheBoundIsRead() {
    String small = tokens.sign(HEADER, padded(0));
    int room = (TokenVerifier.MAX_LENGTH - small.length()) / 4 * 3;
    String atBound = tokens.sign(HEADER, padded(room));
    String overBound = tokens.sign(HEADER, padded(room + 6));

    assertThat(atBound.length()).isBetween(TokenVerifier.MAX_LENGTH - 4, TokenVerifier.MAX_LENGTH);
    assertThat(verifier.check(atBound, tokens.keys, NOTES, NOW))
        .isInstanceOf(TokenCheck.Verified.class);
    assertRejected(overBound, Reason.TOKEN_MALFORMED);
  }

  private static String padded(int length) {
    return TestTokens.claims().replace("}", ",\"pad\":\"" + "x".repeat(length) + "\"}");
  }

  static Stream<Arguments> claimsToRefuse() {
    return Stream.of(
        Arguments.of("'iss':'https://edge.example'", "'iss':'https://other.example'", "ISSUER"),
        Arguments.of("'iss':'https://edge.example'", "'iss':'https://edge.example/'", "ISSUER"),
        Arguments.of("'iss':'https://edge.example'", "'iss':['https://edge.example']", "BAD"),
        Arguments.of("notes/mcp", "other/mcp", "AUDIENCE"),
        Arguments.of("notes/mcp", "notes/mcp/", "AUDIENCE"),
        Arguments.of(
            "'aud':'https://edge.example/notes/mcp'",
            "'aud':['https://edge.example/notes/mcp']",
            "BAD"),
        Arguments.of(
            "'aud':'https://edge.example/notes/mcp'",
            "'aud':['https://edge.example/notes/mcp','https://edge.example/x/mcp']",
            "BAD"),
        Arguments.of("'sub':'p-1'", "'sub':''", "BAD"),
        Arguments.of("'sub':'p-1'", "'sub':'a b'", "BAD"),
        Arguments.of("'sub':'p-1'", "'sub':7", "BAD"),
        Arguments.of("'sub':'p-1',", "", "BAD"),
        Arguments.of("'client_id':'c-1',", "", "BAD"),
        Arguments.of("'client_id':'c-1'", "'client_id':'c\\n'", "BAD"),
        Arguments.of("'jti':'t-1',", "", "BAD"),
        Arguments.of("'gid':'g-1',", "", "BAD"),
        Arguments.of("'gid':'g-1'", "'gid':''", "BAD"),
        Arguments.of("'scope':'mcp',", "", "BAD"),
        Arguments.of("'scope':'mcp'", "'scope':''", "BAD"),
        Arguments.of("'scope':'mcp'", "'scope':'mcp  x'", "BAD"),
        Arguments.of("'scope':'mcp'", "'scope':['mcp']", "BAD"),
        Arguments.of("'preferred_username':'ada'", "'preferred_username':'a\\r\\nX: y'", "BAD"),
        Arguments.of("'preferred_username':'ada'", "'preferred_username':' '", "BAD"),
        Arguments.of("'preferred_username':'ada'", "'preferred_username':'\\ud800'", "BAD"),
        Arguments.of("'exp':1795176600,", "", "BAD"),
        Arguments.of("'exp':1795176600", "'exp':'1795176600'", "BAD"),
        Arguments.of("'exp':1795176600", "'exp':1795176600.5", "BAD"),
        Arguments.of("'exp':1795176600", "'exp':1e10", "BAD"),
        Arguments.of("'exp':1795176600", "'exp':9223372036854775807", "BAD"),
        Arguments.of("'exp':1795176600", "'exp':99999999999999999999999", "BAD"),
        Arguments.of("'exp':1795176600", "'exp':-1", "BAD"),
        Arguments.of("'exp':1795176600", "'exp':1795176000", "BAD"),
        Arguments.of("'iat':1795176000,", "", "BAD"),
        Arguments.of("'iat':1795176000", "'iat':1795176061", "EARLY"),
        Arguments.of("'jti':", "'nbf':1795176061,'jti':", "EARLY"),
        Arguments.of("'jti':", "'nbf':null,'jti':", "BAD"),
        Arguments.of("'jti':", "'sub':'p-1','jti':", "BAD"),
        Arguments.of("'jti':", "'x':{'a':1,'a':1},'jti':", "BAD"));
  }

  @ParameterizedTest
  @MethodSource("claimsToRefuse")
  void claimOfAnotherFormOrValueIsRefused(String good, String bad, String kind) {
    String claims = TestTokens.claims();
    String changed = claims.replace(good.replace('\'', '"'), bad.replace('\'', '"'));
    assertThat(changed).isNotEqualTo(claims);

    Reason reason =
        switch (kind) {
          case "ISSUER" -> Reason.TOKEN_ISSUER_MISMATCH;
          case "AUDIENCE" -> Reason.TOKEN_AUDIENCE_MISMATCH;
          case "EARLY" -> Reason.TOKEN_NOT_YET_VALID;
          default -> Reason.TOKEN_MALFORMED;
        };
    assertRejected(tokens.sign(HEADER, changed), reason);
  }

  @Test
  void textThatIsNotUtf8IsMalformed() {
    byte[] claims = TestTokens.claims().replace("ada", "a?a").getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < claims.length; i++) {
      if (claims[i] == '?') {
        claims[i] = (byte) 0xc0;
      }
    }

    assertRejected(
        tokens.sign(HEADER.getBytes(StandardCharsets.UTF_8), claims), Reason.TOKEN_MALFORMED);
  }

  @Test
  void timesHaveASkewOfAMinuteAndNoMore() {
    String token =
        tokens.sign(HEADER, TestTokens.claims().replace("\"jti\"", "\"nbf\":1795176000,\"jti\""));
    Instant end = NOW.plusSeconds(600);

    assertThat(at(token, NOW.minusSeconds(61)))
        .isEqualTo(new TokenCheck.Rejected(Reason.TOKEN_NOT_YET_VALID));
    assertThat(at(token, NOW.minusSeconds(60))).isInstanceOf(TokenCheck.Verified.class);
    assertThat(at(token, end.plusSeconds(59))).isInstanceOf(TokenCheck.Verified.class);
    assertThat(at(token, end.plusSeconds(60)))
        .isEqualTo(new TokenCheck.Rejected(Reason.TOKEN_EXPIRED));
  }

  @Test
  void sameTokenIsRefusedAtAnotherServiceAndByAnotherIssuersKeys() {
    String token = tokens.good();

    assertThat(
            verifier.check(token, tokens.keys, new Resource("https://edge.example/files/mcp"), NOW))
        .isEqualTo(new TokenCheck.Rejected(Reason.TOKEN_AUDIENCE_MISMATCH));
    assertThat(
            verifier.check(
                token,
                new VerificationKeys(new Issuer("https://other.example"), tokens.keys.byId()),
                NOTES,
                NOW))
        .isEqualTo(new TokenCheck.Rejected(Reason.TOKEN_ISSUER_MISMATCH));
    assertThat(verifier.check(token, new VerificationKeys(ISSUER, Map.of()), NOTES, NOW))
        .isEqualTo(new TokenCheck.Rejected(Reason.TOKEN_KEY_UNKNOWN));
  }

  private TokenCheck at(String token, Instant now) {
    return verifier.check(token, tokens.keys, NOTES, now);
  }

  private void assertRejected(String token, Reason reason) {
    assertThat(verifier.check(token, tokens.keys, NOTES, NOW))
        .isEqualTo(new TokenCheck.Rejected(reason));
  }
}
