package dev.doorward.transport.link;

import dev.doorward.common.outcome.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One call at the agent, between its HTTP/2 stream and its {@link AgentCall}; on one loop. */
final class AgentStream extends LinkStream implements AgentReply {
  private final AgentLinkSession link;
  private final Http2StreamChannel stream;
  private @Nullable AgentCall call;
  private @Nullable ByteBuf held;
  private boolean requestDone;
  private boolean headSent;
  private boolean replyDone;
  private boolean let;
  private boolean reading = true;

  AgentStream(AgentLinkSession link, Http2StreamChannel stream) {
    this.link = link;
    this.stream = stream;
    stream.config().setWriteBufferWaterMark(LinkFrames.STREAM_WATER);
  }

  @Override
  LinkFlow flow() {
    return link.flow();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    link.add(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object frame) {
    if (frame instanceof Http2DataFrame data) {
      onData(data);
    } else if (frame instanceof Http2HeadersFrame headers) {
      onHeaders(headers);
    } else {
      ReferenceCountUtil.release(frame);
    }
  }

  private void onHeaders(Http2HeadersFrame frame) {
    boolean end = frame.isEndStream();
    if (call != null || let) {
      // Trailers are dropped.
      if (end && !requestDone) {
        requestEnded();
      }
      return;
    }
    requestDone = end;
    Optional<CallHead> head =
        link.isUp() ? LinkHeaders.call(frame.headers(), end) : Optional.empty();
    if (head.isEmpty()) {
      fail(Reason.LINK_PROTOCOL_VIOLATION);
      return;
    }
    AgentCall begun = link.handler().begin(head.get(), this);
    call = begun;
    if (let) {
      call = null;
    }
  }

  private void onData(Http2DataFrame frame) {
    AgentCall current = call;
    ByteBuf data = frame.content();
    boolean end = frame.isEndStream();
    if (current == null || !data.isReadable()) {
      data.release();
    } else {
      int bytes = data.readableBytes();
      current.onData(data);
      if (!end && !let) {
        drained(stream, bytes);
      }
    }
    if (end) {
      requestEnded();
    }
  }

  private void requestEnded() {
    requestDone = true;
    if (call != null) {
      call.onEnd();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (call != null) {
      call.onReadComplete();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    writabilityChanged();
    if (call != null && ctx.channel().isWritable()) {
      call.onWritable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    cancelled();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    ReferenceCountUtil.release(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    reset(Http2Error.PROTOCOL_ERROR);
  }

  /** The caller or the link is gone. */
  void cancelled() {
    AgentCall current = call;
    boolean open = !replyDone;
    letGo();
    if (current != null && open) {
      current.onCancelled();
    }
    if (stream.isOpen()) {
      // Releases what was not read.
      stream.close();
    }
  }

  private void letGo() {
    if (!let) {
      let = true;
      call = null;
      ReferenceCountUtil.release(held);
      held = null;
      replyDone = true;
      giveBackWindow();
      link.remove(this);
    }
  }

  /** Looks for a stream that stands still. */
  void sweep(long now) {
    sweep(stream, reading, now);
  }

  @Override
  void stalled() {
    reset(Http2Error.ENHANCE_YOUR_CALM);
  }

  private void reset(Http2Error error) {
    if (stream.isActive()) {
      stream.writeAndFlush(new DefaultHttp2ResetFrame(error));
      stream.close();
    }
    cancelled();
  }

  @Override
  public EventLoop eventLoop() {
    return link.eventLoop();
  }

  @Override
  public void head(int status, HttpHeaders headers) {
    if (replyDone || headSent) {
      return;
    }
    headSent = true;
    stream.write(new DefaultHttp2HeadersFrame(LinkHeaders.answer(status, headers), false));
  }

  @Override
  public void data(ByteBuf data) {
    if (replyDone || !headSent || !stream.isActive()) {
      data.release();
      return;
    }
    writeHeld();
    // Held until the flush, because the end of the answer may follow and go in the same frame.
    held = data;
  }

  private void writeHeld() {
    ByteBuf data = held;
    if (data != null) {
      held = null;
      stream.write(new DefaultHttp2DataFrame(data, false));
    }
  }

  @Override
  public void flush() {
    writeHeld();
    stream.flush();
  }

  @Override
  public void end() {
    // On a stream that is gone the cancellation is on its way.
    if (replyDone || !headSent || !stream.isActive()) {
      return;
    }
    replyDone = true;
    ByteBuf last = held == null ? Unpooled.EMPTY_BUFFER : held;
    held = null;
    stream.writeAndFlush(new DefaultHttp2DataFrame(last, true)).addListener(written -> afterEnd());
  }

  private void afterEnd() {
    if (!requestDone && stream.isActive()) {
      // RFC 9113 section 8.1: the answer is whole, the rest of the request is not wanted.
      stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
      stream.close();
    }
    letGo();
  }

  @Override
  public void fail(Reason reason) {
    if (replyDone || !stream.isActive()) {
      return;
    }
    replyDone = true;
    if (headSent) {
      stream.writeAndFlush(new DefaultHttp2ResetFrame(AgentReasons.reset(reason)));
      stream.close();
      letGo();
    } else {
      headSent = true;
      stream
          .writeAndFlush(new DefaultHttp2HeadersFrame(LinkHeaders.refusal(reason), true))
          .addListener(written -> afterEnd());
    }
  }

  @Override
  public boolean isWritable() {
    return stream.isActive() && stream.isWritable();
  }

  @Override
  public void read(boolean on) {
    reading = on;
    readingChanged();
    stream.config().setAutoRead(on);
  }
}
