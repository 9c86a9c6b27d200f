package dev.doorward.agent.identity;

import dev.doorward.agent.dial.Dialer;
import dev.doorward.agent.dial.Dialled;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.Invite;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.value.HostPort;
import dev.doorward.transport.link.control.EnrolCodec;
import dev.doorward.transport.link.control.EnrolReply;
import dev.doorward.transport.link.control.EnrolRequest;
import dev.doorward.transport.link.control.RenewRequest;
import dev.doorward.transport.loop.EventLoops;
import dev.doorward.transport.tls.ClockMismatch;
import dev.doorward.transport.tls.LinkTls;
import dev.doorward.transport.tls.TlsContexts;
import dev.doorward.transport.tls.UntrustedEdge;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
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
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * Sends one request to the edge that is pinned, to become an agent or to be one again
 * (docs/link-protocol.md section 7). Blocks; not for event loops.
 */
public final class EnrolClient {
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(35);

  private final EventLoops loops;
  private final Dialer dialer;
  private final TlsContexts contexts;
  private final Duration connectTimeout;

  /** A client on {@code loops}. */
  public EnrolClient(
      EventLoops loops, Dialer dialer, TlsContexts contexts, Duration connectTimeout) {
    this.loops = loops;
    this.dialer = dialer;
    this.contexts = contexts;
    this.connectTimeout = connectTimeout;
  }

  /** Asks once. A failure says whether the edge could not be reached, was another, or refused. */
  public Outcome<EnrolReply> enrol(Invite invite, HostPort edge, EnrolRequest request) {
    return ask(invite.ca(), new Asking(edge, "/enrol", EnrolCodec.encode(request)));
  }

  /** Asks once for a certificate in place of one that has ended. */
  public Outcome<EnrolReply> renew(Fingerprint ca, HostPort edge, RenewRequest request) {
    return ask(ca, new Asking(edge, "/renew", EnrolCodec.encode(request)));
  }

  /** A request. */
  private record Asking(HostPort edge, String path, byte[] body) {
    boolean isEnrolment() {
      return path.equals("/enrol");
    }
  }

  private Outcome<EnrolReply> ask(Fingerprint ca, Asking asking) {
    CompletableFuture<Outcome<EnrolReply>> answer = new CompletableFuture<>();
    HostPort edge = asking.edge();
    try {
      SslContext tls = contexts.enrolClient(ca);
      dialer.dial(
          loops.group().next(),
          edge,
          connectTimeout,
          new Pipeline(tls, edge, answer),
          dialled -> dialled(dialled, asking, answer));
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

  private static void dialled(
      Dialled dialled, Asking asking, CompletableFuture<Outcome<EnrolReply>> answer) {
    HostPort edge = asking.edge();
    switch (dialled) {
      case Dialled.Open(Channel channel) -> {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null && LinkTls.ENROL.equals(tls.applicationProtocol())) {
          channel.writeAndFlush(post(asking));
        } else {
          answer.complete(otherEdge(asking));
          channel.close();
        }
      }
      case Dialled.ProxyFailed(String text) ->
          answer.complete(Outcome.failed(Reason.PROXY_FAILED, text));
      case Dialled.HandshakeFailed(Throwable cause) ->
          answer.complete(handshakeFailed(asking, cause));
      case Dialled.UnknownName unknown -> answer.complete(unnamed(edge, "has no address here"));
      case Dialled.TimedOut(Dialled.Stage waitedFor) ->
          answer.complete(
              switch (waitedFor) {
                case NAME -> unnamed(edge, "was not resolved in time here");
                case CONNECTION, PROXY -> unreachable(edge);
                case HANDSHAKE -> noEdge(edge);
              });
      case Dialled.Unreachable unreachable -> answer.complete(unreachable(edge));
      case Dialled.Stopped stopped -> answer.complete(unreachable(edge));
    }
  }

  private static Outcome<EnrolReply> unnamed(HostPort edge, String what) {
    return Outcome.failed(
        Reason.EDGE_UNREACHABLE,
        "The name of the edge, "
            + edge.host()
            + ", "
            + what
            + "; check the name, and the DNS servers of this machine.");
  }

  private static Outcome<EnrolReply> unreachable(HostPort edge) {
    return Outcome.failed(
        Reason.EDGE_UNREACHABLE,
        "The edge at "
            + edge
            + " cannot be reached; check that it runs and that this machine may connect to that"
            + " port.");
  }

  private static final class Pipeline extends ChannelInitializer<Channel> {
    private final SslContext tls;
    private final HostPort edge;
    private final CompletableFuture<Outcome<EnrolReply>> answer;

    Pipeline(SslContext tls, HostPort edge, CompletableFuture<Outcome<EnrolReply>> answer) {
      this.tls = tls;
      this.edge = edge;
      this.answer = answer;
    }

    @Override
    protected void initChannel(Channel channel) {
      channel
          .pipeline()
          .addLast(tls.newHandler(channel.alloc(), LinkTls.SERVER_NAME, edge.port()))
          .addLast(new HttpClientCodec())
          .addLast(new HttpObjectAggregator(EnrolCodec.MAX_REPLY))
          .addLast(new Exchange(edge, answer));
    }
  }

  private static Outcome<EnrolReply> handshakeFailed(Asking asking, Throwable cause) {
    HostPort edge = asking.edge();
    Optional<Problem> clock =
        ClockMismatch.find(cause).map(mismatch -> mismatch.problem("the edge at " + edge));
    if (clock.isPresent()) {
      return Outcome.failed(clock.get());
    }
    return UntrustedEdge.isCauseOf(cause) ? otherEdge(asking) : noEdge(edge);
  }

  private static Outcome<EnrolReply> noEdge(HostPort edge) {
    return Outcome.failed(
        Reason.EDGE_UNREACHABLE,
        "Something answers at "
            + edge
            + ", but not as a Doorward edge (no TLS handshake); check the address, and that"
            + " nothing in between intercepts TLS.");
  }

  private static Outcome<EnrolReply> otherEdge(Asking asking) {
    return asking.isEnrolment()
        ? Outcome.failed(
            Reason.INVITE_OTHER_EDGE,
            "What answers at "
                + asking.edge()
                + " is not the edge that made the invite: its certificate is of another authority."
                + " Nothing was sent to it. Check the address, or get a new invite if the edge was"
                + " set up anew.")
        : Outcome.failed(
            Reason.EDGE_NOT_TRUSTED,
            "What answers at "
                + asking.edge()
                + " is not the edge that this agent joined: its certificate is of another"
                + " authority.");
  }

  private static FullHttpRequest post(Asking asking) {
    byte[] body = asking.body();
    HostPort edge = asking.edge();
    FullHttpRequest post =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.POST, asking.path(), Unpooled.wrappedBuffer(body));
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
