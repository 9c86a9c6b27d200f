package dev.doorward.agent.main;

import dev.doorward.agent.service.CallCounts;
import dev.doorward.transport.loop.EventLoops;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code GET /v1/status}, {@code /v1/health} (200 where a link takes calls, else 503) and
 * {@code /metrics} on a unix socket in the data directory, mode 0600: how the agent is asked,
 * without a port.
 */
final class StatusSocket implements AutoCloseable {
  /** Name of the socket in the data directory. */
  static final String NAME = "agent.sock";

  private static final Logger log = LoggerFactory.getLogger(StatusSocket.class);
  private static final int SECONDS = 5;

  private final EventLoops loops;
  private final Path path;
  private final Supplier<AgentStatus> status;
  private final CallCounts calls;
  private @Nullable Channel channel;

  StatusSocket(EventLoops loops, Path path, Supplier<AgentStatus> status, CallCounts calls) {
    this.loops = loops;
    this.path = path;
    this.status = status;
    this.calls = calls;
  }

  /** Opens the socket; the caller holds the directory's lock, so one that is there is stale. */
  void open() {
    try {
      Files.deleteIfExists(path);
      channel =
          new ServerBootstrap()
              .group(loops.group())
              .channel(NioServerDomainSocketChannel.class)
              .childHandler(
                  new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel client) {
                      client
                          .pipeline()
                          .addLast(new ReadTimeoutHandler(SECONDS))
                          .addLast(new HttpServerCodec())
                          .addLast(new HttpObjectAggregator(1024))
                          .addLast(new Answer());
                    }
                  })
              .bind(UnixDomainSocketAddress.of(path))
              .syncUninterruptibly()
              .channel();
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException | RuntimeException e) {
      log.atWarn()
          .addKeyValue("event", "status_socket_not_open")
          .addKeyValue("cause", e.getMessage())
          .log("'doorward agent status' will not work: the socket {} cannot be opened", path);
    }
  }

  private record Said(HttpResponseStatus status, String type, byte[] body) {
    static final Said UNKNOWN =
        json(HttpResponseStatus.NOT_FOUND, "{\"reason\":\"route_unknown\"}");

    static Said json(HttpResponseStatus status, String text) {
      return new Said(status, "application/json", text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private Said answer(String path) {
    AgentStatus now = status.get();
    return switch (path) {
      case "/v1/status" -> new Said(HttpResponseStatus.OK, "application/json", now.json());
      case "/v1/health" ->
          now.online()
              ? Said.json(HttpResponseStatus.OK, "{\"online\":true}")
              : Said.json(HttpResponseStatus.SERVICE_UNAVAILABLE, "{\"online\":false}");
      case "/metrics" ->
          new Said(
              HttpResponseStatus.OK,
              "text/plain; version=0.0.4; charset=utf-8",
              AgentMetrics.of(now, calls));
      default -> Said.UNKNOWN;
    };
  }

  private final class Answer extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
      Said said = request.method().equals(HttpMethod.GET) ? answer(request.uri()) : Said.UNKNOWN;
      FullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, said.status(), Unpooled.wrappedBuffer(said.body()));
      response
          .headers()
          .set(HttpHeaderNames.CONTENT_TYPE, said.type())
          .set(HttpHeaderNames.CONTENT_LENGTH, said.body().length)
          .set(HttpHeaderNames.CONNECTION, "close");
      ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  @Override
  public void close() {
    if (channel != null) {
      channel.close().awaitUninterruptibly();
    }
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      log.atDebug().setCause(e).log("the status socket stays behind");
    }
  }
}
