package dev.doorward.auth.fetch;

import java.net.InetAddress;
import java.util.List;

/**
 * Whether an address is unicast on the public internet: none of the blocks that the IANA registries
 * of special-purpose addresses list for IPv4 and IPv6 (RFC 6890 and what was added since), no
 * multicast, and in IPv6 only what is allocated for global unicast. Blocks that embed an IPv4
 * address (mapped, NAT64, 6to4, Teredo) are refused as a whole, whatever they embed.
 */
public final class PublicAddress {
  private static final List<Block> SPECIAL =
      List.of(
          // IANA IPv4 Special-Purpose Address Registry
          block("0.0.0.0/8"), // this network
          block("10.0.0.0/8"), // private
          block("100.64.0.0/10"), // shared address space of carriers
          block("127.0.0.0/8"), // loopback
          block("169.254.0.0/16"), // link local, metadata services of clouds
          block("172.16.0.0/12"), // private
          block("192.0.0.0/24"), // protocol assignments
          block("192.0.2.0/24"), // documentation
          block("192.31.196.0/24"), // AS112
          block("192.52.193.0/24"), // AMT
          block("192.88.99.0/24"), // 6to4 relays
          block("192.168.0.0/16"), // private
          block("192.175.48.0/24"), // AS112
          block("198.18.0.0/15"), // benchmarks
          block("198.51.100.0/24"), // documentation
          block("203.0.113.0/24"), // documentation
          block("224.0.0.0/4"), // multicast
          block("240.0.0.0/4"), // reserved, limited broadcast
          // IANA IPv6 Special-Purpose Address Registry, within 2000::/3
          block("2001:0:0:0:0:0:0:0/23"), // protocol assignments: Teredo, ORCHID, benchmarks, ...
          block("2001:db8:0:0:0:0:0:0/32"), // documentation
          block("2002:0:0:0:0:0:0:0/16"), // 6to4
          block("2620:4f:8000:0:0:0:0:0/48"), // AS112
          block("3fff:0:0:0:0:0:0:0/20")); // documentation

  /** Outside of it is everything else: loopback, mapped, NAT64, unique local, multicast, ... */
  private static final Block GLOBAL_UNICAST = block("2000:0:0:0:0:0:0:0/3");

  private PublicAddress() {}

  /** A prefix of 4 or 16 bytes. */
  private record Block(byte[] prefix, int bits) {
    boolean holds(byte[] address) {
      if (address.length != prefix.length) {
        return false;
      }
      for (int i = 0; i < bits; i++) {
        int mask = 0x80 >> (i % 8);
        if ((address[i / 8] & mask) != (prefix[i / 8] & mask)) {
          return false;
        }
      }
      return true;
    }
  }

  /** Whether {@code address} is public unicast. */
  public static boolean is(InetAddress address) {
    return is(address.getAddress());
  }

  /** Whether 4 or 16 bytes in network order are; any other number of bytes is none. */
  static boolean is(byte[] address) {
    boolean unicast =
        switch (address.length) {
          case 4 -> true;
          case 16 -> GLOBAL_UNICAST.holds(address);
          default -> false;
        };
    return unicast && SPECIAL.stream().noneMatch(block -> block.holds(address));
  }

  private static Block block(String text) {
    String[] parts = text.split("/", 2);
    return new Block(bytes(parts[0]), Integer.parseInt(parts[1]));
  }

  /** The bytes of an address that is written out in full. */
  private static byte[] bytes(String text) {
    boolean v4 = text.indexOf(':') < 0;
    String[] groups = text.split(v4 ? "\\." : ":", -1);
    byte[] bytes = new byte[v4 ? 4 : 16];
    for (int i = 0; i < groups.length; i++) {
      if (v4) {
        bytes[i] = (byte) Integer.parseInt(groups[i]);
      } else {
        int group = Integer.parseInt(groups[i], 16);
        bytes[2 * i] = (byte) (group >> 8);
        bytes[2 * i + 1] = (byte) group;
      }
    }
    return bytes;
  }
}
