package dev.doorward.common.token;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JWS in compact serialization (RFC 7515 section 7.1), taken apart but not yet verified. Only the
 * canonical text is accepted: no padding, no stray bits, so one signed content has one text.
 *
 * @param signingInput what the signature is over
 * @param signature exactly 64 bytes, R then S (RFC 7518 section 3.4)
 */
record CompactJws(
    Map<String, Object> header, byte[] payload, byte[] signingInput, byte[] signature) {
  private static final int SIGNATURE_LENGTH = 64;

  /** The parts, or null where {@code text} is no canonical ES256 JWS of at most that length. */
  static @Nullable CompactJws read(String text, int maxLength) {
    if (text.length() > maxLength) {
      return null;
    }
    int first = text.indexOf('.');
    int second = text.indexOf('.', first + 1);
    if (first <= 0 || second <= first + 1 || text.indexOf('.', second + 1) >= 0) {
      return null;
    }
    byte[] signature = canonical(text.substring(second + 1));
    if (signature == null || signature.length != SIGNATURE_LENGTH) {
      return null;
    }
    byte[] headerBytes = canonical(text.substring(0, first));
    byte[] payload = canonical(text.substring(first + 1, second));
    if (headerBytes == null || payload == null) {
      return null;
    }
    Map<String, Object> header = StrictJson.object(headerBytes);
    if (header == null) {
      return null;
    }
    byte[] signed = text.substring(0, second).getBytes(StandardCharsets.US_ASCII);
    return new CompactJws(header, payload, signed, signature);
  }

  /** The bytes that {@code text} encodes, or null unless it is their one base64url form. */
  static byte @Nullable [] canonical(String text) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      String again = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
      return again.equals(text) ? bytes : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
