package dev.doorward.common.token;

import dev.doorward.common.identity.Issuer;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The issuer's public signing keys, signed by the internal CA that an agent learned from its
 * invite: an edge that only relays cannot slip in keys of its own. As text a compact JWS (ES256)
 * with {@code typ} {@value #TYPE} and the payload {@code iss iat exp seq keys}.
 *
 * @param seq grows by one with every statement; an agent never goes back to a lower one
 */
public record KeyStatement(
    Issuer issuer, Instant issuedAt, Instant expiresAt, long seq, VerificationKeys keys) {
  /** The {@code typ} of the JWS header. */
  public static final String TYPE = "doorward-keys+jwt";

  /** Longest statement that is looked at, in characters. */
  public static final int MAX_LENGTH = 64 * 1024;

  /** Most keys in a statement. */
  public static final int MAX_KEYS = 16;

  private static final long LAST_SECOND = 253_402_300_799L;
  private static final Set<String> HEADER = Set.of("alg", "typ");
  private static final Es256 ES256 = new Es256(null);

  /** Whether an agent that has accepted {@code seenSeq} may take this one, the same included. */
  public boolean mayFollow(long seenSeq) {
    return seq >= seenSeq;
  }

  /**
   * Checks a statement against the root that was pinned; pure, throws nothing. Who keeps state asks
   * {@link #mayFollow} too.
   *
   * @param root the internal CA's public key
   * @param expected the issuer known so far, empty at enrolment
   */
  public static Outcome<KeyStatement> verify(
      String jws, ECPublicKey root, Optional<Issuer> expected, Instant now) {
    CompactJws parts = CompactJws.read(jws, MAX_LENGTH);
    if (parts == null
        || !parts.header().keySet().equals(HEADER)
        || !"ES256".equals(parts.header().get("alg"))
        || !TYPE.equals(parts.header().get("typ"))) {
      return refused("it is not of the form of a key statement");
    }
    if (!ES256.verifies(root, parts.signingInput(), parts.signature())) {
      return refused("it is not signed by the edge's internal CA that this agent was invited to");
    }
    KeyStatement statement = read(parts.payload());
    if (statement == null) {
      return refused("its content is not of the form of a key statement");
    }
    if (expected.isPresent() && !expected.get().equals(statement.issuer())) {
      return refused("it is about another issuer than the one this agent was enrolled for");
    }
    if (statement.issuedAt().isAfter(now.plus(TokenVerifier.SKEW))) {
      return refused("it comes from the future; set the clock of this machine or of the edge");
    }
    if (!statement.expiresAt().isAfter(now.minus(TokenVerifier.SKEW))) {
      return refused("it has expired; if the edge is up to date, set the clock of this machine");
    }
    return Outcome.ok(statement);
  }

  private static @Nullable KeyStatement read(byte[] payload) {
    Map<String, Object> claims = StrictJson.object(payload);
    if (claims == null
        || !(claims.get("iss") instanceof String iss)
        || !(claims.get("iat") instanceof Long iat && isTime(iat))
        || !(claims.get("exp") instanceof Long exp && isTime(exp) && exp > iat)
        || !(claims.get("seq") instanceof Long seq && seq >= 0)
        || !(claims.get("keys") instanceof List<?> list)
        || list.isEmpty()
        || list.size() > MAX_KEYS) {
      return null;
    }
    Issuer issuer = Issuer.parse(iss).filter(i -> i.value().equals(iss)).orElse(null);
    Map<String, ECPublicKey> keys = new HashMap<>();
    for (Object jwk : list) {
      ECPublicKey key = jwk instanceof Map<?, ?> members ? PublicJwk.p256(members) : null;
      if (key == null
          || !(((Map<?, ?>) jwk).get("kid") instanceof String kid)
          || kid.isEmpty()
          || keys.put(kid, key) != null) {
        return null;
      }
    }
    return issuer == null
        ? null
        : new KeyStatement(
            issuer,
            Instant.ofEpochSecond(iat),
            Instant.ofEpochSecond(exp),
            seq,
            new VerificationKeys(issuer, keys));
  }

  private static boolean isTime(long seconds) {
    return seconds >= 0 && seconds <= LAST_SECOND;
  }

  private static Outcome<KeyStatement> refused(String why) {
    return Outcome.failed(
        Reason.KEY_STATEMENT_REFUSED,
        "The statement of the issuer's keys is refused: " + why + ".");
  }
}
