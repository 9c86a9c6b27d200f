package dev.doorward.edge.auth.apart;

import dev.doorward.auth.wire.Answer;
import dev.doorward.auth.wire.Ask;
import dev.doorward.auth.wire.WireJson;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.loop.EventLoops;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the auth-server, one question at a time on each of a bounded number of connections. A
 * question that was sent is never sent again. Safe on any thread.
 */
final class AuthWire implements AutoCloseable {
  /** How long a connection is kept that rests: less than the other end keeps it. */
  private static final long REST_NANOS = Duration.ofSeconds(30).toNanos();

  private final Place place;
  private final EventLoops loops;
  private final Duration timeout;
  private final LongSupplier nanos;
  private final Semaphore room;
  private final Deque<Resting> resting = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  private record Resting(Channel channel, long since) {}

  /**
   * A way to {@code place}.
   *
   * @param connections most at a time; questions beyond them are refused, not queued
   * @param timeout from the question to the end of its answer
   */
  AuthWire(Place place, EventLoops loops, int connections, Duration timeout, LongSupplier nanos) {
    this.place = place;
    this.loops = loops;
    this.timeout = timeout;
    this.nanos = nanos;
    this.room = new Semaphore(connections);
  }

  /** The answer; blocks, so call it on a virtual thread. */
  Outcome<Answer> ask(Ask ask) {
    byte[] body = WireJson.write((Record) ask);
    if (body.length > Ask.MAX) {
      return Outcome.failed(Reason.HTTP_BODY_TOO_LARGE, "The request is too large to be relayed.");
    }
    if (!room.tryAcquire()) {
      return Outcome.failed(Reason.OVERLOADED, "Too many sign-ins at the moment; try again.");
    }
    long end = nanos.getAsLong() + timeout.toNanos();
    Channel channel = null;
    try {
      channel = channel(end);
      var answer = new CompletableFuture<byte[]>();
      Channel used = channel;
      channel
          .eventLoop()
          .execute(
              () -> used.pipeline().get(AnswerHandler.class).ask(used, request(ask, body), answer));
      byte[] json = answer.get(Math.max(1, end - nanos.getAsLong()), TimeUnit.NANOSECONDS);
      Optional<Answer> read = WireJson.read(json, Answer.class);
      if (read.isPresent()) {
        if (!closed && channel.isActive()) {
          resting.push(new Resting(channel, nanos.getAsLong()));
          channel = null;
        }
        return read.get().told() instanceof Answer.Refused refused
            ? Outcome.failed(refused.problem())
            : Outcome.ok(read.get());
      }
      return Outcome.failed(
          Reason.INTERNAL,
          "The auth-server did not answer as expected; are it and the edge of one version?");
    } catch (ExecutionException | TimeoutException e) {
      return unreachable();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return unreachable();
    } finally {
      if (channel != null) {
        channel.close();
      }
      room.release();
    }
  }

  private Channel channel(long end)
      throws ExecutionException, InterruptedException, TimeoutException {
    for (Resting kept = resting.poll(); kept != null; kept = resting.poll()) {
      if (kept.channel().isActive() && nanos.getAsLong() - kept.since() < REST_NANOS) {
        return kept.channel();
      }
      kept.channel().close();
    }
    return place
        .dial(
            loops,
            () ->
                List.of(
                    new HttpClientCodec(256, 1024, 8192, true),
                    new HttpObjectAggregator(Answer.MAX),
                    new AnswerHandler()))
        .get(Math.max(1, end - nanos.getAsLong()), TimeUnit.NANOSECONDS);
  }

  /** The one form that a request has, see auth.port. */
  static FullHttpRequest request(Ask ask, byte[] body) {
    var request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.POST, ask.at().target(), Unpooled.wrappedBuffer(body));
    request
        .headers()
        .set(HttpHeaderNames.HOST, "auth")
        .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
        .set(HttpHeaderNames.CONTENT_LENGTH, body.length);
    return request;
  }

  private Outcome<Answer> unreachable() {
    return Outcome.failed(problem(place));
  }

  /** What is told where nobody answers. */
  static Problem problem(Place place) {
    return new Problem(
        Reason.AUTH_SERVER_UNREACHABLE,
        "The auth-server at "
            + place
            + " does not answer; start it with doorward auth, or correct auth-server in edge.yaml.");
  }

  @Override
  public void close() {
    closed = true;
    for (Resting kept = resting.poll(); kept != null; kept = resting.poll()) {
      kept.channel().close();
    }
  }

  /** The question of the moment on one connection. All on its loop. */
  private static final class AnswerHandler extends SimpleChannelInboundHandler<FullHttpResponse> {
    private @Nullable CompletableFuture<byte[]> waiting;

    void ask(Channel channel, FullHttpRequest request, CompletableFuture<byte[]> answer) {
      waiting = answer;
      channel
          .writeAndFlush(request)
          .addListener(sent -> {
            if (!sent.isSuccess()) {
              answer.completeExceptionally(sent.cause());
            }
          });
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
      CompletableFuture<byte[]> answer = waiting;
      waiting = null;
      if (answer == null || response.decoderResult().isFailure()) {
        ctx.close();
        if (answer != null) {
          answer.completeExceptionally(new IOException("not HTTP"));
        }
        return;
      }
      if (!HttpUtil.isKeepAlive(response)) {
        ctx.close();
      }
      answer.complete(ByteBufUtil.getBytes(response.content()));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      CompletableFuture<byte[]> answer = waiting;
      if (answer != null) {
        answer.completeExceptionally(new IOException("the connection has ended"));
      }
      ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
