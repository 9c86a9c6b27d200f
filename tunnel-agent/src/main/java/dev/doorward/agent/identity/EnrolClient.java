package dev.doorward.agent.identity;

import dev.doorward.common.identity.Invite;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.value.HostPort;
import dev.doorward.transport.link.control.EnrolCodec;
import dev.doorward.transport.link.control.EnrolReply;
import dev.doorward.transport.link.control.EnrolRequest;
import dev.doorward.transport.loop.EventLoops;
import dev.doorward.transport.tls.LinkTls;
import dev.doorward.transport.tls.TlsContexts;
import dev.doorward.transport.tls.UntrustedEdge;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * Sends one enrolment request to the edge that the invite pins (docs/link-protocol.md section 7).
 * Blocks; not for event loops.
 */
public final class EnrolClient {
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(35);

  private final EventLoops loops;
  private final TlsContexts contexts;
  private final Duration connectTimeout;

  /** A client on {@code loops}. */
  public EnrolClient(EventLoops loops, TlsContexts contexts, Duration connectTimeout) {
    this.loops = loops;
    this.contexts = contexts;
    this.connectTimeout = connectTimeout;
  }

  /** Asks once. A failure says whether the edge could not be reached, was another, or refused. */
  public Outcome<EnrolReply> enrol(Invite invite, HostPort edge, EnrolRequest request) {
    CompletableFuture<Outcome<EnrolReply>> answer = new CompletableFuture<>();
    try {
      SslContext tls = contexts.enrolClient(invite.ca());
      new Bootstrap()
          .group(loops.group())
          .channel(loops.clientChannel())
          .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectTimeout.toMillis())
          .handler(new Pipeline(tls, edge, request, answer))
          .connect(new InetSocketAddress(edge.host(), edge.port()))
          .addListener(connected -> {
            if (!connected.isSuccess()) {
              answer.complete(unreachable(edge));
            }
          });
      return answer.get(ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return Outcome.failed(
          Reason.EDGE_UNREACHABLE, "The edge at " + edge + " did not answer in time; try again.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Outcome.failed(Reason.EDGE_UNREACHABLE, "Interrupted.");
    } catch (ExecutionException | SSLException e) {
      return Outcome.failed(
          Reason.INTERNAL, "TLS cannot be set up on this machine: " + e.getMessage());
    }
  }

  private static Outcome<EnrolReply> unreachable(HostPort edge) {
    return Outcome.failed(
        Reason.EDGE_UNREACHABLE,
        "The edge at "
            + edge
            + " cannot be reached; check that it runs, that its name resolves here and that this"
            + " machine may connect to that port.");
  }

  private static final class Pipeline extends ChannelInitializer<Channel> {
    private final SslContext tls;
    private final HostPort edge;
    private final EnrolRequest request;
    private final CompletableFuture<Outcome<EnrolReply>> answer;

    Pipeline(
        SslContext tls,
        HostPort edge,
        EnrolRequest request,
        CompletableFuture<Outcome<EnrolReply>> answer) {
      this.tls = tls;
      this.edge = edge;
      this.request = request;
      this.answer = answer;
    }

    @Override
    protected void initChannel(Channel channel) {
      SslHandler handler = tls.newHandler(channel.alloc(), LinkTls.SERVER_NAME, edge.port());
      channel
          .pipeline()
          .addLast(handler)
          .addLast(new HttpClientCodec())
          .addLast(new HttpObjectAggregator(EnrolCodec.MAX_REPLY))
          .addLast(new Exchange(edge, answer));
      handler
          .handshakeFuture()
          .addListener(done -> {
            if (!done.isSuccess()) {
              answer.complete(handshakeFailed(edge, done.cause()));
            } else if (!LinkTls.ENROL.equals(handler.applicationProtocol())) {
              answer.complete(otherEdge(edge));
              channel.close();
            } else {
              channel.writeAndFlush(post(edge, request));
            }
          });
    }
  }

  private static Outcome<EnrolReply> handshakeFailed(HostPort edge, Throwable cause) {
    return UntrustedEdge.isCauseOf(cause)
        ? otherEdge(edge)
        : Outcome.failed(
            Reason.EDGE_UNREACHABLE,
            "Something answers at "
                + edge
                + ", but not as a Doorward edge (no TLS handshake); check the address, and that"
                + " nothing in between intercepts TLS.");
  }

  private static Outcome<EnrolReply> otherEdge(HostPort edge) {
    return Outcome.failed(
        Reason.INVITE_OTHER_EDGE,
        "What answers at "
            + edge
            + " is not the edge that made the invite: its certificate is of another authority."
            + " Nothing was sent to it. Check the address, or get a new invite if the edge was set"
            + " up anew.");
  }

  private static FullHttpRequest post(HostPort edge, EnrolRequest request) {
    byte[] body = EnrolCodec.encode(request);
    FullHttpRequest post =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.POST, "/enrol", Unpooled.wrappedBuffer(body));
    post.headers()
        .set(HttpHeaderNames.HOST, LinkTls.SERVER_NAME + ":" + edge.port())
        .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
        .set(HttpHeaderNames.CONTENT_LENGTH, body.length);
    return post;
  }

  private static final class Exchange extends SimpleChannelInboundHandler<FullHttpResponse> {
    private final HostPort edge;
    private final CompletableFuture<Outcome<EnrolReply>> answer;

    Exchange(HostPort edge, CompletableFuture<Outcome<EnrolReply>> answer) {
      this.edge = edge;
      this.answer = answer;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
      answer.complete(
          EnrolCodec.reply(response.status().code(), ByteBufUtil.getBytes(response.content())));
      ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      answer.complete(
          Outcome.failed(
              Reason.EDGE_UNREACHABLE,
              "The edge at "
                  + edge
                  + " closed the connection without an answer; its log says why."));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
