package dev.doorward.auth.login;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Time-based codes (RFC 6238) as every authenticator app makes them: HMAC-SHA-1, 30 seconds, 6
 * digits. Pure.
 */
public final class Totp {
  /** Bytes of a shared secret (RFC 4226 section 4). */
  public static final int SECRET = 20;

  private static final int STEP_SECONDS = 30;
  private static final int AROUND = 1;

  private Totp() {}

  /**
   * The time step that {@code code} is for: this one, the one before or the one after, and later
   * than {@code lastStep}.
   */
  public static Optional<Long> step(byte[] secret, String code, Instant now, long lastStep) {
    long current = Math.floorDiv(now.getEpochSecond(), STEP_SECONDS);
    Optional<Long> found = Optional.empty();
    for (long step = current - AROUND; step <= current + AROUND; step++) {
      boolean same =
          MessageDigest.isEqual(
              code(secret, step).getBytes(StandardCharsets.US_ASCII),
              code.getBytes(StandardCharsets.UTF_8));
      if (same && step > lastStep) {
        found = Optional.of(step);
      }
    }
    return found;
  }

  /** The code of a time step. */
  static String code(byte[] secret, long step) {
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(secret, "HmacSHA1"));
      byte[] hash = mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
      int offset = hash[hash.length - 1] & 0xf;
      int number = ByteBuffer.wrap(hash).getInt(offset) & 0x7fff_ffff;
      return String.format(java.util.Locale.ROOT, "%06d", number % 1_000_000);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA1", e);
    }
  }
}
