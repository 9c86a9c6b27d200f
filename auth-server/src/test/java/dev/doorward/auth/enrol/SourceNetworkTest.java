package dev.doorward.auth.enrol;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceNetworkTest {
  @ParameterizedTest
  @CsvSource({
    "203.0.113.0/24, 203.0.113.255, true",
    "203.0.113.0/24, 203.0.114.0, false",
    "203.0.113.128/25, 203.0.113.127, false",
    "203.0.113.128/25, 203.0.113.128, true",
    "203.0.113.7, 203.0.113.7, true",
    "203.0.113.7, 203.0.113.8, false",
    "0.0.0.0/0, 198.51.100.1, true",
    "0.0.0.0/0, ::1, false",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "2001:db8::/33, 2001:db8:8000::1, false",
    "::/0, 2001:db8::1, true",
    "203.0.113.0/24, ::ffff:203.0.113.9, true"
  })
  void addressesAreInOrOut(String network, String address, boolean in) {
    assertThat(SourceNetwork.parse(network).orElseThrow().contains(InetAddress.ofLiteral(address)))
        .isEqualTo(in);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/24",
        "203.0.113.0/33",
        "203.0.113.1/24",
        "2001:db8::/129",
        "example.com",
        "1.2.3/8",
        "203.0.113.0/-1",
        "203.0.113.0/24 ",
        "fe80::1%eth0"
      })
  void whatIsNoNetworkIsRefused(String text) {
    assertThat(SourceNetwork.parse(text)).isEmpty();
  }
}
