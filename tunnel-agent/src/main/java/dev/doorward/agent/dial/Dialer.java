package dev.doorward.agent.dial;

import dev.doorward.config.value.HostPort;
import dev.doorward.config.value.ProxyServer;
import dev.doorward.transport.loop.EventLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Dials: resolves the name anew, tries its addresses in turn, shakes hands where the connection has
 * a TLS handler, all within one limit. Safe on any thread; nothing blocks.
 */
public final class Dialer {
  private static final WriteBufferWaterMark WATER = new WriteBufferWaterMark(64 * 1024, 256 * 1024);

  private final EventLoops loops;
  private final NameLookup names;
  private final Supplier<Optional<ProxyServer>> proxy;

  /** A dialer whose connections live on {@code loops}. */
  public Dialer(EventLoops loops, NameLookup names) {
    this(loops, names, Optional::empty);
  }

  private Dialer(EventLoops loops, NameLookup names, Supplier<Optional<ProxyServer>> proxy) {
    this.loops = loops;
    this.names = names;
    this.proxy = proxy;
  }

  /** One that dials through the proxy of the moment, where there is one: it is asked each time. */
  public Dialer through(Supplier<Optional<ProxyServer>> server) {
    return new Dialer(loops, names, server);
  }

  /**
   * Dials once.
   *
   * @param loop where the connection lives and {@code result} is told, once
   * @param limit for everything; an address that does not answer gets its share of it only
   * @param handler of the connection, with its TLS handler first where it has one
   */
  public void dial(
      EventLoop loop,
      HostPort target,
      Duration limit,
      ChannelHandler handler,
      Consumer<Dialled> result) {
    Attempt attempt = new Attempt(loop, target, limit.toNanos(), handler, result);
    try {
      loop.execute(attempt::start);
    } catch (RejectedExecutionException e) {
      result.accept(new Dialled.Stopped());
    }
  }

  /** The same for a Unix socket. */
  public void dial(
      EventLoop loop,
      Path socket,
      Duration limit,
      ChannelHandler handler,
      Consumer<Dialled> result) {
    HostPort nowhere = new HostPort("localhost", 1);
    Attempt attempt = new Attempt(loop, nowhere, limit.toNanos(), handler, result);
    try {
      loop.execute(() -> attempt.startAt(socket));
    } catch (RejectedExecutionException e) {
      result.accept(new Dialled.Stopped());
    }
  }

  private static Optional<InetAddress> literal(String host) {
    try {
      return Optional.of(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** One dialling, on its loop. */
  private final class Attempt {
    private final EventLoop loop;
    private final Optional<ProxyServer> via = proxy.get();
    private final HostPort target;
    private final HostPort next;
    private final long limit;
    private final ChannelHandler handler;
    private final Consumer<Dialled> result;
    private final long from = System.nanoTime();
    private Dialled.Stage stage = Dialled.Stage.NAME;
    private @Nullable Channel connecting;
    private @Nullable ScheduledFuture<?> deadline;
    private boolean done;

    Attempt(
        EventLoop loop,
        HostPort target,
        long limit,
        ChannelHandler handler,
        Consumer<Dialled> result) {
      this.loop = loop;
      this.target = target;
      this.next = via.map(ProxyServer::address).orElse(target);
      this.limit = limit;
      this.handler = handler;
      this.result = result;
    }

    void start() {
      deadline = loop.schedule(() -> end(timedOut()), limit, TimeUnit.NANOSECONDS);
      Optional<InetAddress> literal = literal(next.host());
      if (literal.isPresent()) {
        resolved(List.of(literal.get()));
      } else {
        names.find(next.host()).thenAccept(this::toLoop);
      }
    }

    void startAt(Path socket) {
      deadline = loop.schedule(() -> end(new Dialled.TimedOut(stage)), limit, TimeUnit.NANOSECONDS);
      stage = Dialled.Stage.CONNECTION;
      ChannelFuture connected =
          new Bootstrap()
              .group(loop)
              .channel(NioDomainSocketChannel.class)
              .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER)
              .handler(handler)
              .connect(UnixDomainSocketAddress.of(socket));
      connecting = connected.channel();
      connected.addListener(tried -> {
        if (tried.isSuccess()) {
          secure(connected.channel());
        } else {
          end(new Dialled.Unreachable());
        }
      });
    }

    private void toLoop(List<InetAddress> found) {
      try {
        loop.execute(() -> resolved(found));
      } catch (RejectedExecutionException e) {
        result.accept(new Dialled.Stopped());
      }
    }

    private void resolved(List<InetAddress> found) {
      stage = Dialled.Stage.CONNECTION;
      if (found.isEmpty()) {
        end(viaProxy("has no address on this machine").orElseGet(Dialled.UnknownName::new));
      } else {
        connect(found, 0);
      }
    }

    private void connect(List<InetAddress> found, int index) {
      if (done) {
        return;
      }
      if (index >= found.size()) {
        end(viaProxy("cannot be reached").orElseGet(Dialled.Unreachable::new));
        return;
      }
      long left = limit - (System.nanoTime() - from);
      long share = TimeUnit.NANOSECONDS.toMillis(left / (found.size() - index));
      ChannelFuture connected =
          new Bootstrap()
              .group(loop)
              .channel(loops.clientChannel())
              .option(ChannelOption.TCP_NODELAY, true)
              .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER)
              .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.max(share, 1))
              .handler(via.<ChannelHandler>map(this::tunnel).orElse(handler))
              .connect(found.get(index), next.port());
      connecting = connected.channel();
      connected.addListener(tried -> {
        if (tried.isSuccess() && via.isPresent()) {
          stage = Dialled.Stage.PROXY;
        } else if (tried.isSuccess()) {
          secure(connected.channel());
        } else {
          connect(found, index + 1);
        }
      });
    }

    private ProxyTunnel tunnel(ProxyServer server) {
      return new ProxyTunnel(server, target, refusal -> tunnelled(refusal));
    }

    private void tunnelled(Optional<String> refusal) {
      Channel channel = connecting;
      if (done || channel == null) {
        return;
      }
      if (refusal.isPresent()) {
        end(viaProxy(refusal.get()).orElseGet(Dialled.Unreachable::new));
      } else {
        channel.pipeline().addLast(handler);
        secure(channel);
      }
    }

    /** What is wrong with the proxy, where there is one. */
    private Optional<Dialled> viaProxy(String what) {
      return via.map(server ->
          new Dialled.ProxyFailed(
              "The HTTP proxy "
                  + server.address()
                  + " on the way to "
                  + target
                  + " "
                  + what
                  + "."));
    }

    private Dialled timedOut() {
      return switch (stage) {
        case PROXY -> viaProxy("did not answer in time").orElseGet(Dialled.Unreachable::new);
        case NAME, CONNECTION ->
            viaProxy("could not be reached in time").orElseGet(() -> new Dialled.TimedOut(stage));
        case HANDSHAKE -> new Dialled.TimedOut(stage);
      };
    }

    private void secure(Channel channel) {
      SslHandler tls = channel.pipeline().get(SslHandler.class);
      if (tls == null) {
        end(new Dialled.Open(channel));
        return;
      }
      stage = Dialled.Stage.HANDSHAKE;
      tls.handshakeFuture()
          .addListener(shaken ->
              end(
                  shaken.isSuccess()
                      ? new Dialled.Open(channel)
                      : new Dialled.HandshakeFailed(shaken.cause())));
    }

    private void end(Dialled dialled) {
      Channel open = connecting;
      if (done) {
        return;
      }
      done = true;
      if (deadline != null) {
        deadline.cancel(false);
      }
      result.accept(dialled);
      if (open != null && !(dialled instanceof Dialled.Open)) {
        open.close();
      }
    }
  }
}
