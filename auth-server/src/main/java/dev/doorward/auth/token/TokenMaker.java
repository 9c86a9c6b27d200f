package dev.doorward.auth.token;

import dev.doorward.auth.engine.AuthSettings;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.store.ClientRow;
import dev.doorward.auth.store.GrantStore.Grant;
import dev.doorward.auth.store.Mint;
import dev.doorward.auth.store.PersonRow;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Makes the tokens of a grant: a JWT (RFC 9068) for the service, and what renews it. */
final class TokenMaker {
  private final Ground ground;
  private final TokenSigner signer;

  /**
   * New tokens, not stored yet.
   *
   * @param refreshEnds when the refresh token ends unused
   */
  record Made(Map<String, Object> body, Optional<Mint.Minted> refresh, Instant refreshEnds) {}

  TokenMaker(Ground ground, TokenSigner signer) {
    this.ground = ground;
    this.signer = signer;
  }

  /**
   * Tokens of {@code grant}.
   *
   * @param scope of the access token, within that of the grant
   */
  Made make(Grant grant, ClientRow client, PersonRow person, String scope, Instant now) {
    AuthSettings settings = ground.settings();
    Duration life = settings.lives().accessToken();
    Optional<Mint.Minted> refresh =
        client.refreshes() ? Optional.of(ground.mint().secret("dwr_")) : Optional.empty();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("access_token", signer.sign(claims(grant, person, scope, now, life)));
    body.put("token_type", "Bearer");
    body.put("expires_in", life.toSeconds());
    refresh.ifPresent(token -> body.put("refresh_token", token.reveal()));
    body.put("scope", scope);
    Instant idle = now.plus(settings.lives().refreshIdle());
    return new Made(body, refresh, idle.isAfter(grant.endsAt()) ? grant.endsAt() : idle);
  }

  private Map<String, Object> claims(
      Grant grant, PersonRow person, String scope, Instant now, Duration life) {
    long issuedAt = now.getEpochSecond();
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", ground.settings().issuer().value());
    claims.put("sub", person.subject().value());
    claims.put("aud", grant.resource().value());
    claims.put("exp", issuedAt + life.toSeconds());
    claims.put("iat", issuedAt);
    claims.put("jti", ground.mint().id("t_"));
    claims.put("client_id", grant.client().value());
    claims.put("scope", scope);
    claims.put("gid", grant.id());
    claims.put("preferred_username", person.name());
    return claims;
  }
}
