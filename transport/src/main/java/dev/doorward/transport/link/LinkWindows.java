package dev.doorward.transport.link;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * What this side lets the other one send, docs/link-protocol.md section 2. All streams of a link
 * share one budget of growth that is half of the link's window, so grown streams that are not read
 * leave room for the others. Owned by the link's loop.
 */
final class LinkWindows {
  private static final float LINK_UPDATE_RATIO = 0.9f;

  private final Channel channel;
  private final Http2Connection connection;
  private int left = LinkSettings.GROWTH_BUDGET;

  LinkWindows(Channel channel, Http2Connection connection) {
    this.channel = channel;
    this.connection = connection;
  }

  private Http2LocalFlowController flow() {
    return connection.local().flowController();
  }

  /**
   * Opens the window of the link itself; once, at its start. Room is given back a tenth at a time:
   * where half of the window is held by streams that nobody reads, half of it would never be used
   * up by the others, and they would stand still too.
   */
  void openLink() {
    Http2Stream link = connection.connectionStream();
    try {
      if (flow() instanceof DefaultHttp2LocalFlowController bytes) {
        bytes.windowUpdateRatio(link, LINK_UPDATE_RATIO);
      }
      flow().incrementWindowSize(link, LinkSettings.LINK_WINDOW - flow().initialWindowSize(link));
    } catch (Http2Exception e) {
      throw new IllegalStateException("the window of a fresh link can be opened", e);
    }
  }

  /** Whether the peer has used up the window of a stream that it may send on. */
  boolean isFull(int streamId) {
    Http2Stream stream = connection.stream(streamId);
    return stream != null && flow().windowSize(stream) <= 0;
  }

  /** Widens a stream's window as far as the budget goes; the bytes that it grew by. */
  int grow(int streamId, int wanted) {
    Http2Stream stream = connection.stream(streamId);
    int bytes = Math.min(wanted, left);
    if (stream == null || bytes <= 0) {
      return 0;
    }
    try {
      flow().incrementWindowSize(stream, bytes);
    } catch (Http2Exception e) {
      return 0;
    }
    left -= bytes;
    channel.flush();
    return bytes;
  }

  /** A grown stream has ended. */
  void giveBack(int bytes) {
    left += bytes;
  }

  /** What is left of the budget, in bytes. */
  int left() {
    return left;
  }
}
