package dev.doorward.transport.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.link.control.ControlCodec;
import dev.doorward.transport.link.control.ControlMessage;
import dev.doorward.transport.link.control.Versions;
import dev.doorward.transport.loop.EventLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.DefaultHttp2SettingsFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An edge with bad manners, as the agent's end of a link sees it; without TLS. */
@Timeout(60)
class HostileEdgeLinkTest {
  private static final String HELLO =
      "{\"type\":\"hello\",\"min\":1,\"max\":1,\"software\":\"x\",\"issuer\":\"https://e.example\","
          + "\"keys\":\"k\"}\n";
  private static final String WELCOME =
      "{\"type\":\"welcome\",\"version\":1,\"link\":\"l\",\"services\":[]}\n";

  private final EventLoops loops = EventLoops.start("hostile", 1);
  private final BlockingQueue<Problem> downs = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> ups = new LinkedBlockingQueue<>();
  private final Parked calls = new Parked();
  private final Raw edge = new Raw();
  private final CompletableFuture<Channel> joined = new CompletableFuture<>();
  private Channel server;
  private Http2StreamChannel control;

  /** The agent's side of events. */
  private final class Listening implements AgentLinkListener {
    @Override
    public CompletionStage<Optional<Problem>> onHello(String issuer, String keys) {
      return CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public void onUp(AgentLinkSession link, String name, Set<ServiceName> granted) {
      ups.add(name);
    }

    @Override
    public void onGranted(Set<ServiceName> granted) {}

    @Override
    public void onKeys(String keys) {}

    @Override
    public void onRenewed(List<byte[]> chain) {}

    @Override
    public void onRenewalRefused(Problem problem) {}

    @Override
    public void onDrain(AgentLinkSession link) {}

    @Override
    public void onDown(Problem problem) {
      downs.add(problem);
    }
  }

  /** What comes back on the streams. */
  private static final class Raw extends ChannelInboundHandlerAdapter {
    final BlockingQueue<Long> resets = new LinkedBlockingQueue<>();
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

    @Override
    public boolean isSharable() {
      return true;
    }

    synchronized String said() {
      return heard.toString(StandardCharsets.UTF_8);
    }

    private synchronized void add(byte[] bytes) {
      heard.writeBytes(bytes);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
      if (frame instanceof Http2DataFrame data) {
        add(ByteBufUtil.getBytes(data.content()));
      }
      ReferenceCountUtil.release(frame);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof Http2ResetFrame reset) {
        resets.add(reset.errorCode());
      }
      ReferenceCountUtil.release(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  @BeforeEach
  void start() throws Exception {
    server =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.serverChannel())
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    Http2FrameCodec codec =
                        Http2FrameCodecBuilder.forClient()
                            .initialSettings(Http2Settings.defaultSettings())
                            .encoderIgnoreMaxHeaderListSize(true)
                            .validateHeaders(false)
                            .build();
                    channel.pipeline().addLast(codec, new Http2MultiplexHandler(edge));
                    joined.complete(channel);
                  }
                })
            .bind("127.0.0.1", 0)
            .sync()
            .channel();
    new Bootstrap()
        .group(loops.group())
        .channel(loops.clientChannel())
        .handler(
            new ChannelInboundHandlerAdapter() {
              // at once, so that nothing of what the edge says first goes by
              @Override
              public void channelActive(ChannelHandlerContext ctx) {
                AgentLinkSession.start(
                    ctx.channel(),
                    new AgentLinkSession.Self("test", "instance-of-this-test", 0, Set.of()),
                    LinkSettings.defaults().withCalls(5),
                    calls,
                    new Listening(),
                    System::nanoTime);
              }
            })
        .connect(server.localAddress());
    control = open("control", "/v1");
  }

  @AfterEach
  void stop() {
    server.close().awaitUninterruptibly();
    loops.close();
  }

  /** Frames of the connection itself. */
  private void run(java.util.function.Consumer<ChannelHandlerContext> task) throws Exception {
    Channel channel = joined.get(10, TimeUnit.SECONDS);
    channel
        .eventLoop()
        .submit(() -> task.accept(channel.pipeline().lastContext()))
        .get(10, TimeUnit.SECONDS);
  }

  private Http2StreamChannel open(String authority, String path) throws Exception {
    Http2StreamChannel stream =
        new Http2StreamChannelBootstrap(joined.get(10, TimeUnit.SECONDS))
            .handler(edge)
            .open()
            .get(10, TimeUnit.SECONDS);
    Http2Headers head =
        new DefaultHttp2Headers(false)
            .method("POST")
            .scheme("https")
            .authority(authority)
            .path(path)
            .add("authorization", "Bearer a.b.c")
            .add("doorward-call", "c1");
    stream.writeAndFlush(new DefaultHttp2HeadersFrame(head, false));
    return stream;
  }

  private void say(String text) {
    say(text.getBytes(StandardCharsets.UTF_8));
  }

  private void say(byte[] bytes) {
    control.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes), false));
  }

  private void linkUp() throws Exception {
    say(HELLO);
    Awaitility.await().until(() -> edge.said().contains("\"hello\""));
    say(WELCOME);
    assertThat(ups.poll(10, TimeUnit.SECONDS)).isEqualTo("l");
  }

  private Reason down() throws Exception {
    Problem problem = downs.poll(10, TimeUnit.SECONDS);
    if (problem == null) {
      throw new AssertionError("the link is still there");
    }
    return problem.reason();
  }

  @Test
  void aVersionThatTheAgentDoesNotKnowIsRefusedByName() throws Exception {
    say(
        ControlCodec.encode(
            new ControlMessage.EdgeHello(new Versions(2, 3), "x", "https://e.example", "k")));

    assertThat(down()).isEqualTo(Reason.LINK_VERSION_UNSUPPORTED);
    Awaitility.await().until(() -> edge.said().contains("link_version_unsupported"));
    assertThat(edge.said()).contains("\"refused\"");
    assertThat(edge.said()).doesNotContain("\"hello\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "not json\n",
        WELCOME,
        "{\"type\":\"echo\",\"id\":1}\n",
        "{\"type\":\"keys\",\"keys\":\"k\"}\n",
        "{\"type\":\"drain\",\"reason\":\"x\",\"grace\":1}\n",
        HELLO + HELLO,
        "\n",
      })
  void whatIsNotOneHelloEndsTheLink(String line) throws Exception {
    say(line);

    assertThat(down()).isEqualTo(Reason.LINK_PROTOCOL_VIOLATION);
    Awaitility.await().until(() -> edge.said().contains("link_protocol_violation"));
    assertThat(ups).isEmpty();
  }

  @Test
  void aSecondWelcomeEndsTheLink() throws Exception {
    linkUp();
    say(WELCOME);

    assertThat(down()).isEqualTo(Reason.LINK_PROTOCOL_VIOLATION);
  }

  @Test
  void aFloodOfMessagesEndsTheLink() throws Exception {
    linkUp();
    for (int i = 0; i < 100; i++) {
      say("{\"type\":\"granted\",\"services\":[]}\n");
    }

    assertThat(down()).isEqualTo(Reason.LINK_PROTOCOL_VIOLATION);
  }

  @Test
  void aLineWithoutAnEndIsNotKeptForEver() throws Exception {
    for (int i = 0; i < 5; i++) {
      say(new byte[16_384]);
    }

    assertThat(down()).isEqualTo(Reason.LINK_PROTOCOL_VIOLATION);
  }

  @Test
  void aFloodOfPingsEndsTheLink() throws Exception {
    linkUp();
    run(ctx -> {
      for (int i = 0; i < 300; i++) {
        ctx.write(new DefaultHttp2PingFrame(i));
      }
      ctx.flush();
    });

    assertThat(down()).isEqualTo(Reason.LINK_PROTOCOL_VIOLATION);
  }

  @Test
  void aFloodOfSettingsEndsTheLink() throws Exception {
    linkUp();
    run(ctx -> {
      for (int i = 0; i < 300; i++) {
        ctx.write(new DefaultHttp2SettingsFrame(new Http2Settings().maxFrameSize(16_384)));
      }
      ctx.flush();
    });

    assertThat(down()).isEqualTo(Reason.LINK_PROTOCOL_VIOLATION);
  }

  @Test
  void aFloodOfResetsEndsTheLink() throws Exception {
    linkUp();
    run(ctx -> {
      // HEADERS (":method: GET") and RST_STREAM, 10,200 times.
      ByteBuf frames = ctx.alloc().buffer();
      for (int id = 101; id < 101 + 2 * 10_200; id += 2) {
        frames.writeMedium(1).writeByte(1).writeByte(4).writeInt(id).writeByte(0x82);
        frames.writeMedium(4).writeByte(3).writeByte(0).writeInt(id).writeInt(8);
      }
      ctx.pipeline().context(Http2FrameCodec.class).writeAndFlush(frames);
    });

    assertThat(down()).isEqualTo(Reason.LINK_PROTOCOL_VIOLATION);
  }

  @Test
  void aFloodOfEmptyFramesEndsTheLink() throws Exception {
    linkUp();
    run(ctx -> {
      // Past this side's codec, which would put them together.
      ByteBuf frames = ctx.alloc().buffer();
      for (int i = 0; i < 50; i++) {
        frames.writeMedium(0).writeByte(0).writeByte(0).writeInt(control.stream().id());
      }
      ctx.pipeline().context(Http2FrameCodec.class).writeAndFlush(frames);
    });

    assertThat(down()).isEqualTo(Reason.LINK_PROTOCOL_VIOLATION);
  }

  @Test
  void moreCallsThanTheBoundAreNotBegun() throws Exception {
    linkUp();
    for (int i = 0; i < 5; i++) {
      open("notes", "/mcp");
      calls.next();
    }

    // Past what the agent's settings allow, whatever this side's codec thinks of them.
    run(ctx -> {
      byte[] head = {0, 0, 1, 1, 5, 0, 0, 0, 101, (byte) 0x83};
      ctx.pipeline().context(Http2FrameCodec.class).writeAndFlush(Unpooled.wrappedBuffer(head));
    });

    Awaitility.await().until(() -> !edge.resets.isEmpty() || !downs.isEmpty());
    assertThat(calls.calls).isEmpty();
  }

  @Test
  void aCallBeforeTheWelcomeIsNotBegun() throws Exception {
    open("notes", "/mcp");
    say(HELLO);

    Awaitility.await().until(() -> edge.said().contains("\"hello\""));
    assertThat(calls.calls).isEmpty();
  }
}
