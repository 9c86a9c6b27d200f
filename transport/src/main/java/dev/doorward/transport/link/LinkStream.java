package dev.doorward.transport.link;

import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2StreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * The flow of one call's stream, the same at both ends of a link: a stream that drains fast gets a
 * larger window, one that stands still is reset. On the link's loop.
 */
abstract class LinkStream extends ChannelInboundHandlerAdapter {
  private @Nullable WindowGrowth growth;
  private int received;
  private long fullSince = -1;
  private long unwritableSince = -1;

  /** The link's flow. */
  abstract LinkFlow flow();

  /** The stream has stood still for too long. */
  abstract void stalled();

  /** Bytes have gone on to the reader; most calls end before this costs more than an addition. */
  final void drained(Http2StreamChannel stream, int bytes) {
    WindowGrowth current = growth;
    if (current != null) {
      if (current.counts(bytes)) {
        look(stream, current);
      }
      return;
    }
    received += bytes;
    if (received >= LinkSettings.STREAM_WINDOW / 2) {
      growth = new WindowGrowth(flow().nanoTime().getAsLong());
    }
  }

  private void look(Http2StreamChannel stream, WindowGrowth current) {
    LinkFlow flow = flow();
    int wanted = current.due(flow.nanoTime().getAsLong(), flow.keepAlive().shortestNanos());
    if (wanted > 0) {
      current.grown(flow.windows().grow(stream.stream().id(), wanted));
    }
  }

  /** The call is over; what its window has grown by is for others. */
  final void giveBackWindow() {
    WindowGrowth current = growth;
    if (current != null) {
      growth = null;
      flow().windows().giveBack(current.growth());
    }
  }

  /** The reader has changed its mind. */
  final void readingChanged() {
    fullSince = -1;
  }

  /** The peer has given window, or taken it. */
  final void writabilityChanged() {
    unwritableSince = -1;
  }

  /** Looks for a stream that stands still. */
  final void sweep(Http2StreamChannel stream, boolean reading, long now) {
    boolean full = !reading && flow().windows().isFull(stream.stream().id());
    fullSince = full ? (fullSince == -1 ? now : fullSince) : -1;
    unwritableSince = stream.isWritable() ? -1 : (unwritableSince == -1 ? now : unwritableSince);
    LinkSettings settings = flow().settings();
    if ((fullSince != -1 && now - fullSince >= settings.stalledReader().toNanos())
        || (unwritableSince != -1 && now - unwritableSince >= settings.stalledWriter().toNanos())) {
      stalled();
    }
  }
}
