package dev.doorward.common.token;

import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.identity.Secret;
import java.nio.charset.StandardCharsets;
import java.security.Provider;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A proof of possession of a key for one request (RFC 9449 section 4), verified but for its nonce
 * and for whether it was seen before.
 *
 * @param thumbprint of the key that signed it (RFC 7638): what tokens are bound to
 * @param id claim {@code jti}
 */
public record DpopProof(String thumbprint, String id, Optional<String> nonce, Instant issuedAt) {
  /** The signature algorithms that are taken, as metadata lists them. */
  public static final String ALGORITHM = "ES256";

  /** Longest proof that is looked at, in characters. */
  public static final int MAX_LENGTH = 4 * 1024;

  /** How far the time in a proof may be off, either way. */
  public static final Duration WINDOW = Duration.ofSeconds(60);

  private static final long LAST_SECOND = 253_402_300_799L;
  private static final Set<String> HEADER = Set.of("typ", "alg", "jwk", "kid");
  private static final Pattern ID = Pattern.compile("[!-~]{1,256}");
  private static final Pattern THUMBPRINT = Pattern.compile("[A-Za-z0-9_-]{43}");

  /** Whether {@code text} has the form of a thumbprint. */
  public static boolean isThumbprint(String text) {
    return THUMBPRINT.matcher(text).matches();
  }

  /** Verifies proofs with one provider's elliptic curves; pure, throws nothing, any thread. */
  public static final class Verifier {
    private final Es256 es256;

    /** On the platform's own curves, or those of {@code provider}. */
    public Verifier(@Nullable Provider provider) {
      this.es256 = new Es256(provider);
    }

    /**
     * The proof, where it is one for this request; costs an EC verification.
     *
     * @param url of the request, canonical, without query
     * @param token the access token beside it; empty at the token endpoint
     */
    public Optional<DpopProof> verify(
        String text, String method, Resource url, Optional<String> token, Instant now) {
      CompactJws jws = CompactJws.read(text, MAX_LENGTH);
      if (jws == null
          || !HEADER.containsAll(jws.header().keySet())
          || !"dpop+jwt".equals(jws.header().get("typ"))
          || !ALGORITHM.equals(jws.header().get("alg"))
          || !(jws.header().get("jwk") instanceof Map<?, ?> jwk)) {
        return Optional.empty();
      }
      ECPublicKey key = PublicJwk.p256(jwk);
      if (key == null || !es256.verifies(es256.own(key), jws.signingInput(), jws.signature())) {
        return Optional.empty();
      }
      Map<String, Object> claims = StrictJson.object(jws.payload());
      return claims == null ? Optional.empty() : read(claims, key, method, url, token, now);
    }

    private static Optional<DpopProof> read(
        Map<String, Object> claims,
        ECPublicKey key,
        String method,
        Resource url,
        Optional<String> token,
        Instant now) {
      if (!method.equals(claims.get("htm"))
          || !(claims.get("htu") instanceof String htu && isAt(htu, url))
          || !(claims.get("jti") instanceof String id && ID.matcher(id).matches())
          || !(claims.get("iat") instanceof Long iat && iat >= 0 && iat <= LAST_SECOND)
          || !(token.isEmpty() || isOver(token.get(), claims.get("ath")))
          || (claims.containsKey("nonce") && !(claims.get("nonce") instanceof String))) {
        return Optional.empty();
      }
      Instant at = Instant.ofEpochSecond(iat);
      boolean timely =
          !at.isBefore(now.minus(WINDOW).minusSeconds(1)) && !at.isAfter(now.plus(WINDOW));
      return timely
          ? Optional.of(
              new DpopProof(
                  PublicJwk.thumbprint(key),
                  id,
                  claims.get("nonce") instanceof String nonce
                      ? Optional.of(nonce)
                      : Optional.empty(),
                  at))
          : Optional.empty();
    }

    /** Compared without query and fragment, in canonical form (RFC 9449 section 4.3). */
    private static boolean isAt(String htu, Resource url) {
      int end = 0;
      while (end < htu.length() && htu.charAt(end) != '?' && htu.charAt(end) != '#') {
        end++;
      }
      return Resource.parse(htu.substring(0, end)).filter(url::equals).isPresent();
    }

    private static boolean isOver(String token, @Nullable Object ath) {
      byte[] hash = Fingerprint.of(token.getBytes(StandardCharsets.US_ASCII)).bytes();
      return ath instanceof String text
          && new Secret(Base64.getUrlEncoder().withoutPadding().encodeToString(hash)).matches(text);
    }
  }
}
