package dev.doorward.edge.call;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 of a token: what caches know it by, so that none of them holds a token. */
record TokenHash(long a, long b, long c, long d) {
  private static final ThreadLocal<MessageDigest> SHA256 =
      ThreadLocal.withInitial(TokenHash::digest);

  static TokenHash of(String token) {
    ByteBuffer hash =
        ByteBuffer.wrap(SHA256.get().digest(token.getBytes(StandardCharsets.ISO_8859_1)));
    return new TokenHash(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public int hashCode() {
    return (int) a;
  }
}
