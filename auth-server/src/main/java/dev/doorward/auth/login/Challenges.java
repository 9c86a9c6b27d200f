package dev.doorward.auth.login;

import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.page.Browser;
import dev.doorward.auth.store.PasskeyStore;
import dev.doorward.auth.store.Sealer;
import dev.doorward.auth.store.SecretHash;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/**
 * What authenticators sign: good once, for five minutes, in one browser and for one purpose.
 * Nothing is stored until one is answered, so that asking for them costs no room: 16 random bytes,
 * the time, and 16 bytes of a keyed hash that binds them.
 */
public final class Challenges {
  private static final Duration LIFE = Duration.ofMinutes(5);
  private static final int RANDOM = 16;
  private static final int TIME = Long.BYTES;
  private static final int MAC = 16;

  private final Ground ground;
  private final Sealer sealer;

  /** Challenges that {@code sealer} keys. */
  public Challenges(Ground ground, Sealer sealer) {
    this.ground = ground;
    this.sealer = sealer;
  }

  /** A new challenge as base64url. */
  public String issue(Browser browser, String purpose) {
    ByteBuffer challenge = ByteBuffer.allocate(RANDOM + TIME + MAC);
    challenge.put(ground.mint().bytes(RANDOM)).putLong(ground.clock().instant().toEpochMilli());
    byte[] bound = challenge.array();
    challenge.put(mac(bound, browser, purpose));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bound);
  }

  /** Uses a challenge up: true once for each that was issued there for that, in time. */
  public boolean redeem(byte[] challenge, Browser browser, String purpose) {
    if (challenge.length != RANDOM + TIME + MAC) {
      return false;
    }
    byte[] mac = new byte[MAC];
    System.arraycopy(challenge, RANDOM + TIME, mac, 0, MAC);
    if (!MessageDigest.isEqual(mac, mac(challenge, browser, purpose))) {
      return false;
    }
    Instant now = ground.clock().instant();
    Instant made = Instant.ofEpochMilli(ByteBuffer.wrap(challenge).getLong(RANDOM));
    Instant ends = made.plus(LIFE);
    if (made.isAfter(now) || !ends.isAfter(now)) {
      return false;
    }
    SecretHash hash = SecretHash.of(Base64.getEncoder().encodeToString(challenge));
    return ground.transact(h -> PasskeyStore.useChallenge(h, hash, ends));
  }

  private byte[] mac(byte[] challenge, Browser browser, String purpose) {
    byte[] name = purpose.getBytes(StandardCharsets.UTF_8);
    byte[] who = browser.hash().bytes();
    ByteBuffer text = ByteBuffer.allocate(RANDOM + TIME + who.length + name.length);
    text.put(challenge, 0, RANDOM + TIME).put(who).put(name);
    byte[] mac = new byte[MAC];
    System.arraycopy(sealer.mac("challenges", text.array()), 0, mac, 0, MAC);
    return mac;
  }
}
