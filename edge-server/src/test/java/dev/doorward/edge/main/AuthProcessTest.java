package dev.doorward.edge.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.doorward.auth.edges.EdgeInvite;
import dev.doorward.auth.wire.Answer;
import dev.doorward.auth.wire.WireJson;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.Invite;
import dev.doorward.common.identity.Secret;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.auth.AuthConfig;
import dev.doorward.config.bind.ConfigReader;
import dev.doorward.config.data.DataDirectory;
import dev.doorward.config.value.HostPort;
import dev.doorward.edge.admin.AdminClient;
import dev.doorward.edge.auth.apart.ApartAuth;
import dev.doorward.edge.auth.apart.JoinedEdge;
import dev.doorward.edge.auth.apart.Place;
import dev.doorward.transport.link.control.EnrolRequest;
import dev.doorward.transport.loop.EventLoops;
import dev.doorward.transport.tls.TlsContexts;
import dev.doorward.transport.tls.TlsIdentity;
import dev.doorward.transport.tls.TlsProvider;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The socket and the port of an auth-server of its own, and who is let in there. */
@Timeout(60)
class AuthProcessTest {
  private static final String OFFERED = "{\"agent\":\"home\",\"services\":[]}";

  private static final Pattern LENGTH = Pattern.compile("(?i)content-length: ([0-9]+)");

  @TempDir private Path temp;
  private AuthProcess auth;
  private int number;

  @BeforeEach
  void start() throws Exception {
    number = ServedEdge.freePort();
    auth = started("request-timeout: 500ms, connections: 8");
  }

  private AuthProcess started(String port) {
    return ServedEdge.value(
        AuthProcess.start(config(port), InstantSource.system(), new SecureRandom()));
  }

  @AfterEach
  void stop() {
    auth.close();
  }

  private AuthConfig config(String port) {
    return ServedEdge.value(
        ConfigReader.readText(
                AuthConfig.class,
                """
                public-url: https://localhost:%d
                data-dir: auth
                port: { listen: '127.0.0.1:0', %s }
                """
                    .formatted(number, port),
                temp,
                Map.of())
            .outcome());
  }

  private Path authDir() {
    return temp.resolve("auth");
  }

  private static String ask(String path, String body) {
    return ask(path, body, "Host: auth\r\nContent-Type: application/json\r\n");
  }

  private static String ask(String path, String body, String headers) {
    return "POST "
        + path
        + " HTTP/1.1\r\n"
        + headers
        + "Content-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  /** One answer of the socket, or what it says until it is closed. */
  private String socket(String sent) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(authDir().resolve("auth.sock")));
      return exchange(Channels.newOutputStream(channel), Channels.newInputStream(channel), sent);
    }
  }

  private static String exchange(OutputStream out, InputStream in, String sent) {
    var answer = new StringBuilder();
    try {
      out.write(sent.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      byte[] buffer = new byte[4096];
      while (!isWhole(answer.toString())) {
        int read = in.read(buffer);
        if (read < 0) {
          break;
        }
        answer.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
      }
    } catch (IOException e) {
      return answer.toString();
    }
    return answer.toString();
  }

  private static boolean isWhole(String http) {
    int end = http.indexOf("\r\n\r\n");
    Matcher length = LENGTH.matcher(http);
    return end >= 0
        && length.find()
        && http.length() - end - 4 >= Integer.parseInt(length.group(1));
  }

  private static Answer answer(String http) {
    int end = http.indexOf("\r\n\r\n");
    return WireJson.read(
            http.substring(end + 4).getBytes(StandardCharsets.ISO_8859_1), Answer.class)
        .orElseThrow();
  }

  private static String reason(String http) {
    return answer(http).told() instanceof Answer.Refused refused ? refused.reason() : "";
  }

  @Test
  void socketIsForItsOwnerOnly() throws Exception {
    assertThat(Files.getPosixFilePermissions(authDir().resolve("auth.sock")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(Files.getPosixFilePermissions(authDir()))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void askOfTheRightFormIsAnswered() throws Exception {
    assertThat(answer(socket(ask("/v1/offered", OFFERED))).told()).isInstanceOf(Answer.Done.class);
  }

  private static Stream<String> otherForms() {
    String host = "Host: auth";
    String json = "Content-Type: application/json";
    String two = "Content-Length: 2";
    return Stream.of(
        lines("GET /v1/offered HTTP/1.1", host, "", ""),
        lines("POST /v1/offered HTTP/1.0", host, json, two, "", "{}"),
        lines("POST /v1/nothing HTTP/1.1", host, json, two, "", "{}"),
        lines("POST /v1/offered HTTP/1.1", host, json, "X-Forwarded-For: 192.0.2.1", two, "", "{}"),
        lines(
            "POST /v1/offered HTTP/1.1",
            host,
            json,
            "Transfer-Encoding: chunked",
            "",
            "2",
            "{}",
            "0",
            "",
            ""),
        lines("POST /v1/offered HTTP/1.1", host, json, two, "Content-Length: 3", "", "{}"),
        lines("POST /v1/offered HTTP/1.1", host, host, two, "", "{}"),
        lines("POST /v1/offered HTTP/1.1", host, "Content-Type: text/plain", two, "", "{}"),
        lines("POST /v1/offered HTTP/1.1", host, json, "Content-Length: 9999999", "", ""),
        lines("POST /v1/offered HTTP/1.1", host, json, "Content-Length: 600000", "", ""),
        lines("POST /v1/offered HTTP/1.1", "X: " + "x".repeat(2000), host, json, two, "", "{}"),
        lines("\u0016\u0003\u0001 garbage \u0000", "", ""),
        lines("", "", "", "", ""));
  }

  private static String lines(String... lines) {
    return String.join("\r\n", lines);
  }

  @ParameterizedTest
  @MethodSource("otherForms")
  void otherFormsEndTheConnectionWithoutAnAnswerThatIsOne(String sent) throws Exception {
    assertThat(socket(sent)).doesNotContain("\"is\":\"done\"").doesNotContain("200 OK");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "null",
        "{}",
        "{\"agent\":\"home\",\"agent\":\"home\",\"services\":[]}",
        "{\"agent\":\"home\",\"services\":[],\"more\":1}",
        "{\"agent\":null,\"services\":[]}",
        "{\"agent\":\"home\",\"services\":[null]}",
        "{\"agent\":\"home\",\"services\":[]} x"
      })
  void bodiesThatAreNoAskAreRefused(String body) throws Exception {
    assertThat(socket(ask("/v1/offered", body))).startsWith("HTTP/1.1 400 ");
  }

  @Test
  void valuesThatAnEdgeNeverSendsAreRefused() throws Exception {
    String call =
        "{\"method\":\"GET\",\"path\":\"/jwks\",\"query\":[],\"headers\":{},\"body\":\"\","
            + "\"remote\":\"192.0.2.1\"}";

    assertThat(answer(socket(ask("/v1/call", call))).told())
        .isInstanceOfSatisfying(Answer.Reply.class, r -> assertThat(r.status()).isEqualTo(200));
    for (String wrong :
        new String[] {
          call.replace("192.0.2.1", "localhost"),
          call.replace("192.0.2.1", ""),
          call.replace("GET", "get x"),
          call.replace("/jwks", "jwks"),
          call.replace("/jwks", "/jwks\\r\\nX: y"),
          call.replace("\"headers\":{}", "\"headers\":{\"a\":[\"b\\r\\nc: d\"]}"),
          call.replace("\"headers\":{}", "\"headers\":{\"A\":[\"b\"]}"),
          call.replace("\"query\":[]", "\"query\":[\"a\",\"b\"]"),
        }) {
      assertThat(reason(socket(ask("/v1/call", wrong)))).as(wrong).isEqualTo("http_malformed");
    }
  }

  @Test
  void whoIsSlowIsCutOff() throws Exception {
    long since = System.nanoTime();

    assertThat(socket("POST /v1/off")).isEmpty();
    assertThat(
            socket(
                lines(
                    "POST /v1/offered HTTP/1.1",
                    "Host: auth",
                    "Content-Type: application/json",
                    "Content-Length: 40",
                    "",
                    "{")))
        .isEmpty();
    assertThat(socket("")).isEmpty();
    assertThat(System.nanoTime() - since).isLessThan(20_000_000_000L);
  }

  @Test
  void connectionsBeyondTheBoundAreClosed() throws Exception {
    auth.close();
    auth = started("request-timeout: 30s, connections: 4");
    var open = new ArrayList<SocketChannel>();
    try {
      for (int i = 0; i < 4; i++) {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(authDir().resolve("auth.sock")));
        open.add(channel);
      }
      assertThat(socket(ask("/v1/offered", OFFERED))).isEmpty();
    } finally {
      for (SocketChannel channel : open) {
        channel.close();
      }
    }
    await()
        .untilAsserted(() -> assertThat(socket(ask("/v1/offered", OFFERED))).contains("\"done\""));
  }

  /** What the TLS port answers to an edge that shows {@code identity}, or nothing. */
  private String tls(String sent, Optional<TlsIdentity> identity) throws Exception {
    X509Certificate ca;
    try (InputStream in = Files.newInputStream(authDir().resolve("ca.pem"))) {
      ca = (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
    var contexts = new TlsContexts(TlsProvider.best());
    SslContext tls =
        identity.isPresent()
            ? contexts.authClient(identity.get(), ca)
            : contexts.authJoiner(Fingerprint.of(ca.getEncoded()));
    var answer = new CompletableFuture<String>();
    try (EventLoops loops = EventLoops.start("asker", 1)) {
      new Place.Remote(new HostPort("127.0.0.1", auth.port()), () -> tls)
          .dial(loops, () -> List.of(new Collector(answer)))
          .whenComplete((channel, failure) -> {
            if (failure == null) {
              channel.writeAndFlush(Unpooled.copiedBuffer(sent, StandardCharsets.ISO_8859_1));
            } else {
              answer.complete("");
            }
          });
      return answer.get(20, TimeUnit.SECONDS);
    }
  }

  private static final class Collector extends SimpleChannelInboundHandler<ByteBuf> {
    private final StringBuilder read = new StringBuilder();
    private final CompletableFuture<String> answer;

    Collector(CompletableFuture<String> answer) {
      this.answer = answer;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf in) {
      read.append(in.toString(StandardCharsets.ISO_8859_1));
      if (isWhole(read.toString())) {
        ctx.close();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      answer.complete(read.toString());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  @Test
  void withoutACertificateNothingIsToBeHadButJoining() throws Exception {
    Optional<TlsIdentity> none = Optional.empty();
    String join = ask("/v1/join", "{\"invite\":\"x\",\"secret\":\"y\",\"csr\":\"\"}");
    assertThat(tls(ask("/v1/offered", OFFERED), none)).startsWith("HTTP/1.1 403 ");
    assertThat(tls(ask("/v1/feed", "{\"version\":\"1\"}"), none)).startsWith("HTTP/1.1 403 ");
    assertThat(reason(tls(join, none))).isEqualTo("invite_unknown");
    assertThat(socket(join)).startsWith("HTTP/1.1 403 ");
  }

  @Test
  void certificatesThatAreNoEdgesLetNobodyIn() throws Exception {
    for (String name : new String[] {"agent", "edge-unknown", "foreign"}) {
      assertThat(tls(ask("/v1/offered", OFFERED), Optional.of(Certified.as(name, authDir(), temp))))
          .as(name)
          .doesNotContain("done")
          .doesNotContain("200 OK");
    }
  }

  private String invite(String name) {
    JsonNode made =
        ServedEdge.value(
            new AdminClient(authDir())
                .ask(
                    "POST",
                    "/v1/edges",
                    Map.of("edge", name, "address", "127.0.0.1:" + auth.port())));
    return made.path("invite").asString();
  }

  private Outcome<HostPort> join(String invite) {
    try (DataDirectory data = ServedEdge.value(DataDirectory.open(temp.resolve("edge")))) {
      return JoinedEdge.join(invite, data.path(), new SecureRandom());
    }
  }

  private Outcome<ApartAuth> open() {
    return ApartAuth.open(
        EdgeConfigs.of(
            temp.resolve("edge"),
            number,
            "auth-server: { address: '127.0.0.1:" + auth.port() + "' }"),
        temp.resolve("edge"),
        InstantSource.system(),
        new SecureRandom(),
        "test");
  }

  @Test
  void edgeThatWasInvitedJoinsOnceAndReadsAlongUntilItIsRemoved() throws Exception {
    assertThat(open()).isInstanceOf(Outcome.Failed.class);
    String invite = invite("vps");
    assertThat(join(invite)).isEqualTo(Outcome.ok(new HostPort("127.0.0.1", auth.port())));
    assertThat(((Outcome.Failed<?>) join(invite)).problem().reason())
        .isEqualTo(Reason.INVITE_UNKNOWN);

    try (ApartAuth edge = ServedEdge.value(open())) {
      assertThat(edge.linkIdentity().chain()).hasSize(2);
      assertThat(edge.root()).isEqualTo(edge.linkIdentity().chain().getLast());
      assertThat(edge.elsewhere()).isEmpty();
      assertThat(edge.verification().unable()).isEmpty();

      assertThat(new AdminClient(authDir()).ask("DELETE", "/v1/edges/vps", null))
          .isInstanceOf(Outcome.Ok.class);

      assertThat(
              edge.grantor()
                  .enrol(
                      new EnrolRequest("x", new Secret("y"), new byte[1], "test"),
                      new InetSocketAddress(0)))
          .isInstanceOfSatisfying(
              Outcome.Failed.class,
              failed ->
                  assertThat(failed.problem().reason()).isEqualTo(Reason.AUTH_SERVER_UNREACHABLE));
    }
  }

  @Test
  void edgesFileHoldsItsOwnKeyForItsOwnerOnly() throws Exception {
    assertThat(join(invite("vps"))).isInstanceOf(Outcome.Ok.class);
    Path file = temp.resolve("edge/auth-server.pem");

    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(Files.readString(file)).contains("PRIVATE KEY");
    try (var files = Files.list(authDir())) {
      assertThat(files.filter(Files::isRegularFile).toList())
          .allSatisfy(f ->
              assertThat(Files.readString(f, StandardCharsets.ISO_8859_1))
                  .doesNotContain(Files.readString(file).substring(28, 90)));
    }
  }

  @Test
  void inviteForAnotherCaJoinsNothing() {
    String invite = invite("vps");
    var read = ServedEdge.value(EdgeInvite.parse(invite));
    String forged =
        EdgeInvite.encode(
            new Invite(read.edge(), read.id(), read.secret(), Fingerprint.of(new byte[1])));

    assertThat(join(forged)).isInstanceOf(Outcome.Failed.class);
    assertThat(join(invite)).as("the invite was not used").isInstanceOf(Outcome.Ok.class);
  }

  @Test
  void edgeOfAnotherPublicUrlIsToldSo() {
    Outcome<ApartAuth> opened =
        ApartAuth.open(
            EdgeConfigs.of(
                temp.resolve("edge"),
                number == 65_535 ? 1024 : number + 1,
                "auth-server: { socket: '" + authDir().resolve("auth.sock") + "' }"),
            makeEdgeDir(),
            InstantSource.system(),
            new SecureRandom(),
            "test");

    assertThat(((Outcome.Failed<?>) opened).problem().text()).contains("public-url");
  }

  private Path makeEdgeDir() {
    try (DataDirectory data = ServedEdge.value(DataDirectory.open(temp.resolve("edge")))) {
      return data.path();
    }
  }

  @Test
  void edgeSaysWhereToAskForWhatItDoesNotKeep() throws Exception {
    Path edgeDir = temp.resolve("edge");
    EdgeProcess edge =
        ServedEdge.value(
            EdgeProcess.start(
                EdgeConfigs.of(
                    edgeDir,
                    number,
                    "auth-server: { socket: '" + authDir().resolve("auth.sock") + "' }"),
                InstantSource.system(),
                new SecureRandom()));
    try (edge) {
      var added =
          new AdminClient(edgeDir).ask("POST", "/v1/people", Map.of("name", "ada", "owner", true));
      assertThat(added).isInstanceOf(Outcome.Ok.class);
      assertThat(edge.desk()).isEmpty();
      assertThat(auth.desk().people()).extracting("name").containsExactly("ada");
      Files.move(authDir().resolve("admin.sock"), authDir().resolve("moved.sock"));
      assertThat(
              ((Outcome.Failed<?>) new AdminClient(edgeDir).ask("GET", "/v1/people", null))
                  .problem()
                  .reason())
          .isEqualTo(Reason.AUTH_SERVER_APART);
    }
    assertThat(edgeDir.resolve("doorward.db")).doesNotExist();
    assertThat(edgeDir.resolve("seal.key")).doesNotExist();
  }
}
