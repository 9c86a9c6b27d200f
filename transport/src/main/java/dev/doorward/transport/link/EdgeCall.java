package dev.doorward.transport.link;

import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One call at the edge. The stream belongs to the link's loop, the listener to the caller's loop;
 * where the two are one, everything is a direct call.
 */
final class EdgeCall extends ChannelInboundHandlerAdapter implements LinkCall {
  /** Bytes on their way from another loop before the call is not writable. */
  private static final int HANDOVER_LIMIT = 256 * 1024;

  private final EdgeLinkSession link;
  private final LinkHead head;
  private final EventLoop loop;
  private final LinkCallListener listener;
  private final boolean direct;

  // The link's loop.
  private @Nullable Http2StreamChannel stream;
  private boolean headSent;
  private boolean requestDone;
  private boolean answered;
  private boolean finished;
  private boolean reading = true;
  private @Nullable Reason broken;
  private long fullSince = -1;
  private long unwritableSince = -1;

  private volatile boolean cancelled;
  private volatile boolean streamWritable = true;
  private volatile boolean toldUnwritable;
  private final AtomicInteger handover = new AtomicInteger();

  EdgeCall(EdgeLinkSession link, LinkHead head, EventLoop loop, LinkCallListener listener) {
    this.link = link;
    this.head = head;
    this.loop = loop;
    this.listener = listener;
    this.direct = loop.equals(link.eventLoop());
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
    } else if (link.callsOnLoop() > link.settings().calls()) {
      fail(Reason.LINK_STREAMS_EXHAUSTED, "The agent has too many open calls.");
    } else {
      new Http2StreamChannelBootstrap(link.channel())
          .handler(this)
          .open()
          .addListener(opened -> {
            if (opened.isSuccess()) {
              onOpened((Http2StreamChannel) opened.getNow());
            } else {
              fail(Reason.LINK_FAILED, "The link to the agent has just ended.");
            }
          });
    }
  }

  private void onOpened(Http2StreamChannel opened) {
    if (finished) {
      opened.close();
      return;
    }
    stream = opened;
    opened.config().setWriteBufferWaterMark(LinkFrames.STREAM_WATER);
    opened.config().setAutoRead(reading);
    if (LinkHeaders.hasNoBody(head)) {
      sendHead(opened, true);
      opened.flush();
    }
  }

  private void sendHead(Http2StreamChannel open, boolean end) {
    headSent = true;
    requestDone = end;
    open.write(new DefaultHttp2HeadersFrame(LinkHeaders.request(head), end))
        .addListener(written -> {
          if (!written.isSuccess()) {
            fail(Reason.LINK_FAILED, "The link to the agent has failed.");
          }
        });
  }

  @Override
  public void write(ByteBuf data, boolean last) {
    if (link.eventLoop().inEventLoop()) {
      doWrite(data, last);
      return;
    }
    int bytes = data.readableBytes();
    handover.addAndGet(bytes);
    try {
      link.eventLoop()
          .execute(() -> {
            handover.addAndGet(-bytes);
            doWrite(data, last);
            tellWritable();
          });
    } catch (RejectedExecutionException e) {
      data.release();
    }
  }

  private void doWrite(ByteBuf data, boolean last) {
    Http2StreamChannel open = stream;
    if (finished || open == null || requestDone) {
      data.release();
      return;
    }
    boolean empty = !data.isReadable();
    if (!headSent) {
      sendHead(open, last && empty);
    }
    if (empty && (requestDone || !last)) {
      data.release();
    } else {
      requestDone = last;
      open.write(new DefaultHttp2DataFrame(data, last));
    }
    open.flush();
  }

  @Override
  public boolean isWritable() {
    boolean writable = streamWritable && handover.get() < HANDOVER_LIMIT;
    if (!writable) {
      toldUnwritable = true;
    }
    return writable;
  }

  private void tellWritable() {
    if (toldUnwritable && !finished && streamWritable && handover.get() < HANDOVER_LIMIT) {
      toldUnwritable = false;
      if (direct) {
        listener.onWritable();
      } else {
        hop(listener::onWritable);
      }
    }
  }

  @Override
  public void read(boolean on) {
    if (link.eventLoop().inEventLoop()) {
      setReading(on);
    } else {
      try {
        link.eventLoop().execute(() -> setReading(on));
      } catch (RejectedExecutionException e) {
        // The loops have ended, and every stream with them.
        cancelled = true;
      }
    }
  }

  private void setReading(boolean on) {
    reading = on;
    fullSince = -1;
    if (stream != null) {
      stream.config().setAutoRead(on);
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
    if (link.eventLoop().inEventLoop()) {
      doCancel();
    } else {
      try {
        link.eventLoop().execute(this::doCancel);
      } catch (RejectedExecutionException e) {
        // The loops have ended, and every stream with them.
        cancelled = true;
      }
    }
  }

  private void doCancel() {
    if (finished) {
      return;
    }
    finish();
    if (stream != null) {
      stream.close();
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
        if (direct) {
          listener.onHead(status, headers);
        } else {
          hop(() -> listener.onHead(status, headers));
        }
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
    if (!data.isReadable()) {
      data.release();
    } else if (direct) {
      listener.onData(data);
    } else {
      hopData(data);
    }
    if (end && !finished) {
      end();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (finished || !answered) {
      return;
    }
    if (direct) {
      listener.onReadComplete();
    } else {
      hop(listener::onReadComplete);
    }
  }

  private void end() {
    if (finished) {
      return;
    }
    finish();
    if (direct) {
      listener.onEnd();
    } else {
      hop(listener::onEnd);
    }
    if (stream != null && !requestDone) {
      stream.close();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    streamWritable = ctx.channel().isWritable();
    unwritableSince = -1;
    tellWritable();
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
    Http2StreamChannel open = stream;
    if (finished || open == null) {
      return;
    }
    boolean full = !reading && headSent && link.windowIsFull(open.stream().id());
    fullSince = full ? (fullSince == -1 ? now : fullSince) : -1;
    unwritableSince = open.isWritable() ? -1 : (unwritableSince == -1 ? now : unwritableSince);
    boolean stalled =
        (fullSince != -1 && now - fullSince >= link.settings().stalledReader().toNanos())
            || (unwritableSince != -1
                && now - unwritableSince >= link.settings().stalledWriter().toNanos());
    if (stalled) {
      reset(Http2Error.ENHANCE_YOUR_CALM, Reason.OVERLOADED);
    }
  }

  private void reset(Http2Error error, Reason reason) {
    if (finished) {
      return;
    }
    if (stream != null && stream.isActive()) {
      stream.writeAndFlush(new DefaultHttp2ResetFrame(error));
    }
    fail(reason, AgentReasons.text(reason));
  }

  private void fail(Reason reason, String text) {
    if (finished) {
      return;
    }
    finish();
    if (stream != null && stream.isOpen()) {
      // Releases what was not read.
      stream.close();
    }
    boolean sent = headSent;
    Problem problem = new Problem(reason, text);
    // Never inside open(), so that the caller has its handle first.
    hop(() -> listener.onFailure(problem, sent));
  }

  private void finish() {
    if (!finished) {
      finished = true;
      link.remove(this);
    }
  }

  private void hop(Runnable callback) {
    try {
      loop.execute(() -> {
        if (!cancelled) {
          callback.run();
        }
      });
    } catch (RejectedExecutionException e) {
      // The caller's loop has ended; nobody waits for this any more.
      cancelled = true;
    }
  }

  private void hopData(ByteBuf data) {
    try {
      loop.execute(() -> {
        if (cancelled) {
          data.release();
        } else {
          listener.onData(data);
        }
      });
    } catch (RejectedExecutionException e) {
      data.release();
    }
  }
}
