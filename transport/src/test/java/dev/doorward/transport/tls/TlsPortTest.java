package dev.doorward.transport.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.TestCa;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslContext;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class TlsPortTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Duration NEVER = Duration.ofMillis(300);

  private Port port;

  @BeforeEach
  void open() throws Exception {
    port = new Port(Duration.ofSeconds(5), Set.of());
  }

  @AfterEach
  void close() {
    port.close();
  }

  private static SslContextBuilder anyone(String... protocols) {
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.OPENSSL)
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .endpointIdentificationAlgorithm("");
    return protocols.length == 0
        ? builder
        : builder.applicationProtocolConfig(
            new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                protocols));
  }

  private static SslContextBuilder with(SslContextBuilder builder, TlsIdentity identity) {
    return builder.keyManager(identity.key(), identity.chainArray());
  }

  @Test
  void publicClientsGetTheProtocolThatTheyOffer() throws Exception {
    port.shake(anyone("h2", "http/1.1").build(), "mcp.localhost");
    assertThat(port.peer(SOON)).isEqualTo(new TlsPeer.Public("h2", Optional.of("mcp.localhost")));

    port.shake(anyone("http/1.1").build(), "MCP.LOCALHOST");
    assertThat(port.peer(SOON))
        .isEqualTo(new TlsPeer.Public("http/1.1", Optional.of("mcp.localhost")));

    port.shake(anyone().protocols("TLSv1.2").build(), "mcp.localhost");
    assertThat(port.peer(SOON))
        .isEqualTo(new TlsPeer.Public("http/1.1", Optional.of("mcp.localhost")));
  }

  @Test
  void aPublicClientWithOtherProtocolsOnlyIsNotServed() throws Exception {
    port.shake(anyone("smtp").build(), "mcp.localhost");

    assertThat(port.peer(NEVER)).isNull();
  }

  @Test
  void anUnknownPublicNameIsClosedWhereNamesAreGiven() throws Exception {
    port.live.swap(port.snapshot(port.ca, Set.of("mcp.example")));

    assertThat(port.shake(anyone("h2").build(), "other.example").handshakeFuture().isSuccess())
        .isFalse();
    port.shake(anyone("h2").build(), "mcp.example");
    assertThat(port.peer(SOON)).isEqualTo(new TlsPeer.Public("h2", Optional.of("mcp.example")));
  }

  @Test
  void anAgentWithACertificateOfTheInternalCaGetsALink() throws Exception {
    TlsIdentity identity = port.ca.agent("nas");
    SslHandler handler =
        port.shake(port.contexts.linkClient(identity, port.ca.root()), LinkTls.SERVER_NAME);

    assertThat(handler.handshakeFuture().isSuccess()).isTrue();
    assertThat(handler.engine().getSession().getProtocol()).isEqualTo("TLSv1.3");
    assertThat(port.peer(SOON))
        .isInstanceOfSatisfying(
            TlsPeer.Link.class,
            link -> {
              assertThat(link.agent()).isEqualTo(new AgentId("nas"));
              assertThat(link.key()).isEqualTo(AgentCertificate.keyOf(identity.chain().getFirst()));
            });
  }

  @Test
  void aMachineWithoutACertificateMayEnrolAndNothingElse() throws Exception {
    port.shake(port.contexts.enrolClient(port.ca.pin()), LinkTls.SERVER_NAME);
    assertThat(port.peer(SOON)).isEqualTo(new TlsPeer.Enrol());

    port.shake(anyone(LinkTls.LINK).build(), LinkTls.SERVER_NAME);
    assertThat(port.peer(NEVER)).isNull();
  }

  static Stream<String> badIdentities() {
    return Stream.of("otherCa", "expired", "server", "twoNames", "otherTrustDomain", "badId");
  }

  @ParameterizedTest
  @MethodSource("badIdentities")
  void aCertificateThatIsNotAnAgentsGivesNoLink(String kind) throws Exception {
    TlsIdentity identity =
        switch (kind) {
          case "otherCa" -> new TestCa().agent("nas");
          case "expired" -> port.ca.expiredAgent("nas");
          case "server" -> port.ca.server(LinkTls.SERVER_NAME);
          case "twoNames" ->
              port.ca.client("spiffe://doorward/agent/nas", "spiffe://doorward/agent/other");
          case "otherTrustDomain" -> port.ca.client("spiffe://elsewhere/agent/nas");
          default -> port.ca.client("spiffe://doorward/agent/../nas");
        };

    port.shake(with(anyone(LinkTls.LINK), identity).build(), LinkTls.SERVER_NAME);

    assertThat(port.peer(NEVER)).isNull();
  }

  @Test
  void serverNameAndProtocolMustAgree() throws Exception {
    TlsIdentity identity = port.ca.agent("nas");
    String[][] offers = {
      {LinkTls.SERVER_NAME, "h2"},
      {LinkTls.SERVER_NAME, "http/1.1"},
      {LinkTls.SERVER_NAME, LinkTls.LINK, "h2"},
      {LinkTls.SERVER_NAME, LinkTls.ENROL, LinkTls.LINK},
      {LinkTls.SERVER_NAME, "doorward-link/2"},
      {LinkTls.SERVER_NAME},
      {"mcp.localhost", LinkTls.LINK},
      {"mcp.localhost", LinkTls.ENROL},
      {"mcp.localhost", "h2", LinkTls.LINK},
      {"127.0.0.1", LinkTls.LINK},
    };
    for (String[] offer : offers) {
      String[] protocols = java.util.Arrays.copyOfRange(offer, 1, offer.length);
      SslHandler handler = port.shake(with(anyone(protocols), identity).build(), offer[0]);
      assertThat(handler.handshakeFuture().isSuccess()).as(String.join(" ", offer)).isFalse();
    }
    assertThat(port.peer(NEVER)).isNull();
  }

  /** Contexts that are mixed up: what the link's name leads to is not the link's context. */
  private void miswire(SslContext link, SslContext enrol) throws Exception {
    LiveContexts.Snapshot right = port.snapshot(port.ca, Set.of());
    port.live.swap(new LiveContexts.Snapshot(right.publicContext(), Set.of(), link, enrol));
  }

  private SslContextBuilder server() {
    TlsIdentity identity = port.ca.server(LinkTls.SERVER_NAME);
    return SslContextBuilder.forServer(identity.key(), identity.chainArray())
        .sslProvider(SslProvider.OPENSSL)
        .protocols("TLSv1.3");
  }

  private static ApplicationProtocolConfig speaking(String protocol) {
    return new ApplicationProtocolConfig(
        Protocol.ALPN,
        SelectorFailureBehavior.NO_ADVERTISE,
        SelectedListenerFailureBehavior.ACCEPT,
        protocol);
  }

  @Test
  void afterTheHandshakeTheProtocolIsLookedAtAgain() throws Exception {
    SslContext noProtocol =
        server().clientAuth(ClientAuth.REQUIRE).trustManager(port.ca.root()).build();
    miswire(noProtocol, noProtocol);

    SslHandler link =
        port.shake(with(anyone(LinkTls.LINK), port.ca.agent("nas")).build(), LinkTls.SERVER_NAME);
    SslHandler enrol =
        port.shake(with(anyone(LinkTls.ENROL), port.ca.agent("nas")).build(), LinkTls.SERVER_NAME);

    assertThat(link.handshakeFuture().isSuccess()).isTrue();
    assertThat(enrol.handshakeFuture().isSuccess()).isTrue();
    assertThat(port.peer(NEVER)).isNull();
  }

  @Test
  void afterTheHandshakeTheCertificateIsLookedAtAgain() throws Exception {
    SslContext trusting =
        server()
            .clientAuth(ClientAuth.NONE)
            .applicationProtocolConfig(speaking(LinkTls.LINK))
            .build();
    miswire(trusting, trusting);

    SslHandler link =
        port.shake(with(anyone(LinkTls.LINK), port.ca.agent("nas")).build(), LinkTls.SERVER_NAME);

    assertThat(link.handshakeFuture().isSuccess()).isTrue();
    assertThat(port.peer(NEVER)).isNull();
  }

  @Test
  void linksAreTls13Only() throws Exception {
    SslContext old = with(anyone(LinkTls.LINK), port.ca.agent("nas")).protocols("TLSv1.2").build();

    assertThat(port.shake(old, LinkTls.SERVER_NAME).handshakeFuture().isSuccess()).isFalse();
  }

  @Test
  void linksInsistOnThePostQuantumGroupAndThePublicSideDoesNot() throws Exception {
    TlsIdentity identity = port.ca.agent("nas");
    String[] classical = {"X25519", "P-256"};
    SslContext weak =
        with(anyone(LinkTls.LINK), identity).option(OpenSslContextOption.GROUPS, classical).build();
    SslContext strong =
        with(anyone(LinkTls.LINK), identity)
            .option(OpenSslContextOption.GROUPS, new String[] {"X25519MLKEM768"})
            .build();

    assertThat(port.shake(weak, LinkTls.SERVER_NAME).handshakeFuture().isSuccess()).isFalse();
    assertThat(port.shake(strong, LinkTls.SERVER_NAME).handshakeFuture().isSuccess()).isTrue();
    assertThat(
            port.shake(
                    anyone("h2").option(OpenSslContextOption.GROUPS, classical).build(),
                    "mcp.localhost")
                .handshakeFuture()
                .isSuccess())
        .isTrue();
  }

  // Netty has no other way to ask a context for its options.
  @SuppressWarnings("deprecation")
  @Test
  void aLinkGetsNoTicketAndNoCache() throws Exception {
    for (SslContext context : List.of(port.live.link(), port.live.enrol())) {
      OpenSslContext openssl = (OpenSslContext) context;
      int options = SSLContext.getOptions(openssl.sslCtxPointer());

      assertThat(options & SSL.SSL_OP_NO_TICKET).isNotZero();
      assertThat(openssl.sessionContext().isSessionCacheEnabled()).isFalse();
    }
  }

  @Test
  void anAgentRefusesAnEdgeOfAnotherCa() throws Exception {
    TestCa other = new TestCa();
    SslHandler link =
        port.shake(
            port.contexts.linkClient(port.ca.agent("nas"), other.root()), LinkTls.SERVER_NAME);
    SslHandler enrol = port.shake(port.contexts.enrolClient(other.pin()), LinkTls.SERVER_NAME);

    assertThat(UntrustedEdge.isCauseOf(link.handshakeFuture().cause())).isTrue();
    assertThat(UntrustedEdge.isCauseOf(enrol.handshakeFuture().cause())).isTrue();
    assertThat(port.peer(NEVER)).isNull();
  }

  @Test
  void anAgentRefusesAServerOfItsCaWithAnotherName() throws Exception {
    TlsIdentity elsewhere = port.ca.server("elsewhere.internal");
    LiveContexts.Snapshot now = port.snapshot(port.ca, Set.of());
    port.live.swap(
        new LiveContexts.Snapshot(
            now.publicContext(),
            Set.of(),
            port.contexts.linkServer(elsewhere, port.ca.root()),
            port.contexts.enrolServer(elsewhere)));

    SslHandler link =
        port.shake(
            port.contexts.linkClient(port.ca.agent("nas"), port.ca.root()), LinkTls.SERVER_NAME);

    assertThat(UntrustedEdge.isCauseOf(link.handshakeFuture().cause())).isTrue();
  }

  @Test
  void aCertificateOutsideItsTimeIsToldFromOneOfAnotherCa() throws Exception {
    TlsIdentity early = port.ca.futureServer(LinkTls.SERVER_NAME);
    TlsIdentity late = port.ca.endedServer(LinkTls.SERVER_NAME);

    Problem tooEarly = clock(early).orElseThrow().problem("the edge");
    Problem tooLate = clock(late).orElseThrow().problem("the edge");

    assertThat(tooEarly.reason()).isEqualTo(Reason.CLOCK_WRONG);
    assertThat(tooEarly.text())
        .contains(
            "begins at " + early.chain().getFirst().getNotBefore().toInstant(), "set the clock");
    assertThat(tooLate.text())
        .contains("ended at " + late.chain().getFirst().getNotAfter().toInstant());
    TlsIdentity forged = new TestCa().futureServer(LinkTls.SERVER_NAME);
    assertThat(
            clock(
                new TlsIdentity(List.of(forged.chain().getFirst(), port.ca.root()), forged.key())))
        .as("signed by another CA")
        .isEmpty();
    assertThat(clock(port.ca.server("elsewhere.internal"))).isEmpty();
  }

  private Optional<ClockMismatch> clock(TlsIdentity identity) throws Exception {
    port.live.swap(
        new LiveContexts.Snapshot(
            port.contexts.publicServer(identity),
            Set.of(),
            port.contexts.linkServer(identity, port.ca.root()),
            port.contexts.enrolServer(identity)));
    SslHandler shaken = port.shake(port.contexts.enrolClient(port.ca.pin()), LinkTls.SERVER_NAME);
    assertThat(shaken.handshakeFuture().isSuccess()).isFalse();
    return ClockMismatch.find(shaken.handshakeFuture().cause());
  }

  @Test
  void aSwapTakesEffectWithTheNextConnection() throws Exception {
    TestCa next = new TestCa();
    SslContext client = port.contexts.enrolClient(next.pin());
    assertThat(port.shake(client, LinkTls.SERVER_NAME).handshakeFuture().isSuccess()).isFalse();

    port.live.swap(port.snapshot(next, Set.of()));

    assertThat(port.shake(client, LinkTls.SERVER_NAME).handshakeFuture().isSuccess()).isTrue();
  }

  @Test
  void whatIsNoClientHelloIsClosedWithoutAnAnswer() throws Exception {
    byte[] large = new byte[20_000];
    new Random(7).nextBytes(large);
    large[0] = 22;
    large[1] = 3;
    large[2] = 1;
    large[3] = 0x40;
    large[4] = 0;
    large[5] = 1;
    large[6] = 0;
    large[7] = 0x4e;
    large[8] = 0x20;
    for (byte[] bytes :
        new byte[][] {
          "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
          "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
          {22, 3, 1, 0, 0},
          {21, 3, 1, 0, 2, 1, 0},
          {22, 3, 1, 0, 4, 2, 0, 0, 0},
          {0},
          large
        }) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port.port())) {
        socket.setSoTimeout(10_000);
        OutputStream out = socket.getOutputStream();
        out.write(bytes);
        out.flush();
        assertThat(end(socket.getInputStream())).isEqualTo(-1);
      }
    }
  }

  private static int end(InputStream in) {
    try {
      return in.read();
    } catch (java.net.SocketException e) {
      // Closed with bytes unread: a reset says the same as an end.
      return -1;
    } catch (java.io.IOException e) {
      return -2;
    }
  }

  @Test
  void aHandshakeThatStandsStillIsClosedInTime() throws Exception {
    try (Port impatient = new Port(Duration.ofMillis(200), Set.of());
        Socket silent = new Socket(InetAddress.getLoopbackAddress(), impatient.port());
        Socket half = new Socket(InetAddress.getLoopbackAddress(), impatient.port())) {
      half.getOutputStream().write(new byte[] {22, 3, 1, 1, 0, 1, 0});
      silent.setSoTimeout(10_000);
      half.setSoTimeout(10_000);

      assertThat(end(silent.getInputStream())).isEqualTo(-1);
      assertThat(end(half.getInputStream())).isEqualTo(-1);
    }
  }

  @Test
  void theJdkServesWhereTheNativeLibraryIsMissing() throws Exception {
    TlsContexts jdk = new TlsContexts(TlsProvider.JDK);
    TlsIdentity identity = port.ca.server(LinkTls.SERVER_NAME);
    port.live.swap(
        new LiveContexts.Snapshot(
            jdk.publicServer(port.ca.server("mcp.localhost")),
            Set.of(),
            jdk.linkServer(identity, port.ca.root()),
            jdk.enrolServer(identity)));

    port.shake(jdk.linkClient(port.ca.agent("nas"), port.ca.root()), LinkTls.SERVER_NAME);
    assertThat(port.peer(SOON)).isInstanceOf(TlsPeer.Link.class);
    port.shake(jdk.enrolClient(port.ca.pin()), LinkTls.SERVER_NAME);
    assertThat(port.peer(SOON)).isInstanceOf(TlsPeer.Enrol.class);
    port.shake(anyone("h2").build(), "mcp.localhost");
    assertThat(port.peer(SOON)).isInstanceOf(TlsPeer.Public.class);
    port.shake(anyone(LinkTls.LINK).build(), LinkTls.SERVER_NAME);
    assertThat(port.peer(NEVER)).isNull();
  }
}
