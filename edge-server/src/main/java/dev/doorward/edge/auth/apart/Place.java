package dev.doorward.edge.auth.apart;

import dev.doorward.config.value.HostPort;
import dev.doorward.transport.loop.EventLoops;
import dev.doorward.transport.tls.AuthTls;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Where the auth-server is. */
public sealed interface Place {
  /** How long a connection and its handshake may take, in milliseconds. */
  int CONNECT_MILLIS = 3_000;

  /** A socket of this machine. */
  record Socket(Path path) implements Place {
    @Override
    public String toString() {
      return path.toString();
    }
  }

  /**
   * A port of another machine.
   *
   * @param tls the TLS context of the moment
   */
  record Remote(HostPort address, Supplier<SslContext> tls) implements Place {
    @Override
    public String toString() {
      return address.toString();
    }
  }

  /**
   * Dials; the result is connected, and where there is TLS, its handshake is done.
   *
   * @param handlers made anew for each connection, in the order of the pipeline
   */
  default CompletableFuture<Channel> dial(
      EventLoops loops, Supplier<List<ChannelHandler>> handlers) {
    var dialled = new CompletableFuture<Channel>();
    var bootstrap =
        new Bootstrap()
            .group(loops.group())
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS);
    SocketAddress address =
        switch (this) {
          case Socket(Path path) -> {
            bootstrap.channel(NioDomainSocketChannel.class);
            yield UnixDomainSocketAddress.of(path);
          }
          case Remote(HostPort at, _) -> {
            bootstrap.channel(loops.clientChannel()).option(ChannelOption.TCP_NODELAY, true);
            yield InetSocketAddress.createUnresolved(at.host(), at.port());
          }
        };
    bootstrap.handler(
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            if (Place.this instanceof Remote(_, Supplier<SslContext> tls)) {
              SslHandler handler = tls.get().newHandler(channel.alloc(), AuthTls.SERVER_NAME, 0);
              handler.setHandshakeTimeoutMillis(CONNECT_MILLIS);
              channel.pipeline().addLast(handler);
            }
            handlers.get().forEach(channel.pipeline()::addLast);
          }
        });
    ChannelFuture connected = bootstrap.connect(address);
    connected.addListener(_ -> {
      if (!connected.isSuccess()) {
        dialled.completeExceptionally(connected.cause());
        return;
      }
      Channel channel = connected.channel();
      SslHandler tls = channel.pipeline().get(SslHandler.class);
      if (tls == null) {
        dialled.complete(channel);
        return;
      }
      tls.handshakeFuture()
          .addListener(shaken -> {
            if (shaken.isSuccess() && AuthTls.PROTOCOL.equals(tls.applicationProtocol())) {
              dialled.complete(channel);
            } else {
              channel.close();
              dialled.completeExceptionally(
                  shaken.isSuccess()
                      ? new IOException("another protocol than ours")
                      : shaken.cause());
            }
          });
    });
    return dialled;
  }
}
