package dev.doorward.common.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.outcome.Reason;
import java.nio.charset.StandardCharsets;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Proofs of possession: for one request, of this time, once, by the right key. */
class DpopTest {
  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
  private static final Resource URL = new Resource("https://edge.example/notes/mcp");
  private static final String TOKEN = "a.b.c";

  private final ECKey key;
  private final DpopNonces nonces = new DpopNonces(new byte[32]);
  private final DpopProof.Verifier verifier = new DpopProof.Verifier(new BouncyCastleProvider());

  DpopTest() throws Exception {
    key = new ECKeyGenerator(Curve.P_256).generate();
  }

  private Map<String, Object> header() {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("typ", "dpop+jwt");
    header.put("alg", "ES256");
    header.put("jwk", key.toPublicJWK().toJSONObject());
    return header;
  }

  private Map<String, Object> claims() {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("jti", "id-1");
    claims.put("htm", "POST");
    claims.put("htu", URL.value());
    claims.put("iat", NOW.getEpochSecond());
    claims.put("ath", ath(TOKEN));
    claims.put("nonce", nonces.current(NOW));
    return claims;
  }

  private static String ath(String token) {
    return Base64URL.encode(Fingerprint.of(token.getBytes(StandardCharsets.US_ASCII)).bytes())
        .toString();
  }

  private String sign(Map<String, Object> header, Map<String, Object> claims) {
    try {
      String input =
          Base64URL.encode(com.nimbusds.jose.util.JSONObjectUtils.toJSONString(header))
              + "."
              + Base64URL.encode(com.nimbusds.jose.util.JSONObjectUtils.toJSONString(claims));
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initSign(key.toECPrivateKey());
      signature.update(input.getBytes(StandardCharsets.US_ASCII));
      return input + "." + Base64URL.encode(signature.sign());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private Optional<DpopProof> verify(String proof) {
    return verifier.verify(proof, "POST", URL, Optional.of(TOKEN), NOW);
  }

  private Optional<DpopProof> verify(Consumer<Map<String, Object>> change) {
    Map<String, Object> claims = claims();
    change.accept(claims);
    return verify(sign(header(), claims));
  }

  @Test
  void goodProofTellsItsKey() throws Exception {
    DpopProof proof = verify(sign(header(), claims())).orElseThrow();

    assertThat(proof.thumbprint()).isEqualTo(key.computeThumbprint().toString());
    assertThat(proof.id()).isEqualTo("id-1");
    assertThat(proof.nonce()).contains(nonces.current(NOW));
  }

  @Test
  void urlIsComparedWithoutQueryAndInCanonicalForm() {
    for (String url :
        List.of(
            "https://edge.example/notes/mcp?x=1",
            "https://edge.example/notes/mcp#f",
            "HTTPS://EDGE.example:443/notes/mcp",
            "https://edge.example/notes/mcp/")) {
      assertThat(verify(claims -> claims.put("htu", url))).as(url).isPresent();
    }
  }

  static Stream<Arguments> claimsToRefuse() {
    return Stream.of(
        Arguments.of("htm", "GET"),
        Arguments.of("htm", "post"),
        Arguments.of("htu", "https://edge.example/mail/mcp"),
        Arguments.of("htu", "http://edge.example/notes/mcp"),
        Arguments.of("htu", "https://evil.example/notes/mcp"),
        Arguments.of("htu", "https://edge.example/notes/../mail/mcp"),
        Arguments.of("htu", ""),
        Arguments.of("htu", 1),
        Arguments.of("jti", ""),
        Arguments.of("jti", "x".repeat(257)),
        Arguments.of("jti", "a b"),
        Arguments.of("jti", 7),
        Arguments.of("iat", NOW.getEpochSecond() - 62),
        Arguments.of("iat", NOW.getEpochSecond() + 61),
        Arguments.of("iat", "now"),
        Arguments.of("iat", -1),
        Arguments.of("ath", ath("another.token")),
        Arguments.of("ath", ""),
        Arguments.of("ath", 1),
        Arguments.of("nonce", 1));
  }

  @ParameterizedTest
  @MethodSource("claimsToRefuse")
  void proofForSomethingElseIsRefused(String claim, Object value) {
    assertThat(verify(claims -> claims.put(claim, value))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("claimsThatMustBeThere")
  void proofThatLacksAClaimIsRefused(String claim) {
    assertThat(verify(claims -> claims.remove(claim))).isEmpty();
  }

  static Stream<String> claimsThatMustBeThere() {
    return Stream.of("htm", "htu", "jti", "iat", "ath");
  }

  @Test
  void headerIsOfOneForm() throws Exception {
    Map<String, Object> publicOnly = header();
    assertThat(verify(sign(publicOnly, claims()))).isPresent();
    publicOnly.put("kid", "any");
    assertThat(verify(sign(publicOnly, claims()))).isPresent();

    List<Consumer<Map<String, Object>>> changes =
        List.of(
            h -> h.put("typ", "JWT"),
            h -> h.put("typ", "at+jwt"),
            h -> h.remove("typ"),
            h -> h.put("alg", "none"),
            h -> h.put("alg", "HS256"),
            h -> h.put("alg", "ES384"),
            h -> h.put("jwk", key.toJSONObject()),
            h -> h.put("jwk", Map.of("kty", "oct", "k", "AAAA")),
            h -> h.put("jwk", "none"),
            h -> h.remove("jwk"),
            h -> h.put("jku", "https://evil.example/jwks"),
            h -> h.put("x5u", "https://evil.example/c"),
            h -> h.put("crit", List.of("x")),
            h -> h.put("b64", "false"));
    for (int i = 0; i < changes.size(); i++) {
      Map<String, Object> header = header();
      changes.get(i).accept(header);
      assertThat(verify(sign(header, claims()))).as("change %d", i).isEmpty();
    }
    Map<String, Object> foreign = header();
    foreign.put("jwk", new ECKeyGenerator(Curve.P_256).generate().toPublicJWK().toJSONObject());
    assertThat(verify(sign(foreign, claims()))).as("signed by another key").isEmpty();
    assertThat(verify("nonsense")).isEmpty();
    assertThat(verify("x".repeat(DpopProof.MAX_LENGTH + 1))).isEmpty();
  }

  private static Reason refused(DpopGate.Result result) {
    return switch (result) {
      case DpopGate.Result.Proven proven -> throw new AssertionError(proven);
      case DpopGate.Result.Refused(Reason reason) -> reason;
    };
  }

  private DpopGate.Result check(DpopGate gate, String... proofs) throws Exception {
    return gate.check(
        List.of(proofs),
        "POST",
        URL,
        Optional.of(TOKEN),
        Optional.of(key.computeThumbprint().toString()),
        NOW);
  }

  @Test
  void gateWantsOneProofOfTheRightKeyWithTheNonceAndOnlyOnce() throws Exception {
    var gate = new DpopGate(verifier, Optional.of(nonces), new SeenProofs(2, 3));
    String good = sign(header(), claims());
    Map<String, Object> old = claims();
    old.put("nonce", nonces.current(NOW.minus(Duration.ofMinutes(6))));
    Map<String, Object> without = claims();
    without.remove("nonce");

    assertThat(refused(check(gate))).isEqualTo(Reason.DPOP_PROOF_MISSING);
    assertThat(refused(check(gate, good, good))).isEqualTo(Reason.DPOP_PROOF_REFUSED);
    assertThat(refused(check(gate, sign(header(), old)))).isEqualTo(Reason.DPOP_NONCE_NEEDED);
    assertThat(refused(check(gate, sign(header(), without)))).isEqualTo(Reason.DPOP_NONCE_NEEDED);
    assertThat(
            refused(
                gate.check(
                    List.of(good),
                    "POST",
                    URL,
                    Optional.of(TOKEN),
                    Optional.of("A".repeat(43)),
                    NOW)))
        .isEqualTo(Reason.DPOP_PROOF_REFUSED);
    assertThat(check(gate, good)).isInstanceOf(DpopGate.Result.Proven.class);
    assertThat(refused(check(gate, good))).isEqualTo(Reason.DPOP_PROOF_REPLAYED);
  }

  @Test
  void nonceIsGoodForTwoAndAHalfToFiveMinutes() {
    for (int start = 0; start < 150; start += 7) {
      Instant at = NOW.plusSeconds(start);
      String nonce = nonces.current(at);
      assertThat(nonces.accepts(nonce, at)).isTrue();
      assertThat(nonces.accepts(nonce, at.plusSeconds(150))).isTrue();
      assertThat(nonces.accepts(nonce, at.plusSeconds(300))).isFalse();
    }
    assertThat(
            new DpopNonces("another key".getBytes(StandardCharsets.US_ASCII))
                .accepts(nonces.current(NOW), NOW))
        .isFalse();
  }

  private static DpopProof proof(String key, String id) {
    return new DpopProof(key, id, Optional.empty(), NOW);
  }

  @Test
  void usedProofsAreRememberedForLongerThanTheyCouldBeUsed() {
    var seen = new SeenProofs(100, 100);
    assertThat(seen.use(proof("k", "1"), NOW)).isEqualTo(SeenProofs.Answer.FRESH);
    for (int second = 0; second <= 122; second += 2) {
      assertThat(seen.use(proof("k", "1"), NOW.plusSeconds(second)))
          .as("after %d s", second)
          .isEqualTo(SeenProofs.Answer.USED);
      seen.use(proof("other", "x" + second), NOW.plusSeconds(second));
    }
    assertThat(seen.use(proof("k2", "1"), NOW)).isEqualTo(SeenProofs.Answer.FRESH);
    assertThat(seen.use(proof("k", "1"), NOW.plus(Duration.ofMinutes(10))))
        .isEqualTo(SeenProofs.Answer.FRESH);
  }

  @Test
  void memoryIsBoundedForEachKeyAndInAllAndThenNothingPasses() {
    var seen = new SeenProofs(2, 3);
    assertThat(seen.use(proof("a", "1"), NOW)).isEqualTo(SeenProofs.Answer.FRESH);
    assertThat(seen.use(proof("a", "2"), NOW)).isEqualTo(SeenProofs.Answer.FRESH);
    assertThat(seen.use(proof("a", "3"), NOW)).isEqualTo(SeenProofs.Answer.FULL);
    assertThat(seen.use(proof("b", "1"), NOW)).isEqualTo(SeenProofs.Answer.FRESH);
    assertThat(seen.use(proof("c", "1"), NOW)).isEqualTo(SeenProofs.Answer.FULL);
    assertThat(seen.use(proof("a", "1"), NOW)).isEqualTo(SeenProofs.Answer.USED);
    assertThat(seen.use(proof("c", "1"), NOW.plus(Duration.ofMinutes(5))))
        .isEqualTo(SeenProofs.Answer.FRESH);
  }
}
