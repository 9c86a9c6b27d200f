package dev.doorward.transport.link;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The way out of a call at the edge: its head, its body, and whether there is room for more. A part
 * of {@link EdgeCall} and not an object of its own, because a call should cost one.
 */
abstract class EdgeRequest extends LinkStream implements LinkCall {
  /** Bytes on their way from another loop before the call is not writable. */
  private static final int HANDOVER_LIMIT = 256 * 1024;

  private final EventLoop linkLoop;
  private final LinkHead head;

  // The link's loop.
  private @Nullable Http2StreamChannel stream;
  private boolean headSent;
  private boolean requestDone;
  private @Nullable Queue<ByteBuf> early;
  private boolean earlyEnd;

  private volatile boolean streamWritable = true;
  private volatile boolean toldUnwritable;
  private final AtomicInteger handover = new AtomicInteger();

  EdgeRequest(EventLoop linkLoop, LinkHead head) {
    this.linkLoop = linkLoop;
    this.head = head;
  }

  /** Whether nobody waits for this call any more. */
  abstract boolean isOver();

  /** The head could not be sent. */
  abstract void unsent();

  /** There is room again. */
  abstract void roomAgain();

  /** The stream is open: what can be sent is sent. */
  final void begin(Http2StreamChannel opened) {
    stream = opened;
    opened.config().setWriteBufferWaterMark(LinkFrames.STREAM_WATER);
    if (LinkHeaders.hasNoBody(head)) {
      sendHead(opened, true);
      opened.flush();
    }
    Queue<ByteBuf> waiting = early;
    if (waiting != null) {
      early = null;
      for (ByteBuf data = waiting.poll(); data != null; data = waiting.poll()) {
        handover.addAndGet(-data.readableBytes());
        send(data, earlyEnd && waiting.isEmpty());
      }
      tellWritable();
    }
  }

  /** Keeps what is written before the stream is open. */
  private void keepEarly(ByteBuf data, boolean last) {
    Queue<ByteBuf> waiting = early;
    if (waiting == null) {
      waiting = new ArrayDeque<>();
      early = waiting;
    }
    handover.addAndGet(data.readableBytes());
    waiting.add(data);
    earlyEnd = last;
  }

  /** The call ends; what waits for its stream is let go. */
  final void dropEarly() {
    Queue<ByteBuf> waiting = early;
    if (waiting != null) {
      early = null;
      waiting.forEach(ByteBuf::release);
    }
  }

  /** The stream, or null where none was opened. */
  final @Nullable Http2StreamChannel stream() {
    return stream;
  }

  /** Whether a byte of the call may have left. */
  final boolean isSent() {
    return headSent;
  }

  /** Whether the request is whole. */
  final boolean isWhole() {
    return requestDone;
  }

  private void sendHead(Http2StreamChannel open, boolean end) {
    headSent = true;
    requestDone = end;
    open.write(new DefaultHttp2HeadersFrame(LinkHeaders.request(head), end))
        .addListener(written -> {
          if (!written.isSuccess()) {
            unsent();
          }
        });
  }

  @Override
  public final void write(ByteBuf data, boolean last) {
    if (linkLoop.inEventLoop()) {
      send(data, last);
      return;
    }
    int bytes = data.readableBytes();
    handover.addAndGet(bytes);
    try {
      linkLoop.execute(() -> {
        handover.addAndGet(-bytes);
        send(data, last);
        tellWritable();
      });
    } catch (RejectedExecutionException e) {
      data.release();
    }
  }

  private void send(ByteBuf data, boolean last) {
    Http2StreamChannel open = stream;
    if (isOver() || requestDone) {
      data.release();
      return;
    }
    if (open == null) {
      keepEarly(data, last);
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
  public final boolean isWritable() {
    boolean writable = streamWritable && handover.get() < HANDOVER_LIMIT;
    if (!writable) {
      toldUnwritable = true;
    }
    return writable;
  }

  private void tellWritable() {
    if (toldUnwritable && !isOver() && streamWritable && handover.get() < HANDOVER_LIMIT) {
      toldUnwritable = false;
      roomAgain();
    }
  }

  @Override
  public final void channelWritabilityChanged(ChannelHandlerContext ctx) {
    streamWritable = ctx.channel().isWritable();
    writabilityChanged();
    tellWritable();
  }
}
