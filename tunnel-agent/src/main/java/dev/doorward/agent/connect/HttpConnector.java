package dev.doorward.agent.connect;

import dev.doorward.agent.dial.Dialer;
import dev.doorward.agent.dial.Dialled;
import dev.doorward.config.value.HostPort;
import dev.doorward.config.value.HttpUrl;
import dev.doorward.transport.link.AgentCall;
import dev.doorward.transport.link.AgentReply;
import dev.doorward.transport.link.CallHead;
import dev.doorward.transport.loop.EventLoops;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The way to an MCP server that speaks HTTP/1.1, over TCP or TLS, with a pool of idle connections a
 * loop. Reaches the one URL of agent.yaml and nothing else.
 */
public final class HttpConnector implements Connector {
  private final Backend backend;
  private final Dialer dialer;
  private final EventLoops loops;
  private final Optional<SslContext> tls;
  private final LongSupplier nanoTime;
  private final Map<EventLoop, IdlePool> pools = new ConcurrentHashMap<>();
  private final Consumer<BackendHealth> onHealth;
  private final AtomicReference<BackendHealth> health =
      new AtomicReference<>(new BackendHealth.Untried());

  /**
   * A connector.
   *
   * @param loops where it is tried whether the server is there
   * @param tls there for an https URL: who is trusted; the URL's name is always checked
   * @param onHealth told of each change, on any thread; must not block
   */
  public HttpConnector(
      Backend backend,
      Dialer dialer,
      EventLoops loops,
      Optional<SslContext> tls,
      LongSupplier nanoTime,
      Consumer<BackendHealth> onHealth) {
    if (backend.url().secure() != tls.isPresent()) {
      throw new IllegalArgumentException("a TLS context goes with https");
    }
    this.backend = backend;
    this.dialer = dialer;
    this.loops = loops;
    this.tls = tls;
    this.nanoTime = nanoTime;
    this.onHealth = onHealth;
  }

  @Override
  public AgentCall open(VerifiedCall call, AgentReply reply) {
    return ask(call.head(), ForwardHeaders.request(call.head(), call.token(), backend), reply);
  }

  /** Sends a request of the agent's own; {@code headers} need no Host. */
  public AgentCall ask(CallHead head, HttpHeaders headers, AgentReply reply) {
    headers.set(HttpHeaderNames.HOST, backend.authority());
    HttpExchange exchange = new HttpExchange(this, head, headers, reply);
    exchange.start();
    return exchange;
  }

  /** A connector to another path of the same server, whose health nobody is told. */
  public HttpConnector at(HttpUrl other) {
    HttpUrl own = backend.url();
    if (other.secure() != own.secure()
        || !other.host().equals(own.host())
        || other.port() != own.port()) {
      throw new IllegalArgumentException("another server");
    }
    Backend there =
        new Backend(other, backend.socket(), backend.connectTimeout(), backend.headTimeout());
    return new HttpConnector(there, dialer, loops, tls, nanoTime, ignored -> {});
  }

  /** The URL that it reaches. */
  public HttpUrl url() {
    return backend.url();
  }

  /** A loop for requests of the agent's own. */
  public EventLoop loop() {
    return loops.group().next();
  }

  @Override
  public BackendHealth health() {
    return health.get();
  }

  @Override
  public void probe() {
    dial(
        loops.group().next(),
        dialled -> {
          if (dialled instanceof Dialled.Open(Channel channel)) {
            channel.close();
          }
        });
  }

  @Override
  public void close() {
    pools.forEach((loop, pool) -> loop.execute(pool::close));
  }

  Backend backend() {
    return backend;
  }

  IdlePool pool(EventLoop loop) {
    return pools.computeIfAbsent(loop, each -> new IdlePool(each, nanoTime));
  }

  private void became(BackendHealth now) {
    if (!health.getAndSet(now).equals(now)) {
      onHealth.accept(now);
    }
  }

  /** Dials the backend, within its limit; what comes of it is its health. */
  void dial(EventLoop loop, Consumer<Dialled> result) {
    HttpUrl url = backend.url();
    ChannelInitializer<Channel> handlers =
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            tls.ifPresent(context -> channel.pipeline().addLast(handler(context, channel)));
            channel
                .pipeline()
                .addLast(new HttpRequestEncoder())
                .addLast(new AnswerDecoder())
                .addLast(new BackendHandler());
          }
        };
    Consumer<Dialled> told =
        dialled -> {
          if (!(dialled instanceof Dialled.Stopped)) {
            became(BackendHealth.of(dialled, backend));
          }
          result.accept(dialled);
        };
    if (backend.socket().isPresent()) {
      dialer.dial(loop, backend.socket().get(), backend.connectTimeout(), handlers, told);
    } else {
      HostPort at = new HostPort(url.host(), url.port());
      dialer.dial(loop, at, backend.connectTimeout(), handlers, told);
    }
  }

  private SslHandler handler(SslContext context, Channel channel) {
    SslHandler handler =
        context.newHandler(channel.alloc(), backend.url().host(), backend.url().port());
    handler.setHandshakeTimeoutMillis(backend.connectTimeout().toMillis());
    return handler;
  }
}
