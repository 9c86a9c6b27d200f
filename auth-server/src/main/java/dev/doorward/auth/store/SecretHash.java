package dev.doorward.auth.store;

import dev.doorward.common.identity.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * SHA-256 of a random secret: all that is ever stored of one. Unsalted, since what is hashed has at
 * least 256 random bits; never use it for anything that a person chose.
 */
public final class SecretHash {
  private final byte[] bytes;

  private SecretHash(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The hash of a secret as somebody presented it, whatever it is. */
  public static SecretHash of(String secret) {
    return new SecretHash(Fingerprint.of(secret.getBytes(StandardCharsets.UTF_8)).bytes());
  }

  /** The hash as it was stored. */
  public static SecretHash stored(byte[] bytes) {
    return new SecretHash(bytes.clone());
  }

  /** A copy of the 32 bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Compares in constant time. */
  @Override
  public boolean equals(Object other) {
    return other instanceof SecretHash hash && MessageDigest.isEqual(bytes, hash.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "SecretHash";
  }
}
