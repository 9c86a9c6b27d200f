package dev.doorward.common.token;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Nonces that proofs must carry (RFC 9449 section 8): nobody can make a proof before this process
 * has begun, nor for much later. A nonce is a MAC over its period, so none is stored; it is good
 * for 2.5 to 5 minutes. Safe on any thread.
 */
public final class DpopNonces {
  private static final long PERIOD = Duration.ofMinutes(2).plusSeconds(30).toMillis();
  private static final int LENGTH = 16;

  private final SecretKeySpec key;

  /** {@code key}: 32 random bytes that no earlier process had. */
  public DpopNonces(byte[] key) {
    this.key = new SecretKeySpec(key, "HmacSHA256");
  }

  /** The nonce of this moment. */
  public String current(Instant now) {
    return of(now.toEpochMilli() / PERIOD);
  }

  /** Whether {@code nonce} is that of this moment or of the period before. */
  public boolean accepts(String nonce, Instant now) {
    long period = now.toEpochMilli() / PERIOD;
    return nonce.equals(of(period)) || nonce.equals(of(period - 1));
  }

  private String of(long period) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      byte[] all = mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(period).array());
      return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(all, LENGTH));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }
}
