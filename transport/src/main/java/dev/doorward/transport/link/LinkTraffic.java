package dev.doorward.transport.link;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** Right behind the TLS handler: tells that bytes of the peer have arrived. */
final class LinkTraffic extends ChannelInboundHandlerAdapter {
  private final LongSupplier nanoTime;
  private final LongConsumer onRead;

  LinkTraffic(LongSupplier nanoTime, LongConsumer onRead) {
    this.nanoTime = nanoTime;
    this.onRead = onRead;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    onRead.accept(nanoTime.getAsLong());
    ctx.fireChannelRead(message);
  }
}
