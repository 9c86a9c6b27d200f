package dev.doorward.common.token;

import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.identity.Subject;
import dev.doorward.common.outcome.Reason;
import java.security.Provider;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks JWT access tokens (RFC 9068) signed with ES256, strictly (RFC 8725): one header form, one
 * text per token, known claims of known types, one audience. Pure and safe on any thread, and it
 * throws nothing whatever the input; one check costs an EC verification, so keep it off event
 * loops.
 */
public final class TokenVerifier {
  /** Longest token that is looked at, in characters. */
  public static final int MAX_LENGTH = 8 * 1024;

  /** By how much two clocks may differ: for {@code exp}, {@code nbf} and {@code iat}. */
  public static final Duration SKEW = Duration.ofSeconds(60);

  /** The last second of the year 9999; later times are refused as malformed. */
  private static final long LAST_SECOND = 253_402_300_799L;

  private static final int MAX_PERSON = 128;
  private static final Pattern IDENTIFIER = Pattern.compile("[!-~]{1,128}");
  private static final Pattern SCOPE =
      Pattern.compile("[!#-\\[\\]-~]{1,64}(?: [!#-\\[\\]-~]{1,64}){0,31}");
  private static final Set<String> HEADER = Set.of("alg", "typ", "kid");

  private final Es256 es256;

  /** The last set of keys that was asked for, converted once: nearly always the next one too. */
  private volatile @Nullable Prepared prepared;

  private record Prepared(VerificationKeys source, Map<String, PublicKey> byId) {}

  /**
   * A verifier on the platform's own elliptic curves: right, but slow; see {@link
   * #TokenVerifier(Provider)}.
   */
  public TokenVerifier() {
    this.es256 = new Es256(null);
  }

  /**
   * A verifier on the elliptic curves of {@code provider}. It must know {@code
   * SHA256withECDSAinP1363Format}; Bouncy Castle does, at several times the speed of the JDK.
   */
  public TokenVerifier(Provider provider) {
    this.es256 = new Es256(provider);
  }

  /** What {@code token} is worth at {@code audience}, at the moment {@code now}. */
  public TokenCheck check(String token, VerificationKeys keys, Resource audience, Instant now) {
    CompactJws jws = CompactJws.read(token, MAX_LENGTH);
    if (jws == null || !jws.header().keySet().equals(HEADER)) {
      return rejected(Reason.TOKEN_MALFORMED);
    }
    Map<String, Object> header = jws.header();
    if (!"ES256".equals(header.get("alg"))
        || !"at+jwt".equals(header.get("typ"))
        || !(header.get("kid") instanceof String kid)) {
      return rejected(Reason.TOKEN_MALFORMED);
    }
    PublicKey key = prepared(keys).get(kid);
    if (key == null) {
      return rejected(Reason.TOKEN_KEY_UNKNOWN);
    }
    if (!es256.verifies(key, jws.signingInput(), jws.signature())) {
      return rejected(Reason.TOKEN_SIGNATURE_INVALID);
    }
    Map<String, Object> claims = StrictJson.object(jws.payload());
    return claims == null
        ? rejected(Reason.TOKEN_MALFORMED)
        : checkClaims(claims, keys, audience, now);
  }

  @SuppressWarnings("ReferenceEquality")
  private Map<String, PublicKey> prepared(VerificationKeys keys) {
    Prepared last = prepared;
    if (last == null || last.source() != keys) {
      Map<String, PublicKey> byId = new HashMap<>();
      keys.byId().forEach((kid, key) -> byId.put(kid, es256.own(key)));
      last = new Prepared(keys, Map.copyOf(byId));
      prepared = last;
    }
    return last.byId();
  }

  private static TokenCheck checkClaims(
      Map<String, Object> claims, VerificationKeys keys, Resource audience, Instant now) {
    AccessToken token = read(claims, keys, audience);
    Instant notBefore = claims.containsKey("nbf") ? time(claims.get("nbf")) : Instant.EPOCH;
    if (token == null || notBefore == null) {
      return rejected(Reason.TOKEN_MALFORMED);
    }
    if (!keys.issuer().value().equals(claims.get("iss"))) {
      return rejected(Reason.TOKEN_ISSUER_MISMATCH);
    }
    if (!audience.value().equals(claims.get("aud"))) {
      return rejected(Reason.TOKEN_AUDIENCE_MISMATCH);
    }
    Instant latest = now.plus(SKEW);
    if (token.issuedAt().isAfter(latest) || notBefore.isAfter(latest)) {
      return rejected(Reason.TOKEN_NOT_YET_VALID);
    }
    return token.expiresAt().isAfter(now.minus(SKEW))
        ? new TokenCheck.Verified(token)
        : rejected(Reason.TOKEN_EXPIRED);
  }

  /** The token as it would be if issuer and audience were the expected ones; null if malformed. */
  private static @Nullable AccessToken read(
      Map<String, Object> claims, VerificationKeys keys, Resource audience) {
    Instant issuedAt = time(claims.get("iat"));
    Instant expiresAt = time(claims.get("exp"));
    if (!(claims.get("iss") instanceof String)
        || !(claims.get("aud") instanceof String)
        || !(claims.get("sub") instanceof String subject && Subject.isValid(subject))
        || !(claims.get("client_id") instanceof String client && ClientId.isValid(client))
        || !(claims.get("preferred_username") instanceof String person && isPerson(person))
        || !(claims.get("scope") instanceof String scope && SCOPE.matcher(scope).matches())
        || !(claims.get("gid") instanceof String grant && IDENTIFIER.matcher(grant).matches())
        || !(claims.get("jti") instanceof String id && IDENTIFIER.matcher(id).matches())
        || !(claims.getOrDefault("cnf", Map.of()) instanceof Map<?, ?> cnf
            && isConfirmation(claims, cnf))
        || issuedAt == null
        || expiresAt == null
        || !expiresAt.isAfter(issuedAt)) {
      return null;
    }
    return new AccessToken(
        keys.issuer(),
        new Subject(subject),
        person,
        new ClientId(client),
        audience,
        Set.copyOf(List.of(scope.split(" "))),
        grant,
        id,
        issuedAt,
        expiresAt,
        Optional.ofNullable((String) cnf.get("jkt")));
  }

  /** No confirmation at all, or a key's thumbprint and nothing else (RFC 9449 section 6.1). */
  private static boolean isConfirmation(Map<String, Object> claims, Map<?, ?> cnf) {
    return !claims.containsKey("cnf")
        || (cnf.size() == 1 && cnf.get("jkt") instanceof String jkt && DpopProof.isThumbprint(jkt));
  }

  private static boolean isPerson(String name) {
    return !name.isBlank()
        && name.length() <= MAX_PERSON
        && name.codePoints()
            .noneMatch(
                c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
  }

  private static @Nullable Instant time(@Nullable Object claim) {
    return claim instanceof Long seconds && seconds >= 0 && seconds <= LAST_SECOND
        ? Instant.ofEpochSecond(seconds)
        : null;
  }

  private static TokenCheck rejected(Reason reason) {
    return new TokenCheck.Rejected(reason);
  }
}
