package dev.doorward.edge.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.doorward.common.audit.AuditEvent;
import dev.doorward.edge.fixture.ScriptedLink;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both versions of HTTP with the JDK's own client, through TLS. */
class RealSocketTest {
  @TempDir private Path dataDir;
  private ServedEdge edge;

  @BeforeEach
  void open() throws Exception {
    edge = new ServedEdge(dataDir);
  }

  @AfterEach
  void close() {
    edge.close();
  }

  private static String message(int padding) {
    return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"x\":\""
        + "p".repeat(padding)
        + "\"}}";
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void bodiesOfAnySizeComeBackAsTheyWere(HttpClient.Version version) throws Exception {
    HttpClient client = edge.client(version);
    for (int size : new int[] {0, 1_000, 20_000, 60_000}) {
      String sent = message(size);

      HttpResponse<String> answer =
          client.send(
              edge.request("echo").POST(BodyPublishers.ofString(sent)).build(),
              BodyHandlers.ofString());

      assertThat(answer.version()).isEqualTo(version);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(sent);
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void aBodyOfUnknownLengthIsTaken(HttpClient.Version version) throws Exception {
    byte[] sent = message(5_000).getBytes(StandardCharsets.US_ASCII);
    HttpResponse<String> answer =
        edge.client(version)
            .send(
                edge.request("echo")
                    .POST(
                        BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(sent)))
                    .build(),
                BodyHandlers.ofString());

    assertThat(answer.body()).isEqualTo(new String(sent, StandardCharsets.US_ASCII));
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void tooLargeABodyIsToldAndTheEdgeGoesOn(HttpClient.Version version) throws Exception {
    HttpClient client = edge.client(version);
    HttpResponse<String> refused =
        client.send(
            edge.request("echo").POST(BodyPublishers.ofString(message(70_000))).build(),
            BodyHandlers.ofString());
    assertThat(refused.statusCode()).isEqualTo(413);
    assertThat(refused.body()).contains("http_body_too_large");

    HttpResponse<String> fine =
        client.send(
            edge.request("echo").POST(BodyPublishers.ofString(message(0))).build(),
            BodyHandlers.ofString());
    assertThat(fine.statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void manyCallsRunSideBySide(HttpClient.Version version) throws Exception {
    HttpClient client = edge.client(version);
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 90; i++) {
      answers.add(
          client.sendAsync(
              edge.request("echo").POST(BodyPublishers.ofString(message(i))).build(),
              BodyHandlers.ofString()));
    }
    for (int i = 0; i < 90; i++) {
      assertThat(answers.get(i).get().body()).isEqualTo(message(i));
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void aLongAnswerIsWhole(HttpClient.Version version) throws Exception {
    HttpResponse<String> answer =
        edge.client(version)
            .send(
                edge.request("big").POST(BodyPublishers.ofString(message(0))).build(),
                BodyHandlers.ofString());

    assertThat(answer.body()).hasSize(1 << 20);
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void aSilentStreamIsSeenAtOnce(HttpClient.Version version) throws Exception {
    HttpResponse<InputStream> answer =
        edge.client(version)
            .send(edge.request("stream").GET().build(), BodyHandlers.ofInputStream());

    try (InputStream in = answer.body()) {
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(new String(in.readNBytes(13), StandardCharsets.US_ASCII))
          .startsWith(": keep-alive");
    }
    ScriptedLink.Call call = edge.link.calls.element();
    await().atMost(Duration.ofSeconds(10)).until(() -> call.cancelled);
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void aClientThatDoesNotReadHoldsUpNothingButItself(HttpClient.Version version) throws Exception {
    HttpResponse<InputStream> answer =
        edge.client(version)
            .send(edge.request("flood").GET().build(), BodyHandlers.ofInputStream());
    ScriptedLink.Call call = edge.link.calls.element();

    await().atMost(Duration.ofSeconds(20)).until(() -> call.paused);
    assertThat(call.flooded()).isLessThan(64L << 20);
    HttpResponse<String> other =
        edge.client(version)
            .send(
                edge.request("echo").POST(BodyPublishers.ofString(message(0))).build(),
                BodyHandlers.ofString());
    assertThat(other.statusCode()).isEqualTo(200);

    long before = call.flooded();
    try (InputStream in = answer.body()) {
      while (call.flooded() == before) {
        assertThat(in.readNBytes(64 * 1024)).hasSize(64 * 1024);
      }
    }
    await().atMost(Duration.ofSeconds(10)).until(() -> call.cancelled);
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void leavingCancelsAModernCallAndNotALegacyOne(HttpClient.Version version) throws Exception {
    HttpClient client = edge.client(version);
    String modern =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":"
            + "{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}}}";
    CompletableFuture<?> leaving =
        client.sendAsync(
            edge.request("hang")
                .header("MCP-Protocol-Version", "2026-07-28")
                .header("Mcp-Method", "ping")
                .POST(BodyPublishers.ofString(modern))
                .build(),
            BodyHandlers.ofString());
    CompletableFuture<?> legacy =
        client.sendAsync(
            edge.request("hang").POST(BodyPublishers.ofString(message(0))).build(),
            BodyHandlers.ofString());
    await().atMost(Duration.ofSeconds(10)).until(() -> edge.link.opened.get() == 2);

    leaving.cancel(true);
    legacy.cancel(true);
    client.shutdownNow();

    await()
        .atMost(Duration.ofSeconds(10))
        .until(() ->
            edge.link.calls.stream()
                    .filter(c -> c.head.headers().contains("mcp-method"))
                    .allMatch(c -> c.cancelled)
                && edge.parts.audit.of(AuditEvent.CallFinished.class).size() == 1);
    assertThat(
            edge.link.calls.stream()
                .filter(c -> !c.head.headers().contains("mcp-method"))
                .noneMatch(c -> c.cancelled))
        .isTrue();
    edge.parts.openCalls.cutAll();
    await().atMost(Duration.ofSeconds(10)).until(() -> edge.parts.openCalls.size() == 0);
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void aChallengeIsGivenWithoutAToken(HttpClient.Version version) throws Exception {
    HttpResponse<String> answer =
        edge.client(version)
            .send(
                edge.request("echo")
                    .setHeader("Authorization", "Basic eDp5")
                    .POST(BodyPublishers.ofString(message(0)))
                    .build(),
                BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("www-authenticate").orElse(""))
        .contains("resource_metadata=");
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void drainLetsARunningCallEnd(HttpClient.Version version) throws Exception {
    CompletableFuture<HttpResponse<String>> answer =
        edge.client(version)
            .sendAsync(
                edge.request("hang").POST(BodyPublishers.ofString(message(0))).build(),
                BodyHandlers.ofString());
    await().atMost(Duration.ofSeconds(10)).until(() -> edge.link.opened.get() == 1);

    edge.port.drain();
    edge.link.calls.element().finish("{}");

    assertThat(answer.get().statusCode()).isEqualTo(200);
    assertThat(answer.get().body()).isEqualTo("{}");
    await().atMost(Duration.ofSeconds(10)).until(() -> edge.port.open() == 0);
  }

  @Test
  void drainEndsIdleConnectionsAtOnce() throws Exception {
    try (var socket =
        (SSLSocket) edge.trust.getSocketFactory().createSocket("127.0.0.1", edge.number())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ("GET /health HTTP/1.1\r\nHost: localhost:" + edge.number() + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      InputStream in = socket.getInputStream();
      assertThat(in.readNBytes(12)).asString().isEqualTo("HTTP/1.1 200");

      edge.port.drain();

      socket.setSoTimeout(10_000);
      assertThat(in.readAllBytes()).isNotNull();
    }
    await().atMost(Duration.ofSeconds(10)).until(() -> edge.port.open() == 0);
  }
}
