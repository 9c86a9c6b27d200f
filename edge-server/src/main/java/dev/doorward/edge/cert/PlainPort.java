package dev.doorward.edge.cert;

import dev.doorward.config.value.HostPort;
import dev.doorward.transport.http.CodingCheck;
import dev.doorward.transport.http.FramingCheck;
import dev.doorward.transport.http.HeadGateHandler;
import dev.doorward.transport.http.HeaderShapeCheck;
import dev.doorward.transport.http.Http1Codec;
import dev.doorward.transport.http.Http1TurnHandler;
import dev.doorward.transport.http.HttpLimits;
import dev.doorward.transport.http.MethodCheck;
import dev.doorward.transport.http.PathCheck;
import dev.doorward.transport.http.SlowRequestHandler;
import dev.doorward.transport.http.StalledWriteHandler;
import dev.doorward.transport.http.TargetCheck;
import dev.doorward.transport.loop.EventLoops;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The port without TLS: for http-01, and to send people who forgot the s on their way. */
final class PlainPort implements AutoCloseable {
  private static final Duration SHORT = Duration.ofSeconds(10);
  private static final HttpLimits LIMITS =
      new HttpLimits(4 * 1024, 8 * 1024, 64, 4 * 1024, 1024, SHORT, SHORT, SHORT, 500, SHORT, 1);

  private final Channel listening;

  private PlainPort(Channel listening) {
    this.listening = listening;
  }

  /**
   * Listens; empty where that is not possible.
   *
   * @param limit the first handler of each connection, shared: how many there may be
   * @param names hosts that are answered for, lower case
   * @param origin {@code https://host[:port]}
   */
  static Optional<PlainPort> open(
      HostPort listen,
      EventLoops loops,
      ChannelHandler limit,
      ChallengePages pages,
      Set<String> names,
      String origin) {
    var gate =
        new HeadGateHandler(
            List.of(
                new MethodCheck(),
                new HeaderShapeCheck(LIMITS),
                new FramingCheck(),
                new TargetCheck(),
                new PathCheck(),
                new CodingCheck()));
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.serverChannel())
            .option(ChannelOption.SO_REUSEADDR, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    var codec = new Http1Codec(LIMITS);
                    channel
                        .pipeline()
                        .addLast(
                            limit,
                            new StalledWriteHandler(SHORT),
                            codec,
                            SlowRequestHandler.ofConnection(LIMITS),
                            new Http1TurnHandler(codec),
                            gate,
                            new PlainHandler(pages, names, origin));
                    // Whatever happens on it, a connection here is short.
                    channel.eventLoop().schedule(() -> channel.close(), 60, TimeUnit.SECONDS);
                  }
                })
            .bind(new InetSocketAddress(listen.host(), listen.port()))
            .awaitUninterruptibly();
    return bound.isSuccess() ? Optional.of(new PlainPort(bound.channel())) : Optional.empty();
  }

  /** The port that was bound. */
  int port() {
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  @Override
  public void close() {
    listening.close().awaitUninterruptibly(1000);
  }
}
