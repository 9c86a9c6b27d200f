package dev.doorward.transport.link;

import dev.doorward.common.outcome.Reason;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Last handler of a link: bounds the frames of the connection itself, and tells once why the link
 * ended.
 */
final class LinkEnd extends ChannelInboundHandlerAdapter {
  private final LongSupplier nanoTime;
  private final RateBound frames;
  private final Consumer<Reason> onEnd;
  private Reason reason = Reason.LINK_FAILED;
  private boolean ended;

  LinkEnd(LongSupplier nanoTime, Consumer<Reason> onEnd) {
    this.nanoTime = nanoTime;
    this.onEnd = onEnd;
    this.frames =
        new RateBound(LinkSettings.FLOOD_FRAMES, LinkSettings.FLOOD_WINDOW, nanoTime.getAsLong());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object frame) {
    boolean counted = frame instanceof Http2PingFrame || frame instanceof Http2SettingsFrame;
    ReferenceCountUtil.release(frame);
    if (counted && !frames.take(nanoTime.getAsLong())) {
      reason = Reason.LINK_PROTOCOL_VIOLATION;
      ctx.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.ENHANCE_YOUR_CALM));
      ctx.close();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    ReferenceCountUtil.release(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!ended) {
      ended = true;
      onEnd.accept(reason);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof Http2Exception) {
      // The codec sends GOAWAY with the fitting code and closes.
      reason = Reason.LINK_PROTOCOL_VIOLATION;
    } else {
      ctx.close();
    }
  }
}
