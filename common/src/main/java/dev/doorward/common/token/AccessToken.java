package dev.doorward.common.token;

import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.identity.Subject;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * The claims of a JWT access token (RFC 9068) that was verified.
 *
 * @param person the person's sign-in name, for identity headers and logs; claim {@code
 *     preferred_username}
 * @param grant identifier of the grant that the token comes from, claim {@code gid}: what a
 *     revocation names
 * @param id claim {@code jti}
 * @param boundTo thumbprint of the key whose possession the caller must prove (RFC 9449 section 6),
 *     claim {@code cnf.jkt}; empty for a bearer token
 */
public record AccessToken(
    Issuer issuer,
    Subject subject,
    String person,
    ClientId client,
    Resource audience,
    Set<String> scopes,
    String grant,
    String id,
    Instant issuedAt,
    Instant expiresAt,
    Optional<String> boundTo) {

  /** Copies the scopes. */
  public AccessToken {
    scopes = Set.copyOf(scopes);
  }
}
