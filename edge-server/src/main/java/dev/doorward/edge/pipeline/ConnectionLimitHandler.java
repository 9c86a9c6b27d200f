package dev.doorward.edge.pipeline;

import dev.doorward.policy.limit.AddressPrefix;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Hazard: somebody who opens connections and does nothing with them. Beyond a number in all, or a
 * number of one address prefix, a connection is closed at once. The first handler of each; shared.
 */
@Sharable
public final class ConnectionLimitHandler extends ChannelInboundHandlerAdapter {
  private final int most;
  private final int mostOfOne;
  private final AtomicInteger open = new AtomicInteger();
  private final ConcurrentMap<AddressPrefix, Integer> byPrefix = new ConcurrentHashMap<>();

  /** At most {@code most} in all and {@code mostOfOne} of one prefix. */
  public ConnectionLimitHandler(int most, int mostOfOne) {
    this.most = most;
    this.mostOfOne = mostOfOne;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (!(ctx.channel().remoteAddress() instanceof InetSocketAddress remote)) {
      ctx.fireChannelActive();
      return;
    }
    AddressPrefix prefix = AddressPrefix.of(remote.getAddress());
    int all = open.incrementAndGet();
    int ofOne = byPrefix.merge(prefix, 1, Integer::sum);
    ctx.channel().closeFuture().addListener(_ -> closed(prefix));
    if (all > most || ofOne > mostOfOne) {
      ctx.close();
    } else {
      ctx.fireChannelActive();
    }
  }

  private void closed(AddressPrefix prefix) {
    open.decrementAndGet();
    byPrefix.computeIfPresent(prefix, (_, count) -> count == 1 ? null : count - 1);
  }

  /** Connections that are open now. */
  public int open() {
    return open.get();
  }
}
