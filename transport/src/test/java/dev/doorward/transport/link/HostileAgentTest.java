package dev.doorward.transport.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.link.control.ControlCodec;
import dev.doorward.transport.link.control.ControlMessage;
import dev.doorward.transport.link.control.Versions;
import dev.doorward.transport.tls.TlsContexts;
import dev.doorward.transport.tls.TlsProvider;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An agent with a good certificate and bad manners. */
@Timeout(60)
class HostileAgentTest {
  private LinkPair pair;
  private Raw agent;
  private Channel connection;
  private @Nullable Http2FrameStream controlStream;

  /** Plain HTTP/2 frames in the server's role. */
  private static final class Raw extends ChannelInboundHandlerAdapter {
    final BlockingQueue<Http2FrameStream> streams = new LinkedBlockingQueue<>();
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private @Nullable ChannelHandlerContext joined;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      joined = ctx;
    }

    ChannelHandlerContext context() {
      return java.util.Objects.requireNonNull(joined);
    }

    /** What the edge said in DATA. */
    String control() {
      return heard.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
      if (frame instanceof Http2HeadersFrame headers) {
        streams.add(headers.stream());
      }
      if (frame instanceof Http2DataFrame data) {
        heard.writeBytes(io.netty.buffer.ByteBufUtil.getBytes(data.content()));
      }
      ReferenceCountUtil.release(frame);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }

    Http2FrameStream next() throws InterruptedException {
      Http2FrameStream stream = streams.poll(10, TimeUnit.SECONDS);
      if (stream == null) {
        throw new AssertionError("no stream");
      }
      return stream;
    }

    void head(Http2FrameStream stream, Http2Headers headers, boolean end) {
      context()
          .executor()
          .execute(() ->
              context().writeAndFlush(new DefaultHttp2HeadersFrame(headers, end).stream(stream)));
    }

    void data(Http2FrameStream stream, byte[] bytes, boolean end) {
      context()
          .executor()
          .execute(() ->
              context()
                  .writeAndFlush(
                      new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes), end)
                          .stream(stream)));
    }
  }

  @BeforeEach
  void start() throws Exception {
    pair =
        new LinkPair(
            LinkSettings.defaults()
                .withEcho(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMillis(50)),
            1);
    agent = new Raw();
    connection =
        pair.dial(
            new TlsContexts(TlsProvider.best()).linkClient(pair.ca.agent("nas"), pair.ca.root()),
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                Http2FrameCodec codec =
                    Http2FrameCodecBuilder.forServer()
                        .initialSettings(Http2Settings.defaultSettings())
                        .encoderIgnoreMaxHeaderListSize(true)
                        .validateHeaders(false)
                        .build();
                channel.pipeline().addLast(codec, agent);
              }
            },
            pair.port());
    assertThat(connection.isOpen()).isTrue();
  }

  @AfterEach
  void stop() {
    pair.close();
  }

  private static Http2Headers ok() {
    return new DefaultHttp2Headers(false).status("200");
  }

  private Http2FrameStream controlStream() throws Exception {
    Http2FrameStream control = agent.next();
    controlStream = control;
    agent.head(control, ok(), false);
    return control;
  }

  private Http2FrameStream control() {
    return java.util.Objects.requireNonNull(controlStream);
  }

  private void say(Http2FrameStream control, ControlMessage message) {
    agent.data(control, ControlCodec.encode(message), false);
  }

  /** As a good agent would, until the link is up. */
  private EdgeLink linkUp() throws Exception {
    Http2FrameStream control = controlStream();
    say(
        control,
        new ControlMessage.AgentHello(
            Versions.OURS, "test", "instance-of-this-test", 0, Set.of(LinkPair.NOTES)));
    Awaitility.await().until(() -> agent.control().contains("\"echo\""));
    say(control, new ControlMessage.Echoed(0));
    EdgeLink link = pair.ups.poll(10, TimeUnit.SECONDS);
    if (link == null) {
      throw new AssertionError("not up");
    }
    return link;
  }

  private void awaitClosed() {
    Awaitility.await().until(() -> !connection.isOpen());
    Awaitility.await().until(() -> pair.acceptor.open() == 0);
  }

  private Heard.End call(EdgeLink link, java.util.function.Consumer<Http2FrameStream> answer)
      throws Exception {
    Heard heard = new Heard();
    link.open(
        new LinkHead("c1", LinkPair.NOTES, "GET", "/mcp", "t", new DefaultHttpHeaders()),
        link.eventLoop(),
        heard);
    answer.accept(agent.next());
    return heard.await();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "not json\n",
        "{\"type\":\"welcome\",\"version\":1,\"link\":\"x\",\"services\":[]}\n",
        "{\"type\":\"services\",\"services\":[\"notes\"]}\n",
        "{\"type\":\"echoed\",\"id\":0}\n",
        "\n",
      })
  void whatIsNoHelloEndsTheLink(String line) throws Exception {
    agent.data(controlStream(), line.getBytes(StandardCharsets.UTF_8), false);

    awaitClosed();
    assertThat(agent.control()).contains("\"refused\"", "link_protocol_violation");
    assertThat(pair.ups).isEmpty();
  }

  @Test
  void aVersionThatTheEdgeDoesNotKnowIsRefusedByName() throws Exception {
    say(
        controlStream(),
        new ControlMessage.AgentHello(
            new Versions(2, 3), "test", "instance-of-this-test", 0, Set.of()));

    awaitClosed();
    assertThat(agent.control()).contains("link_version_unsupported");
  }

  @Test
  void aSecondHelloEndsTheLink() throws Exception {
    Http2FrameStream control = controlStream();
    for (int i = 0; i < 2; i++) {
      say(
          control,
          new ControlMessage.AgentHello(
              Versions.OURS, "test", "instance-of-this-test", 0, Set.of()));
    }

    awaitClosed();
  }

  @Test
  void aLineWithoutAnEndIsNotKeptForEver() throws Exception {
    Http2FrameStream control = controlStream();
    for (int i = 0; i < 5; i++) {
      agent.data(control, new byte[16_384], false);
    }

    awaitClosed();
  }

  @Test
  void aFloodOfMessagesEndsTheLink() throws Exception {
    EdgeLink link = linkUp();
    Http2FrameStream control = control();
    for (int i = 0; i < 101; i++) {
      say(control, new ControlMessage.Health(LinkPair.NOTES, true));
    }

    awaitClosed();
    assertThat(link.accepting()).isFalse();
    assertThat(pair.downs.poll(10, TimeUnit.SECONDS)).isEqualTo(Reason.LINK_PROTOCOL_VIOLATION);
  }

  @Test
  void aFloodOfPingsEndsTheLink() throws Exception {
    linkUp();
    for (int i = 0; i < 300; i++) {
      agent.context().executor().execute(() -> agent.context().write(new DefaultHttp2PingFrame(1)));
    }
    agent.context().executor().execute(() -> agent.context().flush());

    awaitClosed();
  }

  @Test
  void aStreamOfTheAgentsOwnEndsTheLink() throws Exception {
    linkUp();
    // HEADERS on stream 2, as a server might push.
    agent
        .context()
        .executor()
        .execute(() ->
            connection
                .pipeline()
                .context(Http2FrameCodec.class)
                .writeAndFlush(
                    Unpooled.wrappedBuffer(new byte[] {0, 0, 1, 1, 5, 0, 0, 0, 2, (byte) 0x88})));

    awaitClosed();
  }

  @Test
  void theEndOfTheControlStreamIsTheEndOfTheLink() throws Exception {
    linkUp();
    agent
        .context()
        .executor()
        .execute(() ->
            agent
                .context()
                .writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL).stream(control())));

    awaitClosed();
  }

  @ParameterizedTest
  @ValueSource(strings = {"101", "199", "600", "20", "2000", "abc", "-10", ""})
  void aStatusThatIsNoneFailsTheCallAndNotTheLink(String status) throws Exception {
    EdgeLink link = linkUp();

    Heard.End end =
        call(
            link,
            stream -> agent.head(stream, new DefaultHttp2Headers(false).status(status), true));

    assertThat(end.problem()).isNotNull();
    assertThat(end.status()).isEqualTo(-1);
  }

  @Test
  void reasonsThatAnAgentMayNotGiveAreReplaced() throws Exception {
    EdgeLink link = linkUp();

    Heard.End said =
        call(link, s -> agent.head(s, ok().add("doorward-reason", "backend_unreachable"), true));
    Heard.End other =
        call(link, s -> agent.head(s, ok().add("doorward-reason", "sign_in_failed"), true));
    Heard.End unknown =
        call(link, s -> agent.head(s, ok().add("doorward-reason", "<script>"), true));

    assertThat(reason(said)).isEqualTo(Reason.BACKEND_UNREACHABLE);
    assertThat(reason(other)).isEqualTo(Reason.AGENT_REFUSED);
    assertThat(reason(unknown)).isEqualTo(Reason.AGENT_REFUSED);
    assertThat(link.accepting()).isTrue();
  }

  private static Reason reason(Heard.End end) {
    return java.util.Objects.requireNonNull(end.problem()).reason();
  }

  @Test
  void headersThatWouldBreakTheNextHopFailTheCall() throws Exception {
    EdgeLink link = linkUp();

    for (String value : new String[] {"a\r\nset-cookie: b", "a\nb", "a\0b"}) {
      Heard.End end = call(link, s -> agent.head(s, ok().add("x", value), true));
      assertThat(end.problem()).isNotNull();
      assertThat(end.status()).isEqualTo(-1);
    }
  }

  @Test
  void aHeadThatPassesItsBoundFailsTheCall() throws Exception {
    EdgeLink link = linkUp();
    Http2Headers large = ok();
    for (int i = 0; i < 20; i++) {
      large.add("x-" + i, "y".repeat(4000));
    }

    Heard.End end = call(link, stream -> agent.head(stream, large, true));

    assertThat(end.problem()).isNotNull();
  }

  @Test
  void aLengthThatIsNotKeptFailsTheCall() throws Exception {
    EdgeLink link = linkUp();

    Heard.End end =
        call(
            link,
            stream -> {
              agent.head(stream, ok().add("content-length", "5"), false);
              agent.data(stream, new byte[9], true);
            });

    assertThat(end.problem()).isNotNull();
  }

  @Test
  void aSecondHeadFailsTheCall() throws Exception {
    EdgeLink link = linkUp();

    Heard.End end =
        call(
            link,
            stream -> {
              agent.head(stream, ok(), false);
              agent.head(stream, ok(), false);
            });

    assertThat(end.problem()).isNotNull();
  }

  @Test
  void trailersAreDropped() throws Exception {
    EdgeLink link = linkUp();

    Heard.End end =
        call(
            link,
            stream -> {
              agent.head(stream, ok(), false);
              agent.data(stream, new byte[] {1}, false);
              agent.head(
                  stream, new DefaultHttp2Headers(false).add("doorward-reason", "internal"), true);
            });

    assertThat(end.problem()).isNull();
    assertThat(end.body()).containsExactly(1);
  }
}
