package dev.doorward.edge.pipeline;

import dev.doorward.transport.http.HeadChecks;
import dev.doorward.transport.http.HeadGateHandler;
import dev.doorward.transport.http.Http1Codec;
import dev.doorward.transport.http.Http1TurnHandler;
import dev.doorward.transport.http.Http2HeadHandler;
import dev.doorward.transport.http.Http2IdleHandler;
import dev.doorward.transport.http.HttpLimits;
import dev.doorward.transport.http.SlowRequestHandler;
import dev.doorward.transport.http.StalledWriteHandler;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * Everything between TLS and the endpoints. Both versions of HTTP meet the same gate and the same
 * exchange:
 *
 * <pre>
 * HTTP/1.1: stalled write, codec, slow request, turn,           gate, exchange
 * HTTP/2:   stalled write, frames, idle, multiplex
 *           and per stream: stalled write, head, converter, slow request, gate, exchange
 * </pre>
 */
public final class PublicPipeline {
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(32 * 1024, 128 * 1024);
  private static final int STREAM_WINDOW = 64 * 1024;

  private final HttpLimits limits;
  private final Endpoints endpoints;
  private final HeadGateHandler gate;

  /**
   * A pipeline for one public name.
   *
   * @param authority canonical authority of the public URL
   */
  public PublicPipeline(String authority, int port, HttpLimits limits, Endpoints endpoints) {
    this.limits = limits;
    this.endpoints = endpoints;
    this.gate = new HeadGateHandler(HeadChecks.of(authority, port, limits));
  }

  /** Makes {@code channel}, whose handshake chose HTTP/1.1, serve. */
  public void http1(Channel channel) {
    channel.config().setWriteBufferWaterMark(WATER_MARK);
    var codec = new Http1Codec(limits);
    channel
        .pipeline()
        .addLast(
            new StalledWriteHandler(limits.writeStall()),
            codec,
            SlowRequestHandler.ofConnection(limits),
            new Http1TurnHandler(codec),
            gate,
            new ExchangeHandler(endpoints, address(channel), "HTTP/1.1"));
  }

  /** Makes {@code channel}, whose handshake chose HTTP/2, serve. */
  public void http2(Channel channel) {
    channel.config().setWriteBufferWaterMark(WATER_MARK);
    InetAddress remote = address(channel);
    Http2FrameCodec frames =
        Http2FrameCodecBuilder.forServer()
            .initialSettings(
                Http2Settings.defaultSettings()
                    .maxConcurrentStreams(limits.streams())
                    .initialWindowSize(STREAM_WINDOW)
                    .maxHeaderListSize(2L * limits.headerBlock()))
            .encoderEnforceMaxQueuedControlFrames(1000)
            .build();
    ChannelHandler streams =
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel stream) {
            http2Stream(stream.pipeline(), remote);
          }
        };
    channel
        .pipeline()
        .addLast(
            new StalledWriteHandler(limits.writeStall()),
            frames,
            new Http2IdleHandler(frames, limits),
            new Http2MultiplexHandler(streams));
  }

  private void http2Stream(ChannelPipeline stream, InetAddress remote) {
    stream.addLast(
        new StalledWriteHandler(limits.writeStall()),
        new Http2HeadHandler(),
        new Http2StreamFrameToHttpObjectCodec(true, true),
        SlowRequestHandler.ofStream(limits),
        gate,
        new ExchangeHandler(endpoints, remote, "HTTP/2"));
  }

  private static InetAddress address(Channel channel) {
    SocketAddress address = channel.remoteAddress();
    return address instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet.getAddress()
        : InetAddress.getLoopbackAddress();
  }
}
