package dev.doorward.config.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.ScopeName;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.config.bind.ConfigReader;
import dev.doorward.config.bind.ConfigText;
import dev.doorward.config.bind.KeySpec;
import dev.doorward.config.check.Finding;
import dev.doorward.config.check.Loaded;
import dev.doorward.config.log.LogConfig;
import dev.doorward.config.value.ByteSize;
import dev.doorward.config.value.HostName;
import dev.doorward.config.value.HostPort;
import dev.doorward.config.value.HttpUrl;
import dev.doorward.config.value.IssuerUrl;
import dev.doorward.config.value.Origin;
import dev.doorward.config.value.ProviderName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EdgeConfigTest {
  private static final String ALL =
      """
      public-url: https://mcp.example.com:8443
      listen: 127.0.0.1:8443
      data-dir: data
      tls:
        certificate: cert.pem
        key: key.pem
        handshake-timeout: 11s
      default-service: notes
      allowed-origins:
        - https://app.example.com
      agents:
        renewal-grace: 3d
      limits:
        request-line: 4KiB
        headers: 16KiB
        header: 10KiB
        header-count: 50
        body: 2MiB
        held-bodies: 64MiB
        json-depth: 32
        header-timeout: 5s
        body-timeout: 20s
        body-rate: 1KiB
        idle-timeout: 60s
        write-stall: 25s
        streams-per-connection: 50
        connections: 5000
        connections-per-address: 500
        requests-per-second: 100
        request-burst: 200
        links-per-agent: 8
        calls-per-link: 100
        response-head-timeout: 60s
        sse-keep-alive: 20s
        drain: 10s
      tokens:
        access-life: 5m
        refresh-idle: 7d
        refresh-life: 60d
        refresh-grace: 20s
        personal-life: 10d
        personal-per-person: 5
        device-life: 5m
        key-life: 14d
        key-ahead: 48h
      sessions:
        idle: 1h
        life: 2d
      registration:
        enabled: false
        per-hour: 10
        per-hour-in-all: 100
        unused: 50
        unused-life: 12h
        app-schemes: [myapp, other-app]
      client-documents:
        enabled: false
        allowed-domains: [claude.ai]
        denied-domains: [evil.example]
        private-hosts: [apps.corp.example]
        ports: [8443]
        size: 8KiB
        timeout: 3s
        at-a-time: 2
        per-hour: 60
        least-life: 10m
        most-life: 12h
        retry-after: 1m
      enterprise:
        acme:
          issuer: https://login.acme.example
          jwks-url: https://login.acme.example/keys
        other:
          issuer: https://other.example
          jwks: key.pem
      login:
        password: false
        hash-memory: 46MiB
        hash-passes: 1
        longest-wait: 5m
        closes-after: 50
        failures-per-ten-minutes: 1000
        breached-passwords: pwned.txt
        upstream:
          home:
            kind: oidc
            issuer: https://login.example.com/realms/home
            client-id: doorward
            # client-secret: is for the environment
            client-secret-file: home.secret
            label: Home
            scopes: [groups]
            allow-emails: [ada@example.com]
            allow-domains: [example.com]
            groups-claim: roles
            allow-groups: [family]
            services: [notes]
          hub:
            kind: github
            client-id: hub
            client-secret-file: home.secret
            allow-organisations: [example-org]
      scopes:
        files:write:
          service: files
          tools: ["write_*"]
          describe: Change files
      auth-server:
        timeout: 9s
        feed-bound: 30s
        connections: 32
      log:
        format: json
        level: debug
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

  private List<String> refused(String yaml) {
    return switch (read(yaml)) {
      case Loaded.Ready<EdgeConfig>(EdgeConfig config) -> throw new AssertionError(config);
      case Loaded.Refused<EdgeConfig>(List<Finding> findings) ->
          findings.stream().map(Finding::toString).toList();
    };
  }

  private static Duration seconds(int seconds) {
    return Duration.ofSeconds(seconds);
  }

  private static ByteSize kib(int kib) {
    return new ByteSize(kib * 1024L);
  }

  private Map<ProviderName, UpstreamConfig> upstream() {
    Optional<Path> secret = Optional.of(folder.resolve("home.secret"));
    return Map.of(
        new ProviderName("home"),
        new UpstreamConfig(
            UpstreamConfig.Kind.OIDC,
            Optional.of(new IssuerUrl("https://login.example.com/realms/home")),
            "doorward",
            secret,
            Optional.empty(),
            Optional.of("Home"),
            List.of("groups"),
            List.of("ada@example.com"),
            List.of(new HostName("example.com")),
            "roles",
            List.of("family"),
            List.of(),
            List.of(new ServiceName("notes"))),
        new ProviderName("hub"),
        new UpstreamConfig(
            UpstreamConfig.Kind.GITHUB,
            Optional.empty(),
            "hub",
            secret,
            Optional.empty(),
            Optional.empty(),
            List.of(),
            List.of(),
            List.of(),
            "groups",
            List.of(),
            List.of("example-org"),
            List.of()));
  }

  @Test
  void upstreamThatContradictsItselfIsRefused() {
    assertThat(
            refused(
                """
                public-url: https://mcp.example.com
                login:
                  upstream:
                    Home: {client-id: x}
                    plain: {client-id: x}
                    hub: {kind: github, client-id: x, allow-groups: [a]}
                    web: {client-id: x, issuer: "http://login.example.com", allow-organisations: [a]}
                """))
        .anyMatch(text -> text.contains("\"Home\" is not a name"))
        .anyMatch(text -> text.contains("login.upstream.plain.issuer: is missing"))
        .anyMatch(text -> text.contains("login.upstream.hub.allow-groups: is for oidc only"))
        .anyMatch(text -> text.contains("login.upstream.hub.client-secret-file: is missing"))
        .anyMatch(text -> text.contains("login.upstream.web.issuer"));
  }

  @Test
  void defaults() {
    assertThat(ready("public-url: https://mcp.example.com"))
        .isEqualTo(
            new EdgeConfig(
                new Issuer("https://mcp.example.com"),
                new HostPort("0.0.0.0", 443),
                Path.of(System.getProperty("user.home"), ".doorward", "edge"),
                new TlsConfig(Optional.empty(), Optional.empty(), seconds(10), AcmeConfig.off()),
                Optional.empty(),
                List.of(),
                new AgentsConfig(Duration.ofDays(30)),
                new LimitsConfig(
                    kib(8),
                    kib(32),
                    kib(9),
                    100,
                    kib(4096),
                    kib(128 * 1024),
                    64,
                    seconds(10),
                    seconds(30),
                    new ByteSize(500),
                    seconds(75),
                    seconds(30),
                    100,
                    10_000,
                    1_000,
                    1_000,
                    2_000,
                    16,
                    1_024,
                    seconds(120),
                    seconds(15),
                    seconds(30)),
                new TokensConfig(
                    Duration.ofMinutes(10),
                    Duration.ofDays(30),
                    Duration.ofDays(90),
                    seconds(10),
                    Duration.ofDays(90),
                    20,
                    Duration.ofMinutes(10),
                    Duration.ofDays(30),
                    Duration.ofDays(1)),
                new SessionsConfig(Duration.ofHours(12), Duration.ofDays(7)),
                new RegistrationConfig(
                    true,
                    60,
                    3600,
                    1000,
                    Duration.ofHours(24),
                    List.of(
                        "claude",
                        "cursor",
                        "jetbrains",
                        "raycast",
                        "vscode",
                        "vscode-insiders",
                        "vscodium",
                        "warp",
                        "windsurf",
                        "zed")),
                new ClientDocumentsConfig(
                    true,
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    kib(5),
                    seconds(5),
                    5,
                    120,
                    Duration.ofMinutes(5),
                    Duration.ofHours(24),
                    seconds(30)),
                new LoginConfig(
                    true,
                    kib(19 * 1024),
                    2,
                    Duration.ofMinutes(15),
                    100,
                    300,
                    Map.of(),
                    Optional.empty()),
                Map.of(),
                Map.of(),
                new AuthServerConfig(
                    Optional.empty(), Optional.empty(), seconds(10), seconds(60), 64),
                new LogConfig(LogConfig.Format.TEXT, LogConfig.Level.INFO)));
  }

  @Test
  void everyKeyMaps() throws Exception {
    Path certificate = Files.writeString(folder.resolve("cert.pem"), "x");
    Path key = Files.writeString(folder.resolve("key.pem"), "x");
    Files.writeString(folder.resolve("home.secret"), "x");
    Path pwned = Files.writeString(folder.resolve("pwned.txt"), "0".repeat(40) + ":1\n");

    EdgeConfig config = ready(ALL);

    assertThat(config)
        .isEqualTo(
            new EdgeConfig(
                new Issuer("https://mcp.example.com:8443"),
                new HostPort("127.0.0.1", 8443),
                folder.resolve("data"),
                new TlsConfig(
                    Optional.of(certificate), Optional.of(key), seconds(11), AcmeConfig.off()),
                Optional.of(new ServiceName("notes")),
                List.of(new Origin("https://app.example.com")),
                new AgentsConfig(Duration.ofDays(3)),
                new LimitsConfig(
                    kib(4),
                    kib(16),
                    kib(10),
                    50,
                    kib(2048),
                    kib(64 * 1024),
                    32,
                    seconds(5),
                    seconds(20),
                    kib(1),
                    seconds(60),
                    seconds(25),
                    50,
                    5_000,
                    500,
                    100,
                    200,
                    8,
                    100,
                    seconds(60),
                    seconds(20),
                    seconds(10)),
                new TokensConfig(
                    Duration.ofMinutes(5),
                    Duration.ofDays(7),
                    Duration.ofDays(60),
                    seconds(20),
                    Duration.ofDays(10),
                    5,
                    Duration.ofMinutes(5),
                    Duration.ofDays(14),
                    Duration.ofDays(2)),
                new SessionsConfig(Duration.ofHours(1), Duration.ofDays(2)),
                new RegistrationConfig(
                    false, 10, 100, 50, Duration.ofHours(12), List.of("myapp", "other-app")),
                new ClientDocumentsConfig(
                    false,
                    List.of(new HostName("claude.ai")),
                    List.of(new HostName("evil.example")),
                    List.of(new HostName("apps.corp.example")),
                    List.of(8443),
                    kib(8),
                    seconds(3),
                    2,
                    60,
                    Duration.ofMinutes(10),
                    Duration.ofHours(12),
                    Duration.ofMinutes(1)),
                new LoginConfig(
                    false,
                    kib(46 * 1024),
                    1,
                    Duration.ofMinutes(5),
                    50,
                    1_000,
                    upstream(),
                    Optional.of(pwned)),
                Map.of(
                    new ScopeName("files:write"),
                    new ScopeConfig(new ServiceName("files"), List.of("write_*"), "Change files")),
                Map.of(
                    "acme",
                    new EnterpriseConfig(
                        "https://login.acme.example",
                        HttpUrl.parse("https://login.acme.example/keys"),
                        Optional.empty()),
                    "other",
                    new EnterpriseConfig(
                        "https://other.example", Optional.empty(), Optional.of(key))),
                new AuthServerConfig(
                    Optional.empty(), Optional.empty(), seconds(9), seconds(30), 32),
                new LogConfig(LogConfig.Format.JSON, LogConfig.Level.DEBUG)));
    for (KeySpec spec : KeySpec.of(EdgeConfig.class)) {
      if (List.of("auth-server.socket", "auth-server.address").contains(spec.path())) {
        continue; // these go with none of what an auth-server goes by
      }
      String last = spec.path().substring(spec.path().lastIndexOf('.') + 1);
      assertThat(ALL + AcmeConfigTest.ALL).as(spec.path()).contains(last + ":");
    }
    assertThat(ready(ConfigText.of(config))).isEqualTo(config);
  }

  @Test
  void halfACertificateIsRefused() throws Exception {
    Files.writeString(folder.resolve("cert.pem"), "x");

    assertThat(refused("public-url: https://mcp.example.com\ntls:\n  certificate: cert.pem\n"))
        .containsExactly(
            "text:3: tls.certificate: needs tls.key, the private key of this certificate.");
  }

  @Test
  void limitsThatExcludeEachOtherAreRefused() {
    assertThat(
            refused(
                """
                public-url: https://mcp.example.com
                limits:
                  headers: 8KiB
                  body: 2MiB
                  held-bodies: 1MiB
                tokens:
                  refresh-idle: 100d
                  key-life: 12h
                """))
        .containsExactly(
            "text:2: limits.header: is more than limits.headers, which is 8KiB.",
            "text:4: limits.body: is more than limits.held-bodies, which is 1MiB.",
            "text:6: tokens.key-ahead: must be less than tokens.key-life.",
            "text:7: tokens.refresh-idle: is more than tokens.refresh-life.");
  }

  @Test
  void listWithADefaultCanBeMadeEmpty() {
    assertThat(
            ready("public-url: https://mcp.example.com\nregistration:\n  app-schemes: []\n")
                .registration()
                .appSchemes())
        .isEmpty();
  }

  @Test
  void schemesAndLivesThatCannotBeAreRefused() {
    assertThat(
            refused(
                """
                public-url: https://mcp.example.com
                registration:
                  app-schemes: ["cursor://"]
                client-documents:
                  least-life: 2h
                  most-life: 1h
                  allowed-domains: ["*.example"]
                """))
        .containsExactly(
            "text:3: registration.app-schemes: must hold schemes without colon and slashes, in"
                + " lower case.",
            "text:7: client-documents.allowed-domains: \"*.example\" is not a host name such as"
                + " claude.ai.");
  }

  @Test
  void scopesThatCannotBeAreRefused() {
    assertThat(
            refused(
                """
                public-url: https://mcp.example.com
                scopes:
                  mcp: {service: files, tools: [x], describe: y}
                  "files:read": {service: files, tools: [], describe: Read files}
                  files-write: {service: files, tools: [x]}
                """))
        .containsExactly(
            "text:3: scopes: \"mcp\" is not a scope: 1 to 64 of a-z 0-9 . _ : and -, starting with a"
                + " letter, and not reserved.",
            "text:4: scopes.files:read.tools: names no tool; write at least one, or \"*\" for all.",
            "text:5: scopes.files-write.describe: is missing; there is no default for it, such as"
                + " Change and delete files.");
  }

  @Test
  void publicUrlMustBeAnHttpsOriginAndIsNeeded() {
    assertThat(refused("public-url: http://mcp.example.com/x\n"))
        .containsExactly(
            "text:1: public-url: \"http://mcp.example.com/x\" is not an https origin such as"
                + " https://mcp.example.com, without a path.");
    assertThat(refused(""))
        .containsExactly(
            "text: public-url: is missing; there is no default for it, such as"
                + " https://mcp.example.com.");
  }

  @Test
  void whatOnlyTheAuthServerGoesByIsRefusedWhereItIsApart() {
    assertThat(
            refused(
                """
                public-url: https://mcp.example.com
                auth-server: { socket: /run/auth.sock }
                tokens: { access-life: 5m }
                limits: { body: 1MiB }
                """))
        .singleElement()
        .asString()
        .contains("tokens", "auth.yaml");
  }

  @Test
  void authServerIsInOnePlace() {
    assertThat(
            refused(
                """
                public-url: https://mcp.example.com
                auth-server: { socket: /run/auth.sock, address: 'auth.internal:7443' }
                """))
        .singleElement()
        .asString()
        .contains("one place too many");
  }

  @Test
  void authServerIsApartWhereItHasAnAddress() {
    EdgeConfig config =
        ready(
            """
            public-url: https://mcp.example.com
            auth-server: { address: 'auth.internal:7443' }
            """);

    assertThat(config.authServer().isApart()).isTrue();
    assertThat(config.authServer().address()).hasValue(new HostPort("auth.internal", 7443));
    assertThat(ready("public-url: https://mcp.example.com").authServer().isApart()).isFalse();
  }
}
