package dev.doorward.auth.engine;

import dev.doorward.common.identity.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * An identifier and a secret that came by HTTP Basic. Both are form-encoded before they are joined
 * (RFC 6749 section 2.3.1), which some clients do to every character that is no letter or digit.
 */
public record BasicCredentials(String id, Secret secret) {
  /** What the value of an Authorization header says; empty where it is none of this kind. */
  public static Optional<BasicCredentials> read(String header) {
    if (!header.regionMatches(true, 0, "Basic ", 0, 6)) {
      return Optional.empty();
    }
    String pair;
    try {
      byte[] decoded = Base64.getDecoder().decode(header.substring(6).strip());
      pair = new String(decoded, StandardCharsets.ISO_8859_1);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    int colon = pair.indexOf(':');
    if (colon < 0 || pair.indexOf('&') >= 0 || pair.indexOf('=') >= 0) {
      return Optional.empty();
    }
    return Parameters.parse(
            "id=" + pair.substring(0, colon) + "&secret=" + pair.substring(colon + 1))
        .flatMap(parts ->
            parts
                .one("id")
                .map(id -> new BasicCredentials(id, new Secret(parts.one("secret").orElse("")))));
  }
}
