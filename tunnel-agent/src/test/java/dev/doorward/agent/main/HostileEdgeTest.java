package dev.doorward.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.agent.fake.Answer;
import dev.doorward.agent.fake.FakeEdge;
import dev.doorward.agent.fake.FakeServer;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.transport.link.EdgeLink;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An edge with a good certificate that wants more than the agent offers. */
@Timeout(60)
class HostileEdgeTest {
  @TempDir private Path dir;
  private FakeEdge edge;
  private FakeServer server;
  private FakeServer neighbour;
  private AgentProcess agent;
  private EdgeLink link;
  private Channel connection;

  @BeforeEach
  void start() throws Exception {
    edge = new FakeEdge();
    server = new FakeServer();
    neighbour = new FakeServer();
    Path home = dir.resolve("agent");
    assertThat(Running.join(edge, home).code()).isZero();
    agent =
        Running.start(
            home,
            "links: 1\nservices: {notes: {url: \"%s\"}}\nlimits: {drain: 1s}\n"
                .formatted(server.url()));
    link = edge.awaitLink();
    connection = edge.channels.take();
  }

  @AfterEach
  void stop() throws Exception {
    agent.close();
    server.close();
    neighbour.close();
    edge.close();
  }

  private Http2Headers good() {
    return new DefaultHttp2Headers(false)
        .method("POST")
        .scheme("https")
        .authority("notes")
        .path("/mcp")
        .add("authorization", "Bearer " + edge.authority.token(new ServiceName("notes")))
        .add("doorward-call", "c1");
  }

  /** Sends a head as it is, and gives what comes back: a status, or how the stream ended. */
  private String ask(Http2Headers head, boolean end, byte... body) throws Exception {
    CompletableFuture<String> heard = new CompletableFuture<>();
    Http2StreamChannel stream =
        new Http2StreamChannelBootstrap(connection)
            .handler(
                new ChannelInboundHandlerAdapter() {
                  @Override
                  public void channelRead(ChannelHandlerContext ctx, Object frame) {
                    if (frame instanceof Http2HeadersFrame headers) {
                      CharSequence reason = headers.headers().get("doorward-reason");
                      heard.complete(
                          reason == null
                              ? String.valueOf(headers.headers().status())
                              : reason.toString());
                    }
                    ReferenceCountUtil.release(frame);
                  }

                  @Override
                  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                    ReferenceCountUtil.release(event);
                  }

                  @Override
                  public void channelInactive(ChannelHandlerContext ctx) {
                    heard.complete("ended");
                  }

                  @Override
                  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                    ctx.close();
                  }
                })
            .open()
            .get();
    stream.writeAndFlush(new DefaultHttp2HeadersFrame(head, end));
    if (!end) {
      stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(body), true));
    }
    String said = heard.get(15, TimeUnit.SECONDS);
    stream.close();
    return said;
  }

  static Stream<Arguments> heads() {
    return Stream.of(
        named("unknown service", h -> h.authority("other")),
        named("a host", h -> h.authority("169.254.169.254")),
        named("a host and port", h -> h.authority("127.0.0.1:22")),
        named("upper case", h -> h.authority("NOTES")),
        named("no authority", h -> remove(h, ":authority")),
        named("user info", h -> h.authority("notes@127.0.0.1")),
        named("another path", h -> h.path("/admin")),
        named("dots", h -> h.path("/mcp/../admin")),
        named("encoded dots", h -> h.path("/mcp/%2e%2e/admin")),
        named("backslash", h -> h.path("/mcp\\..\\admin")),
        named("below", h -> h.path("/mcp/")),
        named("absolute", h -> h.path("http://127.0.0.1/mcp")),
        named("double slash", h -> h.path("//127.0.0.1/mcp")),
        named("star", h -> h.path("*")),
        named("fragment", h -> h.path("/mcp?a#b")),
        named("space", h -> h.path("/mcp?a b")),
        named("line break in the path", h -> h.path("/mcp?a\r\nx: y")),
        named("zero in the path", h -> h.path("/mcp?a\0")),
        named("not ASCII", h -> h.path("/mcp?\u00e4")),
        named("long path", h -> h.path("/mcp?" + "a".repeat(9000))),
        named("PUT", h -> h.method("PUT")),
        named("OPTIONS", h -> h.method("OPTIONS")),
        named("line break in the method", h -> h.method("GET / HTTP/1.1\r\nx: y\r\n\r\nGET")),
        named("CONNECT", h -> remove(h.method("CONNECT"), ":path", ":scheme")),
        named("extended CONNECT", h -> h.method("CONNECT").add(":protocol", "websocket")),
        named("protocol", h -> h.add(":protocol", "websocket")),
        named("plain scheme", h -> h.scheme("http")),
        named("no token", h -> remove(h, "authorization")),
        named("two tokens", h -> h.add("authorization", "Bearer x")),
        named("basic", h -> h.set("authorization", "Basic eDp5")),
        named("token with a break", h -> h.set("authorization", "Bearer a\r\nx: y")),
        named("no call", h -> remove(h, "doorward-call")),
        named("bad call", h -> h.set("doorward-call", "a b")),
        named("two calls", h -> h.add("doorward-call", "c2")),
        named("line break in a header", h -> h.add("x", "a\r\nhost: evil")),
        named("line break in a name", h -> h.add("x\r\nhost", "evil")),
        named("connection", h -> h.add("connection", "x")),
        named("transfer-encoding", h -> h.add("transfer-encoding", "chunked")),
        named("upgrade", h -> h.add("upgrade", "websocket")),
        named("length that is none", h -> h.set("content-length", "-1")),
        named("length that is not kept", h -> h.set("content-length", "100")),
        named("two lengths", h -> h.add("content-length", "2").add("content-length", "3")));
  }

  private static Arguments named(String name, UnaryOperator<Http2Headers> change) {
    return Arguments.of(org.junit.jupiter.api.Named.of(name, change));
  }

  private static Http2Headers remove(Http2Headers headers, String... names) {
    for (String name : names) {
      headers.remove(name);
    }
    return headers;
  }

  @ParameterizedTest
  @MethodSource("heads")
  void whatIsNotACallForAServiceOfOursReachesNothing(UnaryOperator<Http2Headers> change)
      throws Exception {
    String said = ask(change.apply(good()), false, (byte) '{', (byte) '}');

    assertThat(said).isNotEqualTo("200");
    assertThat(server.requests).isEmpty();
    assertThat(neighbour.connections).hasValue(0);
  }

  @Test
  void theGoodHeadIsServedSoTheOthersFailForTheirOwnReason() throws Exception {
    assertThat(ask(good(), false, (byte) '{', (byte) '}')).isEqualTo("200");
    assertThat(server.requests).hasSize(1);
  }

  @Test
  void headersOfOneHopAndOfOthersAreNotPassedOn() throws Exception {
    Http2Headers head =
        good()
            .add("host", "127.0.0.1:" + neighbour.port())
            .add("te", "trailers")
            .add("keep-alive", "timeout=1000")
            .add("proxy-authorization", "Basic eDp5")
            .add("expect", "100-continue")
            .add("x-forwarded-host", "evil")
            .add("forwarded", "for=evil")
            .add("doorward-person", "root")
            .add("Doorward-Subject".toLowerCase(java.util.Locale.ROOT), "root");
    ask(head, false, (byte) '{', (byte) '}');

    for (FakeServer.Request request : server.requests) {
      assertThat(request.head())
          .doesNotContain("evil", "root", "te:", "timeout=1000", "eDp5", "100-continue");
      assertThat(request.header("host")).isEqualTo("127.0.0.1:" + server.port());
    }
    assertThat(neighbour.connections).hasValue(0);
  }

  @Test
  void aManyFoldOfBadCallsLeavesTheLinkUsable() throws Exception {
    for (int i = 0; i < 300; i++) {
      ask(good().path("/x" + i), true);
    }

    Answer answer =
        Answer.post(link, "notes", edge.authority.token(new ServiceName("notes")), "{}").await();
    assertThat(answer.status()).isEqualTo(200);
  }
}
