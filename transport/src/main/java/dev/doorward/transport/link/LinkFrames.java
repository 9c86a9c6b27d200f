package dev.doorward.transport.link;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.flush.FlushConsolidationHandler;

/**
 * HTTP/2 on a link whose TLS handshake is done, with the bounds of docs/link-protocol.md section 2.
 * Never put it on a socket that is not connected yet: the codec would loop on its first frame.
 */
final class LinkFrames {
  /** How much a link may hold unwritten before it is not writable. */
  private static final WriteBufferWaterMark LINK_WATER =
      new WriteBufferWaterMark(128 * 1024, 512 * 1024);

  /** How much a stream may hold unwritten before it is not writable. */
  static final WriteBufferWaterMark STREAM_WATER = new WriteBufferWaterMark(64 * 1024, 256 * 1024);

  /** Few enough that the other end begins while this one is still at the rest of what came. */
  private static final int FLUSH_AFTER = 8;

  private static final int QUEUED_CONTROL_FRAMES = 10_000;
  private static final int EMPTY_DATA_FRAMES = 16;

  private LinkFrames() {}

  /** The edge's end: HTTP/2 client; {@code peerStreams} handles streams that nobody may open. */
  static LinkWindows edge(Channel channel, LinkTraffic traffic, ChannelHandler peerStreams) {
    Http2Settings settings = settings().pushEnabled(false).maxConcurrentStreams(0);
    return install(
        channel,
        traffic,
        Http2FrameCodecBuilder.forClient().initialSettings(settings),
        peerStreams);
  }

  /** The agent's end: HTTP/2 server; {@code streams} handles what the edge opens. */
  static LinkWindows agent(
      Channel channel, LinkTraffic traffic, ChannelHandler streams, int calls) {
    Http2Settings settings = settings().maxConcurrentStreams(calls + 1L);
    return install(
        channel, traffic, Http2FrameCodecBuilder.forServer().initialSettings(settings), streams);
  }

  private static Http2Settings settings() {
    return new Http2Settings()
        .initialWindowSize(LinkSettings.STREAM_WINDOW)
        .maxFrameSize(16_384)
        .maxHeaderListSize(LinkSettings.HEADER_LIST);
  }

  private static LinkWindows install(
      Channel channel,
      LinkTraffic traffic,
      Http2FrameCodecBuilder builder,
      ChannelHandler streams) {
    Http2FrameCodec codec =
        builder
            .validateHeaders(true)
            // Each call has its own: kept out of the table, so that tokens stay in it.
            .headerSensitivityDetector((name, _) -> LinkHeaders.CALL.contentEquals(name))
            .decoderEnforceMaxRstFramesPerWindow(LinkSettings.RST_FRAMES, LinkSettings.RST_SECONDS)
            .encoderEnforceMaxRstFramesPerWindow(LinkSettings.RST_FRAMES, LinkSettings.RST_SECONDS)
            .decoderEnforceMaxConsecutiveEmptyDataFrames(EMPTY_DATA_FRAMES)
            .encoderEnforceMaxQueuedControlFrames(QUEUED_CONTROL_FRAMES)
            .gracefulShutdownTimeoutMillis(0)
            .build();
    channel.config().setOption(ChannelOption.TCP_NODELAY, true);
    channel.config().setWriteBufferWaterMark(LINK_WATER);
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addLast("traffic", traffic);
    pipeline.addLast("flush", new FlushConsolidationHandler(FLUSH_AFTER, true));
    pipeline.addLast("http2", codec);
    pipeline.addLast("streams", new Http2MultiplexHandler(streams));
    LinkWindows windows = new LinkWindows(channel, codec.connection());
    windows.openLink();
    channel.flush();
    return windows;
  }
}
