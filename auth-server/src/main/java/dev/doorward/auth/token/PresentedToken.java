package dev.doorward.auth.token;

import com.nimbusds.jwt.SignedJWT;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.token.AccessToken;
import dev.doorward.common.token.TokenCheck;
import dev.doorward.common.token.TokenVerifier;
import dev.doorward.common.token.VerificationKeys;
import java.text.ParseException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** Access tokens that somebody asks about without saying whom they are for. */
public final class PresentedToken {
  private final TokenVerifier verifier = new TokenVerifier();
  private final Supplier<VerificationKeys> keys;

  /** Verifies against {@code keys}. */
  public PresentedToken(Supplier<VerificationKeys> keys) {
    this.keys = keys;
  }

  /** The token, where it is one of ours and has not ended. */
  public Optional<AccessToken> verified(String token, Instant now) {
    return audience(token)
        .map(audience -> verifier.check(token, keys.get(), audience, now))
        .flatMap(check ->
            switch (check) {
              case TokenCheck.Verified(AccessToken verified) -> Optional.of(verified);
              case TokenCheck.Rejected _ -> Optional.empty();
            })
        .filter(verified -> verified.expiresAt().isAfter(now));
  }

  /** The audience that the token claims, unverified: what to verify it against. */
  private static Optional<Resource> audience(String token) {
    if (token.length() > TokenVerifier.MAX_LENGTH) {
      return Optional.empty();
    }
    try {
      return SignedJWT.parse(token).getJWTClaimsSet().getAudience().stream()
          .findFirst()
          .flatMap(Resource::parse);
    } catch (ParseException e) {
      return Optional.empty();
    }
  }
}
