package dev.doorward.config.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.identity.Secret;
import dev.doorward.config.bind.ConfigReader;
import dev.doorward.config.bind.ConfigText;
import dev.doorward.config.check.Finding;
import dev.doorward.config.check.Loaded;
import dev.doorward.config.value.HostName;
import dev.doorward.config.value.HostPort;
import dev.doorward.config.value.HttpUrl;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AcmeConfigTest {
  /** Every key of the section, none with its default value; needs a file ca.pem. */
  static final String ALL =
      """
      public-url: https://mcp.example.com
      tls:
        acme:
          accept-terms: true
          contact: you@example.com
          directory: https://acme.example/dir
          staging: true
          ca: ca.pem
          eab-key-id: kid-1
          eab-key: c2VjcmV0
          profile: shortlived
          names: ["*.mcp.example.com"]
          challenges: [dns-01]
          http-listen: 127.0.0.1:8080
          second:
            directory: https://second.example/dir
            ca: ca.pem
            eab-key-id: kid-2
            eab-key: c2VjcmV1
          dns:
            # command: or server:
            server: 192.0.2.53:53
            zone: example.com
            key-name: doorward
            key: c2VjcmV0
            algorithm: hmac-sha512
            timeout: 30s
            propagation: 1m
      """;

  @TempDir Path folder;

  private Loaded<EdgeConfig> read(String yaml) {
    return ConfigReader.readText(EdgeConfig.class, yaml, folder, Map.of());
  }

  private EdgeConfig ready(String yaml) {
    return switch (read(yaml)) {
      case Loaded.Ready<EdgeConfig>(EdgeConfig config) -> config;
      case Loaded.Refused<EdgeConfig>(List<Finding> findings) ->
          throw new AssertionError(findings.toString());
    };
  }

  @Test
  void everyKeyMaps() throws Exception {
    Path ca = Files.writeString(folder.resolve("ca.pem"), "x");

    EdgeConfig config = ready(ALL);

    assertThat(config.tls().acme())
        .isEqualTo(
            new AcmeConfig(
                true,
                Optional.of("you@example.com"),
                HttpUrl.parse("https://acme.example/dir").orElseThrow(),
                true,
                Optional.of(ca),
                Optional.of("kid-1"),
                Optional.of(new Secret("c2VjcmV0")),
                Optional.of("shortlived"),
                List.of("*.mcp.example.com"),
                List.of(AcmeChallenge.DNS_01),
                new HostPort("127.0.0.1", 8080),
                new AcmeSecondConfig(
                    HttpUrl.parse("https://second.example/dir"),
                    Optional.of(ca),
                    Optional.of("kid-2"),
                    Optional.of(new Secret("c2VjcmV1"))),
                new AcmeDnsConfig(
                    Optional.empty(),
                    Optional.of(new HostPort("192.0.2.53", 53)),
                    Optional.of(new HostName("example.com")),
                    Optional.of("doorward"),
                    Optional.of(new Secret("c2VjcmV0")),
                    AcmeDnsConfig.Algorithm.HMAC_SHA512,
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(1))));
    assertThat(config.tls().acme().asked().host()).startsWith("acme-staging");
    assertThat(ConfigText.of(config)).doesNotContain("c2VjcmV0");
  }

  @Test
  void threeLinesAreEnough() {
    AcmeConfig acme =
        ready("public-url: https://a.example\ntls:\n  acme: {accept-terms: true}\n").tls().acme();

    assertThat(acme.acceptTerms()).isTrue();
    assertThat(acme.asked().toString()).isEqualTo("https://acme-v02.api.letsencrypt.org/directory");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "contact: you@example.com | tls.acme.accept-terms: must be true",
        "accept-terms: true, contact: nobody | is no e-mail address",
        "accept-terms: true, directory: 'http://acme.example/dir' | must be an https URL",
        "accept-terms: true, eab-key-id: kid | tls.acme.eab-key go together",
        "accept-terms: true, names: ['*.a.example'] | wildcard, which needs dns-01",
        "accept-terms: true, names: ['a/b'] | must hold at most 20 host names",
        "accept-terms: true, challenges: [dns-01] | needs dns.command or dns.server",
        "accept-terms: true, challenges: [] | must hold one at least",
        "accept-terms: true, challenges: [http-02] | is not one of tls-alpn-01, http-01, dns-01",
        "accept-terms: true, dns: {server: '192.0.2.1:53'} | needs zone, key-name and key",
        "accept-terms: true, dns: {key: '%%'} | is not in base64",
        "accept-terms: true, second: {directory: 'http://x.example/'} | must be an https URL"
      })
  void whatDoesNotGoTogetherIsRefused(String section, String finding) {
    String yaml = "public-url: https://a.example\ntls:\n  acme: {" + section.strip() + "}\n";

    assertThat(read(yaml)).isInstanceOf(Loaded.Refused.class);
    assertThat(((Loaded.Refused<EdgeConfig>) read(yaml)).findings().toString())
        .contains(finding.strip());
  }

  @Test
  void acmeAndAFileAreOneTooMany() throws Exception {
    Files.writeString(folder.resolve("c.pem"), "x");
    String yaml =
        """
        public-url: https://a.example
        tls: {certificate: c.pem, key: c.pem, acme: {accept-terms: true}}
        """;

    assertThat(((Loaded.Refused<EdgeConfig>) read(yaml)).findings().toString())
        .contains("one of them must go");
  }
}
