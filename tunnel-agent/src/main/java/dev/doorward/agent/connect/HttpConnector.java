package dev.doorward.agent.connect;

import dev.doorward.config.value.HttpUrl;
import dev.doorward.transport.link.AgentCall;
import dev.doorward.transport.link.AgentReply;
import dev.doorward.transport.loop.EventLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The way to an MCP server that speaks HTTP/1.1, over TCP or TLS, with a pool of idle connections a
 * loop. Reaches the one URL of agent.yaml and nothing else.
 */
public final class HttpConnector implements Connector {
  private static final WriteBufferWaterMark WATER = new WriteBufferWaterMark(64 * 1024, 256 * 1024);

  private final Backend backend;
  private final EventLoops loops;
  private final Optional<SslContext> tls;
  private final Executor blocking;
  private final LongSupplier nanoTime;
  private final Map<EventLoop, IdlePool> pools = new ConcurrentHashMap<>();
  private final Consumer<BackendHealth> onHealth;
  private final AtomicReference<BackendHealth> health =
      new AtomicReference<>(new BackendHealth.Untried());

  /**
   * A connector.
   *
   * @param tls there for an https URL: the platform's trust, the URL's name checked
   * @param blocking resolves names; virtual threads
   * @param onHealth told of each change, on any thread; must not block
   */
  public HttpConnector(
      Backend backend,
      EventLoops loops,
      Optional<SslContext> tls,
      Executor blocking,
      LongSupplier nanoTime,
      Consumer<BackendHealth> onHealth) {
    if (backend.url().secure() != tls.isPresent()) {
      throw new IllegalArgumentException("a TLS context goes with https");
    }
    this.backend = backend;
    this.loops = loops;
    this.tls = tls;
    this.blocking = blocking;
    this.nanoTime = nanoTime;
    this.onHealth = onHealth;
  }

  @Override
  public AgentCall open(VerifiedCall call, AgentReply reply) {
    HttpExchange exchange = new HttpExchange(this, call, reply);
    exchange.start();
    return exchange;
  }

  @Override
  public BackendHealth health() {
    return health.get();
  }

  @Override
  public BackendHealth probe() {
    HttpUrl url = backend.url();
    try (Socket socket = new Socket()) {
      InetSocketAddress address = new InetSocketAddress(url.host(), url.port());
      socket.connect(address, (int) backend.connectTimeout().toMillis());
      connected(true);
    } catch (IOException e) {
      connected(false);
    }
    return health.get();
  }

  @Override
  public void close() {
    pools.forEach((loop, pool) -> loop.execute(pool::close));
  }

  Backend backend() {
    return backend;
  }

  Executor blocking() {
    return blocking;
  }

  IdlePool pool(EventLoop loop) {
    return pools.computeIfAbsent(loop, each -> new IdlePool(each, nanoTime));
  }

  void connected(boolean success) {
    BackendHealth now =
        success
            ? new BackendHealth.Up()
            : new BackendHealth.Down("nothing answers at " + backend.origin());
    if (!health.getAndSet(now).equals(now)) {
      onHealth.accept(now);
    }
  }

  /** Dials one address on {@code loop}. */
  ChannelFuture connect(EventLoop loop, InetAddress address) {
    return new Bootstrap()
        .group(loop)
        .channel(loops.clientChannel())
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) backend.connectTimeout().toMillis())
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                tls.ifPresent(context -> channel.pipeline().addLast(handler(context, channel)));
                channel
                    .pipeline()
                    .addLast(new HttpRequestEncoder())
                    .addLast(new AnswerDecoder())
                    .addLast(new BackendHandler());
              }
            })
        .connect(address, backend.url().port());
  }

  private SslHandler handler(SslContext context, Channel channel) {
    SslHandler handler =
        context.newHandler(channel.alloc(), backend.url().host(), backend.url().port());
    handler.setHandshakeTimeoutMillis(backend.connectTimeout().toMillis());
    return handler;
  }
}
