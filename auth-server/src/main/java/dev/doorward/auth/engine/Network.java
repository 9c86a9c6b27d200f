package dev.doorward.auth.engine;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.HexFormat;

/** The network that an address stands for: all of an IPv4 address, the first 56 bits of IPv6. */
public record Network(String prefix) {
  private static final int IPV6_BYTES = 7;

  /** The network of {@code address}. */
  public static Network of(InetAddress address) {
    return address instanceof Inet4Address
        ? new Network(address.getHostAddress())
        : new Network(HexFormat.of().formatHex(address.getAddress(), 0, IPV6_BYTES) + "::/56");
  }

  @Override
  public String toString() {
    return prefix;
  }
}
