package dev.doorward.auth.port;

import dev.doorward.auth.edges.Edges;
import dev.doorward.auth.wire.Ask;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.auth.PortConfig;
import dev.doorward.config.value.HostPort;
import dev.doorward.transport.loop.EventLoops;
import dev.doorward.transport.tls.AgentCertificate;
import dev.doorward.transport.tls.AuthTls;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The socket and the TLS port of an auth-server; everything that comes in is bounded. */
public final class AuthPort implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuthPort.class);

  /** Longest path that a unix socket may have on Linux, in bytes. */
  private static final int MAX_PATH = 107;

  private static final WriteBufferWaterMark WAITING = new WriteBufferWaterMark(4 << 20, 16 << 20);
  private static final AttributeKey<Peer> PEER = AttributeKey.valueOf(AuthPort.class, "peer");

  private final PortConfig config;
  private final Answers answers;
  private final Feed feed;
  private final Edges edges;
  private final Executor executor;
  private final Semaphore room;
  private final AtomicInteger strangers = new AtomicInteger();
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final List<Channel> listening = new ArrayList<>();
  private @Nullable Path socket;

  private AuthPort(PortConfig config, Answers answers, Feed feed, Edges edges, Executor executor) {
    this.config = config;
    this.answers = answers;
    this.feed = feed;
    this.edges = edges;
    this.executor = executor;
    this.room = new Semaphore(config.atATime());
  }

  /**
   * Listens at {@code socket}, and where the configuration names an address, there too.
   *
   * @param tls the TLS context of the moment
   * @param executor virtual threads
   */
  public static Outcome<AuthPort> open(
      PortConfig config,
      Path socket,
      Answers answers,
      Feed feed,
      Edges edges,
      Supplier<SslContext> tls,
      EventLoops loops,
      Executor executor) {
    var port = new AuthPort(config, answers, feed, edges, executor);
    Outcome<AuthPort> opened = port.openSocket(socket, loops);
    if (config.listen().isPresent()) {
      opened = opened.then(_ -> port.openTls(config.listen().get(), tls, loops));
    }
    if (opened instanceof Outcome.Failed<AuthPort>) {
      port.close();
    }
    edges.onChange(port::recheck);
    return opened;
  }

  private Outcome<AuthPort> openSocket(Path path, EventLoops loops) {
    if (path.toString().getBytes(StandardCharsets.UTF_8).length > MAX_PATH) {
      return Outcome.failed(
          Reason.CONFIG_VALUE_REFUSED,
          "The path of the socket, " + path + ", may have at most " + MAX_PATH + " bytes.");
    }
    try {
      Files.deleteIfExists(path); // left by a process that was killed; the lock is ours
      ChannelFuture bound =
          server(loops, NioServerDomainSocketChannel.class, null)
              .bind(UnixDomainSocketAddress.of(path))
              .awaitUninterruptibly();
      if (!bound.isSuccess()) {
        return unusable(path);
      }
      listening.add(bound.channel());
      socket = path;
      if (config.group().isPresent()) {
        String group = config.group().get();
        Files.getFileAttributeView(path, PosixFileAttributeView.class)
            .setGroup(
                path.getFileSystem()
                    .getUserPrincipalLookupService()
                    .lookupPrincipalByGroupName(group));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
      } else {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      }
      return Outcome.ok(this);
    } catch (IOException e) {
      return unusable(path);
    }
  }

  private Outcome<AuthPort> unusable(Path path) {
    return Outcome.failed(
        Reason.STORE_FAILED,
        "The socket "
            + path
            + " cannot be made; check the directory"
            + config.group().map(g -> " and that this user is in the group " + g).orElse("")
            + ".");
  }

  private Outcome<AuthPort> openTls(HostPort listen, Supplier<SslContext> tls, EventLoops loops) {
    var address = new InetSocketAddress(listen.host(), listen.port());
    if (address.isUnresolved()) {
      return Outcome.failed(
          Reason.CONFIG_VALUE_REFUSED, "port.listen: there is no address " + listen.host() + ".");
    }
    ChannelFuture bound =
        server(loops, loops.serverChannel(), tls).bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      return Outcome.failed(
          Reason.PORT_IN_USE,
          "This process cannot listen on " + listen + "; free it or set another port.listen.");
    }
    listening.add(bound.channel());
    return Outcome.ok(this);
  }

  private ServerBootstrap server(
      EventLoops loops, Class<? extends ServerChannel> kind, @Nullable Supplier<SslContext> tls) {
    var server =
        new ServerBootstrap()
            .group(loops.group())
            .channel(kind)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WAITING)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    begin(channel, tls);
                  }
                });
    return tls == null ? server : server.option(ChannelOption.SO_REUSEADDR, true);
  }

  private void begin(Channel channel, @Nullable Supplier<SslContext> tls) {
    if (connections.size() >= config.connections()) {
      channel.close();
      return;
    }
    connections.add(channel);
    if (tls == null) {
      Path path = socket;
      if (path != null && SocketPeer.mayAsk(channel, path, config.group().isPresent())) {
        serve(channel, new Peer.Local());
      } else {
        channel.close();
      }
    } else if (strangers.incrementAndGet() > Math.max(1, config.connections() / 4)) {
      strangers.decrementAndGet();
      channel.close();
    } else {
      var once = new AtomicInteger(1);
      channel.closeFuture().addListener(_ -> known(once));
      SslHandler handler = tls.get().newHandler(channel.alloc());
      handler.setHandshakeTimeoutMillis(config.requestTimeout().toMillis());
      channel.pipeline().addLast(handler, new AfterHandshake(handler, once));
    }
  }

  /** It is a stranger no more, or gone. */
  private void known(AtomicInteger once) {
    if (once.getAndSet(0) == 1) {
      strangers.decrementAndGet();
    }
  }

  private void serve(Channel channel, @Nullable Peer peer) {
    if (peer != null) {
      channel.attr(PEER).set(peer);
    }
    var times = new PortTimes(config.requestTimeout());
    channel
        .pipeline()
        .addLast(times)
        .addLast(
            new HttpServerCodec(
                new HttpDecoderConfig()
                    .setMaxInitialLineLength(128)
                    .setMaxHeaderSize(512)
                    .setChunkedSupported(false)
                    .setAllowDuplicateContentLengths(false)
                    .setStrictLineParsing(true)
                    .setUseRfc9112TransferEncoding(true)
                    .setValidateHeaders(true)))
        .addLast(new AskGate())
        .addLast(new HttpObjectAggregator(Ask.MAX, true))
        .addLast(new AskHandler(answers, feed, peer, room, executor, times));
  }

  /** Looks, once the handshake is over, who it is. */
  private final class AfterHandshake extends ChannelInboundHandlerAdapter {
    private final SslHandler tls;
    private final AtomicInteger once;

    AfterHandshake(SslHandler tls, AtomicInteger once) {
      this.tls = tls;
      this.once = once;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
      if (!(event instanceof SslHandshakeCompletionEvent done)) {
        super.userEventTriggered(ctx, event);
        return;
      }
      if (!done.isSuccess() || !AuthTls.PROTOCOL.equals(tls.applicationProtocol())) {
        ctx.close();
        return;
      }
      ctx.pipeline().remove(this);
      X509Certificate shown = certificate();
      if (shown == null) {
        serve(ctx.channel(), null);
        return;
      }
      Optional<Peer.Edge> edge =
          AuthTls.edgeOf(shown)
              .map(name -> new Peer.Edge(name, AgentCertificate.keyOf(shown)))
              .filter(e -> edges.knows(e.name(), e.key()));
      if (edge.isPresent()) {
        known(once);
        serve(ctx.channel(), edge.get());
      } else {
        LOG.atWarn()
            .addKeyValue("event", "edge_refused")
            .addKeyValue("reason", Reason.EDGE_UNKNOWN.code())
            .addKeyValue("remote", ctx.channel().remoteAddress())
            .log("a certificate was shown that lets nobody in");
        ctx.close();
      }
    }

    private @Nullable X509Certificate certificate() {
      try {
        return tls.engine().getSession().getPeerCertificates()[0] instanceof X509Certificate leaf
            ? leaf
            : null;
      } catch (SSLPeerUnverifiedException e) {
        return null;
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  /** Ends the connections of edges that were taken off the table. */
  private void recheck() {
    for (Channel channel : connections) {
      if (channel.attr(PEER).get() instanceof Peer.Edge(String name, Fingerprint key)
          && !edges.knows(name, key)) {
        channel.close();
      }
    }
  }

  /** The TCP port that was bound, or -1 where there is none. */
  public int port() {
    return listening.stream()
        .map(Channel::localAddress)
        .filter(InetSocketAddress.class::isInstance)
        .mapToInt(a -> ((InetSocketAddress) a).getPort())
        .findFirst()
        .orElse(-1);
  }

  @Override
  public void close() {
    listening.forEach(channel -> channel.close().awaitUninterruptibly(1000));
    connections.close().awaitUninterruptibly(1000);
    Path path = socket;
    if (path != null) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        LOG.atDebug().addKeyValue("event", "socket_left").log("the next start removes the file");
      }
    }
  }
}
