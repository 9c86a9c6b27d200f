package dev.doorward.auth.token;

import dev.doorward.common.identity.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Seals the answer to a refresh so that only the refresh token that was spent opens it again
 * (AES-256-GCM, key = HMAC-SHA256 of the token). The store holds only the token's SHA-256, so the
 * store alone opens nothing. Refreshes that race seal an answer each, hence the random nonce.
 */
final class ReplaySeal {
  private static final JsonMapper MAPPER = JsonMapper.shared();
  private static final byte[] LABEL = "doorward refresh replay".getBytes(StandardCharsets.US_ASCII);

  /** Bytes of a nonce. */
  static final int NONCE_BYTES = 12;

  private static final int TAG_BITS = 128;

  private ReplaySeal() {}

  /** The sealed answer, behind its nonce of 12 random bytes. */
  static byte[] seal(Secret token, byte[] nonce, Map<String, Object> body) {
    try {
      byte[] sealed =
          cipher(Cipher.ENCRYPT_MODE, token, nonce).doFinal(MAPPER.writeValueAsBytes(body));
      byte[] all = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
      System.arraycopy(sealed, 0, all, NONCE_BYTES, sealed.length);
      return all;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES-GCM", e);
    }
  }

  /** The answer again, or empty where it was not sealed with this token. */
  static Optional<Map<String, Object>> open(Secret token, byte[] sealed) {
    try {
      byte[] nonce = Arrays.copyOf(sealed, NONCE_BYTES);
      byte[] text =
          cipher(Cipher.DECRYPT_MODE, token, nonce)
              .doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
      return Optional.of(MAPPER.readValue(text, new TypeReference<Map<String, Object>>() {}));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  private static Cipher cipher(int mode, Secret token, byte[] nonce)
      throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(token.reveal().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        mode, new SecretKeySpec(mac.doFinal(LABEL), "AES"), new GCMParameterSpec(TAG_BITS, nonce));
    return cipher;
  }
}
