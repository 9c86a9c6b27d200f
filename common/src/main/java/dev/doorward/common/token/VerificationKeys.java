package dev.doorward.common.token;

import dev.doorward.common.identity.Issuer;
import java.security.interfaces.ECPublicKey;
import java.util.Map;
import java.util.Optional;

/**
 * The issuer's public signing keys (P-256, ES256) by {@code kid}: an immutable snapshot. A token
 * that names another key is refused.
 */
public record VerificationKeys(Issuer issuer, Map<String, ECPublicKey> byId) {
  /** Copies the map. */
  public VerificationKeys {
    byId = Map.copyOf(byId);
  }

  /** The key that {@code kid} names. */
  public Optional<ECPublicKey> find(String kid) {
    return Optional.ofNullable(byId.get(kid));
  }
}
