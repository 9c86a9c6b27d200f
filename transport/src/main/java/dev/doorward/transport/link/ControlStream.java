package dev.doorward.transport.link;

import dev.doorward.transport.link.control.ControlCodec;
import dev.doorward.transport.link.control.ControlMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The control stream of a link: cuts its DATA into lines, decodes each, and bounds size and rate.
 * All on the link's loop.
 *
 * @param <M> what the peer sends
 */
final class ControlStream<M extends ControlMessage> extends ChannelInboundHandlerAdapter {
  /** What the owner of the link does about it. */
  interface Owner<M> {
    /** The peer's HEADERS; false refuses them, which is a violation. */
    boolean onHead(Http2Headers headers, boolean end);

    /** A message, in the order of sending. */
    void onMessage(M message);

    /** The peer broke the protocol. */
    void onViolation();

    /** The stream has ended, and with it the link. */
    void onClosed();
  }

  private final Function<byte[], ControlCodec.Decoded<M>> decoder;
  private final Owner<M> owner;
  private final LongSupplier nanoTime;
  private final RateBound messages;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
  private @Nullable Channel stream;
  private boolean head;
  private boolean broken;

  ControlStream(
      Function<byte[], ControlCodec.Decoded<M>> decoder, Owner<M> owner, LongSupplier nanoTime) {
    this.decoder = decoder;
    this.owner = owner;
    this.nanoTime = nanoTime;
    this.messages =
        new RateBound(
            LinkSettings.CONTROL_MESSAGES, LinkSettings.FLOOD_WINDOW, nanoTime.getAsLong());
  }

  /** Sends a message at once; on a stream that has ended nothing happens. */
  void send(ControlMessage message) {
    sendLast(message);
  }

  /** Sends a message and tells when it is written, or null where the stream has ended. */
  @Nullable ChannelFuture sendLast(ControlMessage message) {
    Channel open = stream;
    return open == null || !open.isActive()
        ? null
        : open.writeAndFlush(
            new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(ControlCodec.encode(message)), false));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    stream = ctx.channel();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object frame) throws IOException {
    try {
      if (broken) {
        return;
      }
      if (frame instanceof Http2HeadersFrame headers) {
        if (head || !owner.onHead(headers.headers(), headers.isEndStream())) {
          violation();
        }
        head = true;
      } else if (frame instanceof Http2DataFrame data) {
        take(data.content());
        if (data.isEndStream()) {
          ctx.close();
        }
      }
    } finally {
      ReferenceCountUtil.release(frame);
    }
  }

  private void take(ByteBuf data) throws IOException {
    while (data.isReadable() && !broken) {
      int feed = data.bytesBefore((byte) '\n');
      int length = feed < 0 ? data.readableBytes() : feed;
      if (line.size() + length >= ControlCodec.MAX_BYTES) {
        violation();
        return;
      }
      data.readBytes(line, length);
      if (feed < 0) {
        return;
      }
      data.skipBytes(1);
      byte[] bytes = line.toByteArray();
      line.reset();
      if (!messages.take(nanoTime.getAsLong())) {
        violation();
        return;
      }
      switch (decoder.apply(bytes)) {
        case ControlCodec.Decoded.Message<M>(M message) -> owner.onMessage(message);
        case ControlCodec.Decoded.Unknown<M> unknown -> {}
        case ControlCodec.Decoded.Violation<M> violation -> violation();
      }
    }
  }

  private void violation() {
    broken = true;
    owner.onViolation();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    ReferenceCountUtil.release(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    owner.onClosed();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    violation();
  }
}
