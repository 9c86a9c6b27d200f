package dev.doorward.edge.main;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.value.HostPort;
import dev.doorward.edge.pipeline.ConnectionLimitHandler;
import dev.doorward.transport.http.Drain;
import dev.doorward.transport.loop.EventLoops;
import dev.doorward.transport.tls.PeerListener;
import dev.doorward.transport.tls.ServerContexts;
import dev.doorward.transport.tls.ServerTlsHandler;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;

/** The one port of the edge: clients and agents alike come through it. */
final class PublicPort {
  private final Channel listening;
  private final ChannelGroup clients;

  private PublicPort(Channel listening, ChannelGroup clients) {
    this.listening = listening;
    this.clients = clients;
  }

  /** Binds; refused with one sentence where that is not possible. */
  static Outcome<PublicPort> open(
      HostPort listen,
      EventLoops loops,
      ConnectionLimitHandler limit,
      ServerContexts contexts,
      Duration handshake,
      PeerListener listener) {
    var address = new InetSocketAddress(listen.host(), listen.port());
    if (address.isUnresolved()) {
      return Outcome.failed(
          Reason.CONFIG_VALUE_REFUSED, "listen: there is no address " + listen.host() + ".");
    }
    ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.serverChannel())
            .option(ChannelOption.SO_BACKLOG, 1024)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    clients.add(channel);
                    channel
                        .pipeline()
                        .addLast(limit, new ServerTlsHandler(contexts, listener, handshake));
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (bound.isSuccess()) {
      return Outcome.ok(new PublicPort(bound.channel(), clients));
    }
    String cause = String.valueOf(bound.cause().getMessage());
    if (cause.contains("Permission denied")) {
      return Outcome.failed(
          Reason.PORT_IN_USE,
          "This process may not listen on "
              + listen
              + "; ports below 1024 need"
              + " CAP_NET_BIND_SERVICE, or set another port in listen.");
    }
    if (cause.contains("Cannot assign")) {
      return Outcome.failed(
          Reason.CONFIG_VALUE_REFUSED, "listen: " + listen + " is no address of this machine.");
    }
    return Outcome.failed(
        Reason.PORT_IN_USE,
        "Another program listens on " + listen + "; stop it, or set another port in listen.");
  }

  /** The port that was bound. */
  int port() {
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  /** Takes no new connection. */
  void stopListening() {
    listening.close().awaitUninterruptibly(1000);
  }

  /** Asks every connection to end after the requests that it is serving. */
  void drain() {
    for (Channel client : clients) {
      client.eventLoop().execute(() -> client.pipeline().fireUserEventTriggered(Drain.EVENT));
    }
  }

  /** Connections of clients and agents that are open. */
  int open() {
    return clients.size();
  }
}
