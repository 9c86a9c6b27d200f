package dev.doorward.auth.port;

import dev.doorward.auth.wire.Answer;
import dev.doorward.auth.wire.Ask;
import dev.doorward.auth.wire.WireJson;
import dev.doorward.common.outcome.Reason;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests of one connection, one at a time, and their answers; or the feed, which is the last
 * thing that a connection is used for.
 */
final class AskHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(AskHandler.class);
  private static final String JSON = "application/json";

  private final Answers answers;
  private final Feed feed;
  private final Semaphore room;
  private final Executor executor;
  private final PortTimes times;
  private @Nullable Peer peer;
  private Feed.@Nullable Reader reader;
  private boolean busy;

  /**
   * A handler.
   *
   * @param peer null for one who has shown no certificate
   * @param room requests that may be worked on at a time, of all connections
   */
  AskHandler(
      Answers answers,
      Feed feed,
      @Nullable Peer peer,
      Semaphore room,
      Executor executor,
      PortTimes times) {
    this.answers = answers;
    this.feed = feed;
    this.peer = peer;
    this.room = room;
    this.executor = executor;
    this.times = times;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    times.arrived();
    Ask.Path path =
        Arrays.stream(Ask.Path.values())
            .filter(p -> p.target().equals(request.uri()))
            .findFirst()
            .orElse(null);
    if (busy || path == null || request.decoderResult().isFailure()) {
      ctx.close();
      return;
    }
    busy = true;
    Peer known = peer;
    if ((known == null) != (path == Ask.Path.JOIN)) {
      refuse(ctx, HttpResponseStatus.FORBIDDEN);
      return;
    }
    byte[] body = ByteBufUtil.getBytes(request.content());
    Optional<? extends Ask> ask = WireJson.read(body, path.type());
    if (ask.isEmpty()) {
      refuse(ctx, HttpResponseStatus.BAD_REQUEST);
    } else if (ask.get() instanceof Ask.Feed) {
      executor.execute(() -> follow(ctx.channel()));
    } else if (!room.tryAcquire()) {
      send(
          ctx,
          HttpResponseStatus.OK,
          new Answer.Refused(
              Reason.OVERLOADED.code(), "Too many sign-ins at the moment; try again."));
    } else {
      executor.execute(() -> work(ctx, ask.get(), known));
    }
  }

  private void work(ChannelHandlerContext ctx, Ask ask, @Nullable Peer known) {
    Answer.Told told;
    try {
      told = answers.answer(ask, known == null ? new Peer.Local() : known);
    } catch (RuntimeException e) {
      LOG.atError()
          .addKeyValue("event", "ask_failed")
          .addKeyValue("reason", Reason.INTERNAL.code())
          .addKeyValue("path", ask.at().target())
          .setCause(e)
          .log("an edge could not be answered");
      told =
          new Answer.Refused(
              Reason.INTERNAL.code(), "The auth-server could not do this; its log says why.");
    } finally {
      room.release();
    }
    Answer.Told answer = told;
    ctx.executor().execute(() -> send(ctx, HttpResponseStatus.OK, answer));
  }

  private void send(ChannelHandlerContext ctx, HttpResponseStatus status, Answer.Told told) {
    busy = false;
    times.answered(ctx);
    write(ctx, status, WireJson.write(new Answer(feed.instance(), feed.seq(), told)), false);
  }

  /** Says no in the least words there are, and ends the connection. */
  static void refuse(ChannelHandlerContext ctx, HttpResponseStatus status) {
    Reason reason =
        status.equals(HttpResponseStatus.FORBIDDEN) ? Reason.EDGE_UNKNOWN : Reason.HTTP_MALFORMED;
    write(
        ctx,
        status,
        WireJson.write(
            new Answer("", 0, new Answer.Refused(reason.code(), "This is not for you."))),
        true);
  }

  private static void write(
      ChannelHandlerContext ctx, HttpResponseStatus status, byte[] json, boolean last) {
    var response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(json));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, JSON)
        .set(HttpHeaderNames.CONTENT_LENGTH, json.length);
    if (last) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    } else {
      ctx.writeAndFlush(response);
    }
  }

  private void follow(Channel channel) {
    var head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    head.headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "application/x-ndjson")
        .set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    channel.write(head);
    Feed.Reader along =
        json -> {
          if (channel.isWritable()) {
            channel.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(json)));
          } else {
            // It reads too slowly; it will come again and get everything anew.
            channel.close();
          }
        };
    channel
        .eventLoop()
        .execute(() -> {
          reader = along;
          if (channel.isActive()) {
            executor.execute(() -> {
              feed.join(along);
              if (!channel.isActive()) {
                feed.leave(along);
              }
            });
          }
        });
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    Feed.Reader along = reader;
    if (along != null) {
      executor.execute(() -> feed.leave(along));
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
