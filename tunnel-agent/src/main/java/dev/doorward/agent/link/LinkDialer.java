package dev.doorward.agent.link;

import dev.doorward.agent.dial.Dialer;
import dev.doorward.agent.dial.Dialled;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.value.HostPort;
import dev.doorward.config.value.TimeSpan;
import dev.doorward.transport.tls.ClockMismatch;
import dev.doorward.transport.tls.LinkTls;
import dev.doorward.transport.tls.UntrustedEdge;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;

/**
 * Dials the edge and says what is wrong where it cannot. HTTP/2 is not put on the connection before
 * the handshake is done.
 */
final class LinkDialer {
  private final Dialer dialer;
  private final HostPort edge;
  private final Duration timeout;

  LinkDialer(Dialer dialer, HostPort edge, Duration timeout) {
    this.dialer = dialer;
    this.edge = edge;
    this.timeout = timeout;
  }

  /** Gets the connection, on its loop, right after the handshake; or why there is none. */
  interface Result {
    /** The handshake is done; what is added to the pipeline now misses nothing. */
    void onConnected(Channel channel);

    /** There is no connection. */
    void onFailed(Problem problem);
  }

  /** Dials once; the result comes on {@code loop}. */
  void dial(EventLoop loop, SslContext tls, Result result) {
    ChannelInitializer<Channel> shake =
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            SslHandler handler = tls.newHandler(channel.alloc(), LinkTls.SERVER_NAME, edge.port());
            handler.setHandshakeTimeoutMillis(timeout.toMillis());
            channel.pipeline().addLast(handler).addLast(new Quiet());
          }
        };
    dialer.dial(loop, edge, timeout, shake, dialled -> tell(dialled, result));
  }

  private void tell(Dialled dialled, Result result) {
    switch (dialled) {
      case Dialled.Open(Channel channel) -> {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null && LinkTls.LINK.equals(tls.applicationProtocol())) {
          result.onConnected(channel);
        } else {
          channel.close();
          result.onFailed(otherEdge());
        }
      }
      case Dialled.UnknownName unknown ->
          result.onFailed(
              unreachable(
                  "The name of the edge, " + edge.host() + ", has no address on this machine."));
      case Dialled.Unreachable unreachable ->
          result.onFailed(unreachable("The edge at " + edge + " cannot be reached."));
      case Dialled.TimedOut(Dialled.Stage waitedFor) ->
          result.onFailed(
              unreachable(
                  switch (waitedFor) {
                    case NAME ->
                        "The name of the edge, "
                            + edge.host()
                            + ", was not resolved within "
                            + limit();
                    case CONNECTION, PROXY ->
                        "The edge at " + edge + " did not answer within " + limit();
                    case HANDSHAKE ->
                        "Something takes connections at "
                            + edge
                            + ", but did not finish a TLS handshake within "
                            + limit()
                            + " Is it a Doorward edge, and does nothing in between intercept TLS?";
                  }));
      case Dialled.ProxyFailed(String text) ->
          result.onFailed(new Problem(Reason.PROXY_FAILED, text));
      case Dialled.HandshakeFailed(Throwable cause) -> result.onFailed(handshakeFailed(cause));
      case Dialled.Stopped stopped ->
          result.onFailed(new Problem(Reason.SHUTTING_DOWN, "The agent is shutting down."));
    }
  }

  private String limit() {
    return TimeSpan.write(timeout) + ".";
  }

  /** What goes wrong in a handshake is told by its future. */
  private static final class Quiet extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  private static Problem unreachable(String text) {
    return new Problem(Reason.EDGE_UNREACHABLE, text);
  }

  private Problem handshakeFailed(Throwable cause) {
    return ClockMismatch.find(cause)
        .map(mismatch -> mismatch.problem("the edge at " + edge))
        .orElseGet(() ->
            UntrustedEdge.isCauseOf(cause)
                ? otherEdge()
                : unreachable(
                    "The edge at "
                        + edge
                        + " ended the TLS handshake; is it a Doorward edge, and does it still"
                        + " accept this agent's certificate? Its log says why."));
  }

  private Problem otherEdge() {
    return new Problem(
        Reason.EDGE_NOT_TRUSTED,
        "What answers at "
            + edge
            + " is not the edge that this agent joined: its certificate is of another authority.");
  }
}
