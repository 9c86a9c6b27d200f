package dev.doorward.transport.link;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** For streams of a peer that must not open any: they end the link. */
final class NoStreams extends ChannelInboundHandlerAdapter {
  @Override
  public boolean isSharable() {
    return true;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    ctx.channel().parent().close();
  }
}
