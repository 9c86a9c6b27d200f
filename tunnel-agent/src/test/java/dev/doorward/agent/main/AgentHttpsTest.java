package dev.doorward.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.agent.fake.Answer;
import dev.doorward.agent.fake.FakeAuthority;
import dev.doorward.agent.fake.FakeEdge;
import dev.doorward.agent.fake.FakeServer;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.agent.AgentConfig;
import dev.doorward.config.bind.ConfigReader;
import dev.doorward.transport.tls.TlsIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** MCP servers behind TLS of their own. */
@Timeout(60)
class AgentHttpsTest {
  private static final char[] NONE = new char[0];

  @TempDir private Path dir;
  private final FakeAuthority homeCa = new FakeAuthority();
  private final BlockingQueue<List<SNIServerName>> asked = new LinkedBlockingQueue<>();
  private final CountDownLatch resolved = new CountDownLatch(1);
  private FakeEdge edge;
  private Path home;
  private @Nullable FakeServer server;
  private @Nullable AgentProcess agent;

  @BeforeEach
  void start() throws Exception {
    edge = new FakeEdge();
    home = dir.resolve("agent");
    assertThat(Running.join(edge, home).code()).isZero();
  }

  @AfterEach
  void stop() throws Exception {
    resolved.countDown();
    if (agent != null) {
      agent.close();
    }
    if (server != null) {
      server.close();
    }
    edge.close();
  }

  /** Serves with this certificate; gives the port. */
  private int serve(TlsIdentity identity) throws Exception {
    KeyStore store = KeyStore.getInstance("JKS");
    store.load(null, null);
    store.setKeyEntry(
        "server", identity.key(), NONE, identity.chain().toArray(X509Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, NONE);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    SSLServerSocket socket =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    FakeServer serving = new FakeServer(socket);
    serving.script((request, out, in) -> {
      if (in instanceof FakeServer.Connected connected
          && connected.socket() instanceof SSLSocket tls
          && tls.getSession() instanceof ExtendedSSLSession session) {
        asked.add(session.getRequestedServerNames());
      }
      return FakeServer.sends("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
          .answer(request, out, in);
    });
    server = serving;
    return serving.port();
  }

  private static Path pem(Path file, X509Certificate... certificates) throws Exception {
    StringBuilder text = new StringBuilder();
    for (X509Certificate certificate : certificates) {
      text.append("-----BEGIN CERTIFICATE-----\n")
          .append(Base64.getMimeEncoder().encodeToString(certificate.getEncoded()))
          .append("\n-----END CERTIFICATE-----\n");
    }
    return Files.writeString(file, text);
  }

  private Answer call(String url, String more) throws Exception {
    AgentConfig config =
        Running.config(
            home,
            "links: 1\nlimits: {drain: 1s, connect-timeout: 1s}\nservices:\n  notes:\n    url: %s\n%s"
                .formatted(url, more));
    agent =
        Running.value(
            AgentProcess.start(
                config,
                InstantSource.system(),
                host ->
                    new InetAddress[] {
                      host.equals("slow.example") ? hang() : InetAddress.ofLiteral("127.0.0.1")
                    }));
    return Answer.post(
            edge.awaitLink(), "notes", edge.authority.token(new ServiceName("notes")), "{}")
        .await();
  }

  private String ca(X509Certificate... certificates) throws Exception {
    return "    ca: " + pem(dir.resolve("ca.pem"), certificates) + "\n";
  }

  /** As a resolver whose servers do not answer. */
  private InetAddress hang() {
    while (true) {
      try {
        resolved.await();
        return InetAddress.ofLiteral("127.0.0.1");
      } catch (InterruptedException e) {
        resolved.countDown();
      }
    }
  }

  @Test
  void aNameThatIsNeverResolvedFailsTheCallInTime() throws Exception {
    Answer answer = call("http://slow.example:1/mcp", "");

    assertThat(answer.reason()).isEqualTo(Reason.BACKEND_UNREACHABLE);
    assertThat(Running.cli("status", "--data-dir", home.toString()).out())
        .contains("the name slow.example was not resolved in 1s");
  }

  @Test
  void aServiceOfAPrivateCaIsReachedUnderItsName() throws Exception {
    int port = serve(homeCa.server("mcp.home.example"));

    Answer answer = call("https://mcp.home.example:" + port + "/mcp", ca(homeCa.root()));

    assertThat(answer.text()).isEqualTo("ok");
    assertThat(asked.take()).asString().contains("mcp.home.example");
  }

  @Test
  void anAddressIsANameToo() throws Exception {
    int port = serve(homeCa.server("127.0.0.1"));

    assertThat(call("https://127.0.0.1:" + port + "/mcp", ca(homeCa.root())).text())
        .isEqualTo("ok");
  }

  private void assertRefused(Answer answer) throws IOException {
    assertThat(answer.reason()).isEqualTo(Reason.BACKEND_NOT_TRUSTED);
    if (server != null) {
      assertThat(server.requests).isEmpty();
    }
    assertThat(Running.cli("status", "--data-dir", home.toString()).out())
        .contains("is not accepted");
  }

  @Test
  void aCaThatNobodyKnowsIsRefused() throws Exception {
    int port = serve(homeCa.server("localhost"));

    assertRefused(call("https://localhost:" + port + "/mcp", ""));
  }

  @Test
  void theCaOfAServiceIsTheOnlyOneForIt() throws Exception {
    int port = serve(homeCa.server("localhost"));

    assertRefused(call("https://localhost:" + port + "/mcp", ca(new FakeAuthority().root())));
  }

  @Test
  void aCertificateForAnotherNameIsRefused() throws Exception {
    int port = serve(homeCa.server("elsewhere.example"));

    assertRefused(call("https://localhost:" + port + "/mcp", ca(homeCa.root())));
  }

  @Test
  void aCertificateThatHasEndedIsRefused() throws Exception {
    Instant now = Instant.now();
    int port =
        serve(
            homeCa.server(
                "localhost", now.minus(Duration.ofHours(2)), now.minus(Duration.ofHours(1))));

    assertRefused(call("https://localhost:" + port + "/mcp", ca(homeCa.root())));
  }

  @Test
  void aServerWithoutTlsIsSaidToSpeakNone() throws Exception {
    server = new FakeServer();

    Answer answer = call("https://localhost:" + server.port() + "/mcp", ca(homeCa.root()));

    assertThat(answer.reason()).isEqualTo(Reason.BACKEND_UNREACHABLE);
    assertThat(Running.cli("status", "--data-dir", home.toString()).out())
        .contains("does not speak TLS");
  }

  @Test
  void withoutACaOfItsOwnTheOnesOfThisMachineCount() throws Exception {
    int port = serve(homeCa.server("localhost"));
    KeyStore machine = KeyStore.getInstance("PKCS12");
    machine.load(null, null);
    machine.setCertificateEntry("home", homeCa.root());
    Path file = dir.resolve("machine.p12");
    try (var out = Files.newOutputStream(file)) {
      machine.store(out, "changeit".toCharArray());
    }
    System.setProperty("javax.net.ssl.trustStore", file.toString());
    System.setProperty("javax.net.ssl.trustStorePassword", "changeit");
    try {
      assertThat(call("https://localhost:" + port + "/mcp", "").text()).isEqualTo("ok");
    } finally {
      System.clearProperty("javax.net.ssl.trustStore");
      System.clearProperty("javax.net.ssl.trustStorePassword");
    }
  }

  @Test
  void aCaThatIsNoneOrThatNothingNeedsIsRefusedAtTheStart() throws Exception {
    Path text = Files.writeString(dir.resolve("text.pem"), "no certificate");
    Path file = dir.resolve("agent.yaml");
    String yaml = "data-dir: %s\nservices: {notes: {url: \"https://localhost:1/mcp\", ca: %s}}\n";

    Files.writeString(file, yaml.formatted(home, text));
    assertThat(Running.cli("run", "--config", file.toString()).err())
        .contains("holds no CA certificates", "[config_value_refused]");
    Files.writeString(file, yaml.formatted(home, dir.resolve("missing.pem")));
    assertThat(Running.cli("run", "--config", file.toString()).err())
        .contains("does not exist", "[file_unreadable]");
    assertThat(
            ConfigReader.readText(
                    AgentConfig.class,
                    "services: {notes: {url: \"http://localhost:1/mcp\", ca: %s}}".formatted(text),
                    dir,
                    Map.of())
                .toString())
        .contains("needs an https URL");
  }
}
