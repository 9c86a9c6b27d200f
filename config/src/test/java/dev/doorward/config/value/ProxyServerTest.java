package dev.doorward.config.value;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.identity.Secret;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyServerTest {
  @ParameterizedTest
  @CsvSource({
    "http://proxy.example:3128, proxy.example:3128",
    "http://proxy.example, proxy.example:80",
    "proxy.example:3128, proxy.example:3128",
    "http://[fd00::1]:3128/, [fd00::1]:3128"
  })
  void formsOfAProxy(String text, String address) {
    ProxyServer proxy = ProxyServer.parse(text).orElseThrow();

    assertThat(proxy.address().toString()).isEqualTo(address);
    assertThat(proxy.login()).isEmpty();
  }

  @Test
  void aLoginIsDecodedAndNotPrinted() {
    ProxyServer proxy = ProxyServer.parse("http://ada:p%40ss+1@proxy.example:3128").orElseThrow();

    assertThat(proxy.login().map(Secret::reveal)).isEqualTo(Optional.of("ada:p@ss+1"));
    assertThat(proxy.toString()).isEqualTo("http://***@proxy.example:3128");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "https://proxy.example",
        "socks5://proxy.example:1080",
        "http://proxy.example/path",
        "http://proxy.example:0",
        "http://proxy.example:70000",
        "http://proxy.example?x",
        "http://ada:p%0D%0Ax@proxy.example",
        "http://"
      })
  void whatIsNoProxyIsRefused(String text) {
    assertThat(ProxyServer.parse(text)).isEmpty();
  }

  @Test
  void directIsARuleOfItsOwn() {
    assertThat(ProxyRule.parse("direct").orElseThrow().server()).isEmpty();
    assertThat(ProxyRule.parse("http://proxy.example:3128").orElseThrow().server()).isPresent();
    assertThat(ProxyRule.parse("none of it")).isEmpty();
  }
}
