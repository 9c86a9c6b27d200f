package dev.doorward.common.token;

import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.Resource;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;

/** Makes tokens, good and bad, for the tests of this package. */
final class TestTokens {
  static final Issuer ISSUER = new Issuer("https://edge.example");
  static final Resource NOTES = new Resource("https://edge.example/notes/mcp");
  static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
  static final String HEADER = "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"k1\"}";

  final KeyPair pair = newPair("secp256r1");
  final VerificationKeys keys =
      new VerificationKeys(ISSUER, Map.of("k1", (ECPublicKey) pair.getPublic()));

  static KeyPair newPair(String curve) {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The claims of a good token, issued now for 10 minutes. */
  static String claims() {
    return ("{'iss':'https://edge.example','sub':'p-1','aud':'https://edge.example/notes/mcp',"
            + "'exp':1795176600,'iat':1795176000,'jti':'t-1','client_id':'c-1','scope':'mcp',"
            + "'gid':'g-1','preferred_username':'ada'}")
        .replace('\'', '"');
  }

  String good() {
    return sign(HEADER, claims());
  }

  String sign(String header, String payload) {
    return sign(header.getBytes(StandardCharsets.UTF_8), payload.getBytes(StandardCharsets.UTF_8));
  }

  String sign(byte[] header, byte[] payload) {
    String input = base64(header) + "." + base64(payload);
    try {
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initSign(pair.getPrivate());
      signature.update(input.getBytes(StandardCharsets.US_ASCII));
      return input + "." + base64(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
