package dev.doorward.edge.auth.apart;

import dev.doorward.auth.wire.Ask;
import dev.doorward.auth.wire.FeedLine;
import dev.doorward.auth.wire.WireJson;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.loop.EventLoops;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the feed, and dials anew wherever it ends or is silent. Everything runs on one loop, so the
 * replica has one writer.
 */
final class FeedReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FeedReader.class);
  private static final long SILENCE_MILLIS = 4 * FeedLine.BEAT_MILLIS;
  private static final long LEAST_PAUSE = 100;
  private static final long MOST_PAUSE = 2_000;

  private final Place place;
  private final EventLoops loops;
  private final EventExecutor loop;
  private final Replica replica;
  private final Consumer<Replica.Changed> listener;
  private final String version;

  private @Nullable Channel channel;
  private @Nullable ScheduledFuture<?> silence;
  private long pause = LEAST_PAUSE;
  private boolean told;
  private boolean closed;

  /** Why the feed could not be used the last time, for whoever waits for it; else empty. */
  private volatile String trouble = "";

  /**
   * A reader that fills {@code replica}.
   *
   * @param loops of one loop; {@code listener} is called on it and must not block
   */
  FeedReader(
      Place place,
      EventLoops loops,
      Replica replica,
      String version,
      Consumer<Replica.Changed> listener) {
    this.place = place;
    this.loops = loops;
    this.loop = loops.group().next();
    this.replica = replica;
    this.version = version;
    this.listener = listener;
  }

  void start() {
    loop.execute(this::dial);
  }

  String trouble() {
    return trouble;
  }

  private void dial() {
    if (closed) {
      return;
    }
    place
        .dial(loops, () -> List.of(new HttpClientCodec(256, 1024, 64 * 1024, false), new Lines()))
        .whenComplete((dialled, failure) ->
            loop.execute(() -> {
              if (failure != null) {
                trouble = "";
                again();
              } else {
                begin(dialled);
              }
            }));
  }

  private void begin(Channel dialled) {
    if (closed) {
      dialled.close();
      return;
    }
    channel = dialled;
    var ask = new Ask.Feed(version);
    dialled.writeAndFlush(AuthWire.request(ask, WireJson.write(ask)));
    dialled.closeFuture().addListener(_ -> loop.execute(this::ended));
    heard();
  }

  private void ended() {
    channel = null;
    replica.broken();
    again();
  }

  private void again() {
    if (silence != null) {
      silence.cancel(false);
    }
    if (closed) {
      return;
    }
    if (!told) {
      told = true;
      LOG.atWarn()
          .addKeyValue("event", "auth_server_lost")
          .addKeyValue("reason", Reason.AUTH_SERVER_UNREACHABLE)
          .addKeyValue("place", place)
          .log("the auth-server is not heard; calls go on until auth-server.feed-bound");
    }
    loop.schedule(this::dial, pause, TimeUnit.MILLISECONDS);
    pause = Math.min(MOST_PAUSE, pause * 2);
  }

  private void heard() {
    if (silence != null) {
      silence.cancel(false);
    }
    Channel on = channel;
    silence =
        loop.schedule(
            () -> {
              if (on != null) {
                on.close();
              }
            },
            SILENCE_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  private void line(ChannelHandlerContext ctx, byte[] json) {
    Optional<FeedLine> line = WireJson.read(json, FeedLine.class);
    if (line.isEmpty()) {
      useless(ctx, "the auth-server's feed is not as expected; are both of one version?");
      return;
    }
    Replica.Changed changed;
    try {
      changed = replica.apply(line.get());
    } catch (Replica.Unusable e) {
      useless(ctx, String.valueOf(e.getMessage()));
      return;
    }
    heard();
    if (changed == Replica.Changed.EVERYTHING) {
      pause = LEAST_PAUSE;
      trouble = "";
      told = false;
      LOG.atInfo()
          .addKeyValue("event", "auth_server_heard")
          .addKeyValue("place", place)
          .log("the auth-server's feed is read");
    }
    if (changed != Replica.Changed.NOTHING) {
      listener.accept(changed);
    }
  }

  private void useless(ChannelHandlerContext ctx, String why) {
    if (!trouble.equals(why)) {
      trouble = why;
      LOG.atError()
          .addKeyValue("event", "auth_server_refused")
          .addKeyValue("reason", Reason.AUTH_SERVER_UNREACHABLE)
          .log(why);
    }
    ctx.close();
  }

  @Override
  public void close() {
    loop.execute(() -> {
      closed = true;
      Channel on = channel;
      if (on != null) {
        on.close();
      }
    });
  }

  /** Cuts what comes into lines. */
  private final class Lines extends SimpleChannelInboundHandler<HttpObject> {
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
      if (part.decoderResult().isFailure()
          || (part instanceof HttpResponse head && !HttpResponseStatus.OK.equals(head.status()))) {
        useless(ctx, "the auth-server at " + place + " does not let this edge in");
        return;
      }
      if (part instanceof HttpContent content) {
        read(ctx, content.content());
      }
    }

    private void read(ChannelHandlerContext ctx, ByteBuf in) {
      while (in.isReadable() && ctx.channel().isActive()) {
        int length = in.bytesBefore((byte) '\n');
        byte[] bytes = new byte[length < 0 ? in.readableBytes() : length];
        in.readBytes(bytes);
        if (begun.size() + bytes.length > FeedLine.MAX) {
          useless(ctx, "a line of the auth-server's feed is too long");
          return;
        }
        begun.writeBytes(bytes);
        if (length >= 0) {
          in.skipBytes(1);
          byte[] json = begun.toByteArray();
          begun.reset();
          line(ctx, json);
        }
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
