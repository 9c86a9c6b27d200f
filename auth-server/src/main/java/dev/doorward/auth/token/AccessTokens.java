package dev.doorward.auth.token;

import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.token.AccessToken;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes access tokens: JWTs as RFC 9068 has them, signed by the issuer's current key. */
public final class AccessTokens {
  private final Ground ground;
  private final TokenSigner signer;

  /** A token as text and as what a verifier reads in it. */
  public record Made(String jwt, AccessToken token) {}

  /** Signs with {@code signer}. */
  public AccessTokens(Ground ground, TokenSigner signer) {
    this.ground = ground;
    this.signer = signer;
  }

  /**
   * A token from now on.
   *
   * @param grant what a revocation of it names
   * @param ends when it ends; cut to the second
   * @param boundTo thumbprint of the key that callers must prove (RFC 9449), where it is bound
   */
  public Made make(
      String grant,
      PersonRow person,
      ClientId client,
      Resource resource,
      String scope,
      Instant ends,
      Optional<String> boundTo) {
    Instant now = ground.clock().instant().truncatedTo(ChronoUnit.SECONDS);
    var token =
        new AccessToken(
            ground.settings().issuer(),
            person.subject(),
            person.name(),
            client,
            resource,
            Set.copyOf(List.of(scope.split(" "))),
            grant,
            ground.mint().id("t_"),
            now,
            ends.truncatedTo(ChronoUnit.SECONDS),
            boundTo);
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", token.issuer().value());
    claims.put("sub", token.subject().value());
    claims.put("aud", resource.value());
    claims.put("exp", token.expiresAt().getEpochSecond());
    claims.put("iat", now.getEpochSecond());
    claims.put("jti", token.id());
    claims.put("client_id", client.value());
    claims.put("scope", scope);
    claims.put("gid", grant);
    claims.put("preferred_username", person.name());
    boundTo.ifPresent(key -> claims.put("cnf", Map.of("jkt", key)));
    return new Made(signer.sign(claims), token);
  }
}
