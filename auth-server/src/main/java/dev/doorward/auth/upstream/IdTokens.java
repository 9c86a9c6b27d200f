package dev.doorward.auth.upstream;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.openid.connect.sdk.claims.AccessTokenHash;
import com.nimbusds.openid.connect.sdk.validators.AccessTokenValidator;
import com.nimbusds.openid.connect.sdk.validators.InvalidHashException;
import java.text.ParseException;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Judges ID tokens (OpenID Connect Core section 3.1.3.7): an algorithm of our own list, a key of
 * the provider's, issuer, audience, authorized party, nonce and times. Pure.
 */
final class IdTokens {
  /** Asymmetric algorithms only; Ed25519 is not among those that the library verifies. */
  static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  private static final int SKEW_SECONDS = 60;
  private static final int LONGEST = 64 * 1024;
  private static final Set<String> NEEDED = Set.of("sub", "exp", "iat", "aud");

  private IdTokens() {}

  /** What a token must be for. */
  record Expected(String issuer, String clientId, String nonce, Optional<String> accessToken) {}

  /** What a token is. */
  sealed interface Judged {
    /** Good. */
    record Good(JWTClaimsSet claims) implements Judged {}

    /** Signed with a key that is not in the set: the set may be old. */
    record KeyUnknown() implements Judged {}

    /** Worth nothing. */
    record Bad(String why) implements Judged {}
  }

  static Judged judge(String text, JWKSet keys, Expected expected, Instant now) {
    if (text.length() > LONGEST) {
      return new Judged.Bad("it is too long");
    }
    SignedJWT token;
    try {
      token = SignedJWT.parse(text);
    } catch (ParseException e) {
      return new Judged.Bad("it is no signed JWT");
    }
    JWSAlgorithm algorithm = token.getHeader().getAlgorithm();
    if (!ALGORITHMS.contains(algorithm)) {
      return new Judged.Bad("its algorithm is not on the list");
    }
    String kid = token.getHeader().getKeyID();
    if (kid != null && keys.getKeyByKeyId(kid) == null) {
      return new Judged.KeyUnknown();
    }
    try {
      JWTClaimsSet claims = processor(keys, expected, now).process(token, null);
      return party(claims, expected)
          .or(() -> hash(claims, algorithm, expected))
          .<Judged>map(Judged.Bad::new)
          .orElseGet(() -> new Judged.Good(claims));
    } catch (BadJOSEException | JOSEException e) {
      return new Judged.Bad("it was refused: " + e.getClass().getSimpleName());
    }
  }

  private static DefaultJWTProcessor<SecurityContext> processor(
      JWKSet keys, Expected expected, Instant now) {
    var exact =
        new JWTClaimsSet.Builder()
            .issuer(expected.issuer())
            .claim("nonce", expected.nonce())
            .build();
    var claims =
        new DefaultJWTClaimsVerifier<SecurityContext>(expected.clientId(), exact, NEEDED) {
          @Override
          protected Date currentTime() {
            return Date.from(now);
          }
        };
    claims.setMaxClockSkew(SKEW_SECONDS);
    var processor = new DefaultJWTProcessor<SecurityContext>();
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(ALGORITHMS, new ImmutableJWKSet<>(keys)));
    processor.setJWTClaimsSetVerifier(claims);
    return processor;
  }

  /** Rules 4 and 5: who shares an audience must be named as the one that the token was made for. */
  private static Optional<String> party(JWTClaimsSet claims, Expected expected) {
    Object party = claims.getClaim("azp");
    List<String> audience = claims.getAudience();
    boolean ours = expected.clientId().equals(party);
    if (!ours && (party != null || audience.size() > 1)) {
      return Optional.of("it was made for somebody else");
    }
    return Optional.empty();
  }

  private static Optional<String> hash(
      JWTClaimsSet claims, JWSAlgorithm algorithm, Expected expected) {
    Object hash = claims.getClaim("at_hash");
    if (hash == null || expected.accessToken().isEmpty()) {
      return Optional.empty();
    }
    try {
      AccessTokenValidator.validate(
          new BearerAccessToken(expected.accessToken().get()),
          algorithm,
          new AccessTokenHash(hash.toString()));
      return Optional.empty();
    } catch (InvalidHashException e) {
      return Optional.of("its at_hash is of another access token");
    }
  }
}
