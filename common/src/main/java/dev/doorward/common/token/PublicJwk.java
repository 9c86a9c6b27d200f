package dev.doorward.common.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.util.Base64URL;
import java.security.interfaces.ECPublicKey;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Public keys on P-256 as JWKs (RFC 7518 section 6.2.1), read strictly. */
final class PublicJwk {
  private PublicJwk() {}

  /** The key, or null where it is another kind of key, off the curve, or a private one. */
  static @Nullable ECPublicKey p256(Map<?, ?> jwk) {
    if (!"EC".equals(jwk.get("kty"))
        || !"P-256".equals(jwk.get("crv"))
        || jwk.containsKey("d")
        || !(jwk.get("x") instanceof String x && isCoordinate(x))
        || !(jwk.get("y") instanceof String y && isCoordinate(y))) {
      return null;
    }
    try {
      // The constructor refuses points that are not on the curve.
      return new ECKey.Builder(Curve.P_256, new Base64URL(x), new Base64URL(y))
          .build()
          .toECPublicKey();
    } catch (JOSEException | IllegalStateException | IllegalArgumentException e) {
      return null;
    }
  }

  /** The SHA-256 thumbprint of a key (RFC 7638). */
  static String thumbprint(ECPublicKey key) {
    try {
      return new ECKey.Builder(Curve.P_256, key).build().computeThumbprint().toString();
    } catch (JOSEException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static boolean isCoordinate(String text) {
    byte[] bytes = CompactJws.canonical(text);
    return bytes != null && bytes.length == 32;
  }
}
