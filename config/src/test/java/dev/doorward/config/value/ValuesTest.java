package dev.doorward.config.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
  @ParameterizedTest
  @CsvSource({
    "0,0,0",
    "512,512,512",
    "512B,512,512",
    "64KiB,65536,64KiB",
    "4MiB,4194304,4MiB",
    "1GiB,1073741824,1GiB",
    "1024,1024,1KiB",
    "1536,1536,1536",
    "9216,9216,9KiB",
    "2048GiB,2199023255552,2048GiB"
  })
  void sizesAreReadAndWrittenShortest(String text, long bytes, String written) {
    assertThat(ByteSize.parse(text)).contains(new ByteSize(bytes));
    assertThat(new ByteSize(bytes).toString()).isEqualTo(written);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "4MB", "4 MiB", "4mib", "1.5MiB", "MiB", "9999999999999"})
  void otherSizesAreNone(String text) {
    assertThat(ByteSize.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "500ms,500,500ms", "30s,30000,30s", "1000ms,1000,1s", "5m,300000,5m", "90s,90000,90s",
    "120s,120000,2m", "24h,86400000,1d", "36h,129600000,36h", "7d,604800000,7d", "0s,0,0ms"
  })
  void timesAreReadAndWrittenShortest(String text, long millis, String written) {
    assertThat(TimeSpan.parse(text)).contains(Duration.ofMillis(millis));
    assertThat(TimeSpan.write(Duration.ofMillis(millis))).isEqualTo(written);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "30", "30 s", "-1s", "1.5s", "30S", "1w", "9999999999s"})
  void otherTimesAreNone(String text) {
    assertThat(TimeSpan.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0:443,0.0.0.0,443",
    "localhost:0,localhost,0",
    "'[::]:443','::',443",
    "edge.example:65535,edge.example,65535"
  })
  void addressesAreReadAndWrittenTheSame(String text, String host, int port) {
    HostPort address = new HostPort(host, port);

    assertThat(HostPort.parse(text)).contains(address);
    assertThat(address.toString()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "443", ":443", "host", "host:", "host:65536", "::1:443", "a b:1"})
  void otherAddressesAreNone(String text) {
    assertThat(HostPort.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "https://App.Example.com,https://app.example.com",
    "https://app.example.com/,https://app.example.com",
    "https://app.example.com:443,https://app.example.com",
    "http://localhost:6274,http://localhost:6274",
    "http://127.0.0.1:80,http://127.0.0.1"
  })
  void originsAreReadAsABrowserSendsThem(String text, String value) {
    assertThat(Origin.parse(text)).contains(new Origin(value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "null",
        "app.example.com",
        "ftp://a",
        "https://",
        "https://a/b",
        "https://u@a",
        "https://a?b",
        "https://a#b",
        "https://a b"
      })
  void otherOriginsAreNone(String text) {
    assertThat(Origin.parse(text)).isEmpty();
  }

  @Test
  void urlsOfServicesKnowHostPortAndTls() {
    HttpUrl plain = HttpUrl.parse("http://127.0.0.1:3000/mcp").orElseThrow();
    HttpUrl secure = HttpUrl.parse("https://NAS.local").orElseThrow();
    HttpUrl v6 = HttpUrl.parse("http://[::1]/mcp").orElseThrow();

    assertThat(plain.host()).isEqualTo("127.0.0.1");
    assertThat(plain.port()).isEqualTo(3000);
    assertThat(plain.secure()).isFalse();
    assertThat(secure.toString()).isEqualTo("https://nas.local/");
    assertThat(secure.port()).isEqualTo(443);
    assertThat(v6.host()).isEqualTo("::1");
    assertThat(v6.port()).isEqualTo(80);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "127.0.0.1:3000",
        "file:///etc/passwd",
        "http://",
        "http://u:p@host/",
        "http://h/?q",
        "http://h/#f",
        "http://h:0/",
        "http://h:70000/",
        "npx server"
      })
  void otherUrlsAreNone(String text) {
    assertThat(HttpUrl.parse(text)).isEmpty();
  }
}
