package dev.doorward.auth.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** First, last and neighbours of each block of the IANA registries of special-purpose addresses. */
class PublicAddressTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.0.0.1",
        "0.255.255.255", // this network
        "10.0.0.0",
        "10.1.2.3",
        "10.255.255.255", // private
        "100.64.0.0",
        "100.100.100.200",
        "100.127.255.255", // carriers
        "127.0.0.0",
        "127.0.0.1",
        "127.255.255.255", // loopback
        "169.254.0.0",
        "169.254.169.254",
        "169.254.255.255", // link local
        "172.16.0.0",
        "172.20.1.1",
        "172.31.255.255", // private
        "192.0.0.0",
        "192.0.0.9",
        "192.0.0.170",
        "192.0.0.255", // protocol assignments
        "192.0.2.0",
        "192.0.2.255", // documentation
        "192.31.196.0",
        "192.31.196.255", // AS112
        "192.52.193.0",
        "192.52.193.255", // AMT
        "192.88.99.0",
        "192.88.99.1",
        "192.88.99.255", // 6to4 relays
        "192.168.0.0",
        "192.168.1.1",
        "192.168.255.255", // private
        "192.175.48.0",
        "192.175.48.255", // AS112
        "198.18.0.0",
        "198.19.255.255", // benchmarks
        "198.51.100.0",
        "198.51.100.255", // documentation
        "203.0.113.0",
        "203.0.113.255", // documentation
        "224.0.0.0",
        "224.0.0.1",
        "239.255.255.255", // multicast
        "240.0.0.0",
        "250.1.1.1",
        "255.255.255.255", // reserved, broadcast
        "::",
        "::1", // unspecified, loopback
        "::7f00:1",
        "::a00:1", // IPv4-compatible
        "64:ff9b::",
        "64:ff9b::7f00:1",
        "64:ff9b::808:808", // NAT64
        "64:ff9b:1::",
        "64:ff9b:1:ffff::1", // NAT64, local
        "100::",
        "100::1", // discard only
        "100:0:0:1::1", // dummy prefix
        "2001::",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2", // Teredo
        "2001:1::1",
        "2001:2::1",
        "2001:3::1",
        "2001:4:112::1", // protocol assignments
        "2001:10::1",
        "2001:20::1",
        "2001:30::1",
        "2001:1ff:ffff::1", // ORCHID, drones
        "2001:db8::",
        "2001:db8:ffff::1", // documentation
        "2002::",
        "2002:7f00:1::1",
        "2002:a00:1::",
        "2002:ffff::1", // 6to4
        "2620:4f:8000::1", // AS112
        "3fff::1",
        "3fff:fff:ffff::1", // documentation
        "5f00::1", // segment routing
        "fc00::",
        "fc00::1",
        "fd12:3456::1",
        "fdff::1", // unique local
        "fe80::",
        "fe80::1",
        "febf::1", // link local
        "fec0::1",
        "feff::1", // site local
        "ff00::",
        "ff02::1",
        "ff0e::1", // multicast
        "4000::1",
        "8000::1",
        "1fff::1", // not allocated for unicast
      })
  void specialAddressIsNotPublic(String address) throws UnknownHostException {
    assertThat(PublicAddress.is(InetAddress.getByName(address))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.0.0.0",
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "191.255.255.255",
        "192.0.1.0",
        "192.0.3.0",
        "192.31.195.255",
        "192.31.197.0",
        "192.52.192.255",
        "192.52.194.0",
        "192.88.98.255",
        "192.88.100.0",
        "192.167.255.255",
        "192.169.0.0",
        "192.175.47.255",
        "192.175.49.0",
        "198.17.255.255",
        "198.20.0.0",
        "198.51.99.255",
        "198.51.101.0",
        "203.0.112.255",
        "203.0.114.0",
        "223.255.255.255",
        "2000::1",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2001:db7::1",
        "2001:db9::1",
        "2003::1",
        "2606:4700::1111",
        "2620:4f:7fff::1",
        "2620:4f:8001::1",
        "2a00:1450::1",
        "3ffe:ffff::1",
        "3fff:1000::1",
      })
  void otherAddressIsPublic(String address) throws UnknownHostException {
    assertThat(PublicAddress.is(InetAddress.getByName(address))).isTrue();
  }

  @Test
  void mappedAddressIsRefusedHoweverItComes() {
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xff;
    mapped[11] = (byte) 0xff;
    System.arraycopy(new byte[] {8, 8, 8, 8}, 0, mapped, 12, 4);

    assertThat(PublicAddress.is(mapped)).isFalse();
    assertThat(PublicAddress.is(new byte[5])).isFalse();
    assertThat(PublicAddress.is(new byte[0])).isFalse();
  }
}
