package dev.doorward.edge.cert;

import dev.doorward.config.edge.AcmeDnsConfig.Algorithm;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs DNS messages with a shared key and checks the signatures of the answers (RFC 8945).
 *
 * @param keyName as the name server knows it
 */
record Tsig(String keyName, byte[] key, Algorithm algorithm) {
  private static final int FUDGE_SECONDS = 300;

  private String algorithmName() {
    return switch (algorithm) {
      case HMAC_SHA256 -> "hmac-sha256";
      case HMAC_SHA384 -> "hmac-sha384";
      case HMAC_SHA512 -> "hmac-sha512";
    };
  }

  private byte[] mac(byte[]... parts) {
    String name =
        switch (algorithm) {
          case HMAC_SHA256 -> "HmacSHA256";
          case HMAC_SHA384 -> "HmacSHA384";
          case HMAC_SHA512 -> "HmacSHA512";
        };
    try {
      Mac mac = Mac.getInstance(name);
      mac.init(new SecretKeySpec(key, name));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + name, e);
    }
  }

  private byte[] variables(long time, int fudge, int error, byte[] other) {
    return new DnsMessage()
        .name(keyName)
        .u16(DnsMessage.ANY)
        .u32(0)
        .name(algorithmName())
        .u48(time)
        .u16(fudge)
        .u16(error)
        .u16(other.length)
        .raw(other)
        .toBytes();
  }

  /** A message with its signature, and the signature for the check of the answer. */
  record Signed(byte[] message, byte[] mac) {}

  /** Adds the signature to a message whose last section is empty. */
  Signed sign(byte[] message, Instant now) {
    long time = now.getEpochSecond();
    byte[] mac = mac(message, variables(time, FUDGE_SECONDS, 0, new byte[0]));
    int id = ByteBuffer.wrap(message).getShort(0);
    byte[] data =
        new DnsMessage()
            .name(algorithmName())
            .u48(time)
            .u16(FUDGE_SECONDS)
            .u16(mac.length)
            .raw(mac)
            .u16(id)
            .u16(0)
            .u16(0)
            .toBytes();
    byte[] signed =
        new DnsMessage()
            .raw(message)
            .name(keyName)
            .u16(DnsMessage.TSIG)
            .u16(DnsMessage.ANY)
            .u32(0)
            .u16(data.length)
            .raw(data)
            .toBytes();
    ByteBuffer.wrap(signed).putShort(10, (short) 1);
    return new Signed(signed, mac);
  }

  /**
   * Whether {@code answer} carries, as its one additional record at the end, a signature of this
   * key over itself and {@code requestMac}, made about now.
   *
   * @param at where that record starts
   */
  boolean holds(byte[] answer, int at, byte[] requestMac, Instant now) {
    byte[] head =
        new DnsMessage().name(keyName).u16(DnsMessage.TSIG).u16(DnsMessage.ANY).u32(0).toBytes();
    byte[] algorithmName = new DnsMessage().name(algorithmName()).toBytes();
    ByteBuffer in = ByteBuffer.wrap(answer, at, answer.length - at);
    if (!skip(in, head) || in.remaining() < 2 || in.getShort() != in.remaining()) {
      return false;
    }
    if (!skip(in, algorithmName) || in.remaining() < 10) {
      return false;
    }
    long time = ((in.getShort() & 0xffffL) << 32) | (in.getInt() & 0xffffffffL);
    int fudge = in.getShort() & 0xffff;
    int length = in.getShort() & 0xffff;
    if (in.remaining() < length + 6) {
      return false;
    }
    byte[] mac = new byte[length];
    in.get(mac);
    boolean sameId = in.getShort() == ByteBuffer.wrap(answer).getShort(0);
    int error = in.getShort() & 0xffff;
    byte[] other = new byte[in.getShort() & 0xffff];
    if (in.remaining() != other.length) {
      return false;
    }
    in.get(other);
    byte[] unsigned = Arrays.copyOf(answer, at);
    ByteBuffer.wrap(unsigned).putShort(10, (short) 0);
    byte[] length2 = new DnsMessage().u16(requestMac.length).toBytes();
    byte[] expected = mac(length2, requestMac, unsigned, variables(time, fudge, error, other));
    return sameId
        && error == 0
        && Math.abs(time - now.getEpochSecond()) <= Math.min(fudge, FUDGE_SECONDS)
        && MessageDigest.isEqual(expected, mac);
  }

  private static boolean skip(ByteBuffer in, byte[] expected) {
    if (in.remaining() < expected.length) {
      return false;
    }
    byte[] found = new byte[expected.length];
    in.get(found);
    return Arrays.equals(found, expected);
  }

  @Override
  public String toString() {
    return "Tsig[" + keyName + "]";
  }
}
