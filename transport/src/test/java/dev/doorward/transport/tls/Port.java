package dev.doorward.transport.tls;

import dev.doorward.transport.TestCa;
import dev.doorward.transport.loop.EventLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A public port with all three kinds of context, for tests. */
final class Port implements AutoCloseable {
  final TestCa ca = new TestCa();
  final TlsContexts contexts = new TlsContexts(TlsProvider.best());
  final EventLoops loops = EventLoops.start("port", 1);
  final BlockingQueue<TlsPeer> peers = new LinkedBlockingQueue<>();
  final LiveContexts live;
  final Channel server;

  Port(Duration limit, Set<String> publicNames) throws Exception {
    live = new LiveContexts(snapshot(ca, publicNames));
    server =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.serverChannel())
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            new ServerTlsHandler(live, (made, peer) -> peers.add(peer), limit));
                  }
                })
            .bind("127.0.0.1", 0)
            .sync()
            .channel();
  }

  LiveContexts.Snapshot snapshot(TestCa of, Set<String> publicNames) throws Exception {
    TlsIdentity identity = of.server(LinkTls.SERVER_NAME);
    return new LiveContexts.Snapshot(
        contexts.publicServer(of.server("localhost")),
        publicNames,
        contexts.linkServer(identity, of.root()),
        contexts.enrolServer(identity));
  }

  int port() {
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  /** Shakes hands under a server name; gives the TLS handler whatever became of it. */
  SslHandler shake(SslContext tls, String name) throws Exception {
    SslHandler handler = tls.newHandler(io.netty.buffer.ByteBufAllocator.DEFAULT, name, port());
    new Bootstrap()
        .group(loops.group())
        .channel(loops.clientChannel())
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast(handler)
                    .addLast(
                        new ChannelInboundHandlerAdapter() {
                          @Override
                          public void exceptionCaught(ChannelHandlerContext ctx, Throwable e) {
                            ctx.close();
                          }
                        });
              }
            })
        .connect("127.0.0.1", port())
        .sync();
    Future<Channel> done = handler.handshakeFuture();
    if (!done.await(15, TimeUnit.SECONDS)) {
      throw new AssertionError("no end of the handshake");
    }
    return handler;
  }

  /** The next peer that passed all checks, or null. */
  @Nullable TlsPeer peer(Duration wait) throws InterruptedException {
    return peers.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    server.close().awaitUninterruptibly();
    loops.close();
  }
}
