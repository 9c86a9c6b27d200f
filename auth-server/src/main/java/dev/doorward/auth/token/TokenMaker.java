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
  private final AccessTokens signed;

  /**
   * New tokens, not stored yet.
   *
   * @param refreshEnds when the refresh token ends unused
   */
  record Made(Map<String, Object> body, Optional<Mint.Minted> refresh, Instant refreshEnds) {}

  TokenMaker(Ground ground, AccessTokens signed) {
    this.ground = ground;
    this.signed = signed;
  }

  /**
   * Tokens of {@code grant}.
   *
   * @param scope of the access token, within that of the grant
   * @param key thumbprint of the key that the access token is bound to, where it is
   */
  Made make(
      Grant grant,
      ClientRow client,
      PersonRow person,
      String scope,
      Optional<String> key,
      Instant now) {
    AuthSettings settings = ground.settings();
    Duration life = settings.lives().accessToken();
    Optional<Mint.Minted> refresh =
        client.refreshes() ? Optional.of(ground.mint().secret("dwr_")) : Optional.empty();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put(
        "access_token",
        signed
            .make(grant.id(), person, grant.client(), grant.resource(), scope, now.plus(life), key)
            .jwt());
    body.put("token_type", key.isPresent() ? "DPoP" : "Bearer");
    body.put("expires_in", life.toSeconds());
    refresh.ifPresent(token -> body.put("refresh_token", token.reveal()));
    body.put("scope", scope);
    Instant idle = now.plus(settings.lives().refreshIdle());
    return new Made(body, refresh, idle.isAfter(grant.endsAt()) ? grant.endsAt() : idle);
  }
}
