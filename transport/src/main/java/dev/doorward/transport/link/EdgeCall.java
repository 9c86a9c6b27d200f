package dev.doorward.transport.link;

import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One call at the edge: its beginning, its answer and its end. The stream belongs to the link's
 * loop, the listener to the caller's loop; where the two are one, everything is a direct call, else
 * a {@link CallerLoop} is in between.
 */
final class EdgeCall extends EdgeRequest {
  private final EdgeLinkSession link;
  private final LinkCallListener listener;

  // The link's loop.
  private boolean answered;
  private boolean finished;
  private boolean reading = true;
  private @Nullable Reason broken;

  private volatile boolean cancelled;

  EdgeCall(EdgeLinkSession link, LinkHead head, EventLoop loop, LinkCallListener listener) {
    super(link.eventLoop(), head);
    this.link = link;
    this.listener = loop.equals(link.eventLoop()) ? listener : new CallerLoop(loop, listener);
  }

  @Override
  LinkFlow flow() {
    return link.flow();
  }

  @Override
  boolean isOver() {
    return finished;
  }

  /** Any thread. */
  void begin() {
    if (link.eventLoop().inEventLoop()) {
      start();
      return;
    }
    try {
      link.eventLoop().execute(this::start);
    } catch (RejectedExecutionException e) {
      fail(Reason.SHUTTING_DOWN, "The edge is shutting down.");
    }
  }

  private void start() {
    if (cancelled) {
      finish();
      return;
    }
    link.add(this);
    if (!link.accepting()) {
      fail(Reason.LINK_FAILED, "The link to the agent has just ended.");
    } else if (link.callsOnLoop() > flow().settings().calls()) {
      fail(Reason.LINK_STREAMS_EXHAUSTED, "The agent has too many open calls.");
    } else {
      Future<Http2StreamChannel> opened =
          new Http2StreamChannelBootstrap(link.channel()).handler(this).open();
      if (opened.isSuccess()) {
        onOpened(opened.getNow());
      } else {
        // Deep inside the callbacks of other futures Netty tells of the opening a little later.
        opened.addListener(done -> {
          if (done.isSuccess()) {
            onOpened(opened.getNow());
          } else {
            fail(Reason.LINK_FAILED, "The link to the agent has just ended.");
          }
        });
      }
    }
  }

  private void onOpened(Http2StreamChannel opened) {
    if (finished) {
      opened.close();
    } else {
      opened.config().setAutoRead(reading);
      begin(opened);
    }
  }

  @Override
  void unsent() {
    fail(Reason.LINK_FAILED, "The link to the agent has failed.");
  }

  @Override
  void roomAgain() {
    listener.onWritable();
  }

  @Override
  public void read(boolean on) {
    if (link.eventLoop().inEventLoop()) {
      setReading(on);
    } else {
      later(() -> setReading(on));
    }
  }

  private void later(Runnable task) {
    try {
      link.eventLoop().execute(task);
    } catch (RejectedExecutionException e) {
      // The loops have ended, and every stream with them; nobody waits for this any more.
      cancelled = true;
    }
  }

  private void setReading(boolean on) {
    reading = on;
    readingChanged();
    Http2StreamChannel open = stream();
    if (open != null) {
      open.config().setAutoRead(on);
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
    if (listener instanceof CallerLoop other) {
      other.cancel();
    }
    if (link.eventLoop().inEventLoop()) {
      doCancel();
    } else {
      later(this::doCancel);
    }
  }

  private void doCancel() {
    if (finished) {
      return;
    }
    finish();
    Http2StreamChannel open = stream();
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object frame) {
    if (finished) {
      ReferenceCountUtil.release(frame);
    } else if (frame instanceof Http2DataFrame data) {
      onData(data);
    } else if (frame instanceof Http2HeadersFrame headers) {
      onHeaders(headers);
    } else {
      ReferenceCountUtil.release(frame);
    }
  }

  private void onHeaders(Http2HeadersFrame frame) {
    boolean end = frame.isEndStream();
    if (answered) {
      // Trailers are dropped; anything else after the head breaks HTTP.
      if (end) {
        end();
      } else {
        reset(Http2Error.PROTOCOL_ERROR, Reason.LINK_PROTOCOL_VIOLATION);
      }
      return;
    }
    answered = true;
    switch (LinkHeaders.answer(frame.headers())) {
      case LinkHeaders.Answer.Malformed malformed ->
          reset(Http2Error.PROTOCOL_ERROR, Reason.LINK_PROTOCOL_VIOLATION);
      case LinkHeaders.Answer.Refused(Reason reason) -> fail(reason, AgentReasons.text(reason));
      case LinkHeaders.Answer.Head(int status, HttpHeaders headers) -> {
        listener.onHead(status, headers);
        if (end) {
          end();
        }
      }
    }
  }

  private void onData(Http2DataFrame frame) {
    boolean end = frame.isEndStream();
    if (!answered) {
      frame.release();
      reset(Http2Error.PROTOCOL_ERROR, Reason.LINK_PROTOCOL_VIOLATION);
      return;
    }
    ByteBuf data = frame.content();
    int bytes = data.readableBytes();
    if (bytes == 0) {
      data.release();
    } else {
      listener.onData(data);
    }
    Http2StreamChannel open = stream();
    if (finished || open == null) {
      return;
    }
    if (end) {
      end();
    } else {
      drained(open, bytes);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (!finished && answered) {
      listener.onReadComplete();
    }
  }

  private void end() {
    if (finished) {
      return;
    }
    finish();
    listener.onEnd();
    Http2StreamChannel open = stream();
    if (open != null && !isWhole()) {
      open.close();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof Http2ResetFrame reset) {
      broken = AgentReasons.ofReset(reset.errorCode());
    }
    ReferenceCountUtil.release(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    Reason reason = broken == null ? Reason.LINK_FAILED : broken;
    fail(reason, AgentReasons.text(reason));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    reset(Http2Error.PROTOCOL_ERROR, Reason.LINK_PROTOCOL_VIOLATION);
  }

  /** The link has ended; link's loop. */
  void linkLost(Reason reason) {
    fail(reason, "The link to the agent was lost.");
  }

  /** Looks for a stream that stands still; link's loop. */
  void sweep(long now) {
    Http2StreamChannel open = stream();
    if (!finished && open != null) {
      sweep(open, reading || !isSent(), now);
    }
  }

  @Override
  void stalled() {
    reset(Http2Error.ENHANCE_YOUR_CALM, Reason.OVERLOADED);
  }

  private void reset(Http2Error error, Reason reason) {
    if (finished) {
      return;
    }
    Http2StreamChannel open = stream();
    if (open != null && open.isActive()) {
      open.writeAndFlush(new DefaultHttp2ResetFrame(error));
    }
    fail(reason, AgentReasons.text(reason));
  }

  private void fail(Reason reason, String text) {
    if (finished) {
      return;
    }
    finish();
    Http2StreamChannel open = stream();
    if (open != null && open.isOpen()) {
      // Releases what was not read.
      open.close();
    }
    boolean sent = isSent();
    Problem problem = new Problem(reason, text);
    if (listener instanceof CallerLoop) {
      listener.onFailure(problem, sent);
      return;
    }
    // Never inside open(), so that the caller has its handle first.
    later(() -> {
      if (!cancelled) {
        listener.onFailure(problem, sent);
      }
    });
  }

  private void finish() {
    if (!finished) {
      finished = true;
      giveBackWindow();
      dropEarly();
      link.remove(this);
    }
  }
}
