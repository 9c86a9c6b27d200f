package dev.doorward.transport.link;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.link.control.EnrolCodec;
import dev.doorward.transport.link.control.EnrolReply;
import dev.doorward.transport.link.control.EnrolRequest;
import dev.doorward.transport.link.control.RenewRequest;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The edge's end of an enrolment connection: one {@code POST /enrol} or {@code POST /renew}, one
 * answer, closed. The machine at the other end has proved nothing yet, so everything is bounded.
 */
public final class EnrolHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger log = LoggerFactory.getLogger(EnrolHandler.class);
  private static final long LIMIT_SECONDS = 30;

  /** Grants or refuses; may block. */
  public interface Grantor {
    /** Decides on a request from {@code remote}. */
    Outcome<EnrolReply> enrol(EnrolRequest request, InetSocketAddress remote);

    /** Decides on the request of an agent from {@code remote} whose certificate has ended. */
    Outcome<EnrolReply> renew(RenewRequest request, InetSocketAddress remote);
  }

  private final Grantor grantor;
  private final Executor executor;
  private boolean asked;

  private EnrolHandler(Grantor grantor, Executor executor) {
    this.grantor = grantor;
    this.executor = executor;
  }

  /**
   * Takes over a connection right after its handshake, see transport.tls.PeerListener.
   *
   * @param executor runs {@code grantor}; virtual threads
   */
  public static void install(Channel channel, Grantor grantor, Executor executor) {
    channel
        .pipeline()
        .addLast(new HttpServerCodec())
        .addLast(new HttpObjectAggregator(EnrolCodec.MAX_REQUEST, true))
        .addLast(new EnrolHandler(grantor, executor));
    channel.eventLoop().schedule(() -> channel.close(), LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest message) {
    if (asked) {
      ctx.close();
      return;
    }
    asked = true;
    Optional<Supplier<Outcome<EnrolReply>>> asking =
        message.decoderResult().isSuccess() && message.method().equals(HttpMethod.POST)
            ? asking(
                message.uri(),
                ByteBufUtil.getBytes(message.content()),
                (InetSocketAddress) ctx.channel().remoteAddress())
            : Optional.empty();
    if (asking.isEmpty()) {
      answer(
          ctx.channel(),
          Outcome.failed(
              Reason.INVITE_MALFORMED, "This is not an enrolment request; update the agent."));
      return;
    }
    Channel channel = ctx.channel();
    executor.execute(() -> {
      Outcome<EnrolReply> outcome = decide(asking.get());
      channel.eventLoop().execute(() -> answer(channel, outcome));
    });
  }

  private Optional<Supplier<Outcome<EnrolReply>>> asking(
      String path, byte[] body, InetSocketAddress remote) {
    return switch (path) {
      case "/enrol" ->
          EnrolCodec.request(body).map(request -> () -> grantor.enrol(request, remote));
      case "/renew" ->
          EnrolCodec.renewal(body).map(request -> () -> grantor.renew(request, remote));
      default -> Optional.empty();
    };
  }

  private static Outcome<EnrolReply> decide(Supplier<Outcome<EnrolReply>> asking) {
    try {
      return asking.get();
    } catch (RuntimeException e) {
      log.atError().addKeyValue("event", "enrol_failed").setCause(e).log("enrolment failed");
      return Outcome.failed(
          Reason.INTERNAL, "The edge could not enrol this agent now; its log says why.");
    }
  }

  private static void answer(Channel channel, Outcome<EnrolReply> outcome) {
    FullHttpResponse response =
        switch (outcome) {
          case Outcome.Ok<EnrolReply>(EnrolReply reply) ->
              response(HttpResponseStatus.OK, EnrolCodec.encode(reply));
          case Outcome.Failed<EnrolReply>(Problem problem) ->
              response(status(problem.reason()), EnrolCodec.encode(problem));
        };
    channel.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  private static HttpResponseStatus status(Reason reason) {
    return switch (reason) {
      case INVITE_MALFORMED, CSR_REFUSED -> HttpResponseStatus.BAD_REQUEST;
      case INVITE_UNKNOWN,
          INVITE_USED,
          INVITE_EXPIRED,
          INVITE_NETWORK_REFUSED,
          AGENT_REVOKED,
          CERTIFICATE_EXPIRED ->
          HttpResponseStatus.FORBIDDEN;
      case OVERLOADED, ADDRESS_LIMITED -> HttpResponseStatus.TOO_MANY_REQUESTS;
      default -> HttpResponseStatus.INTERNAL_SERVER_ERROR;
    };
  }

  private static FullHttpResponse response(HttpResponseStatus status, byte[] body) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
        .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
        .set(HttpHeaderNames.CONNECTION, "close")
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    return response;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
