package dev.doorward.agent.link;

import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.value.HostPort;
import dev.doorward.transport.loop.EventLoops;
import dev.doorward.transport.tls.LinkTls;
import dev.doorward.transport.tls.UntrustedEdge;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Dials the edge: resolves its name anew, tries its addresses in turn, shakes hands. HTTP/2 is not
 * put on the connection before the handshake is done.
 */
final class LinkDialer {
  private final EventLoops loops;
  private final HostPort edge;
  private final Duration timeout;
  private final Executor blocking;

  LinkDialer(EventLoops loops, HostPort edge, Duration timeout, Executor blocking) {
    this.loops = loops;
    this.edge = edge;
    this.timeout = timeout;
    this.blocking = blocking;
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
    blocking.execute(() -> {
      InetAddress[] addresses = resolve();
      try {
        loop.execute(() -> connect(loop, tls, addresses, 0, result));
      } catch (RejectedExecutionException e) {
        // The agent is shutting down.
        result.onFailed(new Problem(Reason.SHUTTING_DOWN, "The agent is shutting down."));
      }
    });
  }

  private InetAddress[] resolve() {
    try {
      return InetAddress.getAllByName(edge.host());
    } catch (UnknownHostException e) {
      return new InetAddress[0];
    }
  }

  private void connect(
      EventLoop loop, SslContext tls, InetAddress[] addresses, int index, Result result) {
    if (index >= addresses.length) {
      result.onFailed(unreachable(addresses.length == 0));
      return;
    }
    new Bootstrap()
        .group(loop)
        .channel(loops.clientChannel())
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeout.toMillis())
        .handler(new ChannelInboundHandlerAdapter())
        .connect(addresses[index], edge.port())
        .addListener(connected -> {
          if (connected.isSuccess()) {
            shake(((ChannelFuture) connected).channel(), tls, result);
          } else {
            connect(loop, tls, addresses, index + 1, result);
          }
        });
  }

  private void shake(Channel channel, SslContext tls, Result result) {
    SslHandler handler = tls.newHandler(channel.alloc(), LinkTls.SERVER_NAME, edge.port());
    handler.setHandshakeTimeoutMillis(timeout.toMillis());
    Quiet quiet = new Quiet();
    channel.pipeline().addLast(handler).addLast(quiet);
    handler
        .handshakeFuture()
        .addListener(shaken -> {
          if (!shaken.isSuccess()) {
            channel.close();
            result.onFailed(handshakeFailed(shaken.cause()));
          } else if (LinkTls.LINK.equals(handler.applicationProtocol())) {
            result.onConnected(channel);
          } else {
            channel.close();
            result.onFailed(otherEdge());
          }
        });
  }

  /** What goes wrong in a handshake is told by its future. */
  private static final class Quiet extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  private Problem unreachable(boolean unknownName) {
    return new Problem(
        Reason.EDGE_UNREACHABLE,
        unknownName
            ? "The name of the edge, " + edge.host() + ", cannot be resolved on this machine."
            : "The edge at " + edge + " cannot be reached.");
  }

  private Problem handshakeFailed(Throwable cause) {
    return UntrustedEdge.isCauseOf(cause)
        ? otherEdge()
        : new Problem(
            Reason.EDGE_UNREACHABLE,
            "The edge at " + edge + " ended the TLS handshake; is it a Doorward edge?");
  }

  private Problem otherEdge() {
    return new Problem(
        Reason.EDGE_NOT_TRUSTED,
        "What answers at "
            + edge
            + " is not the edge that this agent joined: its certificate is of another authority.");
  }
}
