package dev.doorward.auth.enrol;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network that an invite is for, in CIDR notation (RFC 4632, RFC 4291 section 2.3), e.g. {@code
 * 203.0.113.0/24}; an address alone is a network of one. Pure.
 */
public final class SourceNetwork {
  private static final Pattern FORM = Pattern.compile("([0-9A-Fa-f.:]{2,45})(?:/([0-9]{1,3}))?");

  private final byte[] base;
  private final int bits;
  private final String text;

  private SourceNetwork(byte[] base, int bits, String text) {
    this.base = base;
    this.bits = bits;
    this.text = text;
  }

  /** The network that {@code text} writes, or empty where it writes none, or one with host bits. */
  public static Optional<SourceNetwork> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    try {
      byte[] base = InetAddress.ofLiteral(form.group(1)).getAddress();
      int most = base.length * Byte.SIZE;
      int bits = form.group(2) == null ? most : Integer.parseInt(form.group(2));
      return bits <= most && Arrays.equals(base, masked(base, bits))
          ? Optional.of(new SourceNetwork(base, bits, text))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static byte[] masked(byte[] address, int bits) {
    byte[] masked = address.clone();
    for (int i = 0; i < masked.length; i++) {
      int left = Math.clamp(bits - (long) i * Byte.SIZE, 0, Byte.SIZE);
      masked[i] &= (byte) (0xff00 >> left);
    }
    return masked;
  }

  /** Whether {@code address} is in this network; one of the other family is not. */
  public boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == base.length && Arrays.equals(base, masked(bytes, bits));
  }

  @Override
  public String toString() {
    return text;
  }
}
