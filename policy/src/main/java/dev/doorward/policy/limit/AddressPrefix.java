package dev.doorward.policy.limit;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * What counts as one caller who is not known: an IPv4 address, or the /56 of an IPv6 address, which
 * is what a household gets. An IPv4 address in IPv6 clothes is the IPv4 address.
 *
 * @param bits the address, or its first 56 bits
 */
public record AddressPrefix(boolean v6, long bits) {

  /** The prefix of {@code address}. */
  public static AddressPrefix of(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (address instanceof Inet6Address && bytes.length == 16) {
      return new AddressPrefix(true, ByteBuffer.wrap(bytes).getLong() & ~0xffL);
    }
    return new AddressPrefix(false, ByteBuffer.wrap(bytes).getInt() & 0xffff_ffffL);
  }
}
