package dev.doorward.transport.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;

/**
 * Hazard: pseudo-headers that HTTP/2 allows and a converter to HTTP/1.1 misreads (RFC 9113 section
 * 8.3.1). The scheme is https, the path starts with a slash, the authority is there and holds no
 * user information, and no other protocol is asked for; else the stream is reset. Headers that the
 * converter takes for its own are removed. In front of the converter; one per stream.
 */
public final class Http2HeadHandler extends ChannelInboundHandlerAdapter {
  private static final AsciiString PROTOCOL = AsciiString.cached(":protocol");
  private static final AsciiString HTTPS = AsciiString.cached("https");
  private static final AsciiString CONVERTER = AsciiString.cached("x-http2-");

  private boolean headSeen;
  private boolean reset;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (reset) {
      ReferenceCountUtil.release(msg);
      return;
    }
    if (msg instanceof Http2HeadersFrame frame && !headSeen) {
      headSeen = true;
      if (!isRequest(frame.headers())) {
        reset = true;
        ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.PROTOCOL_ERROR));
        return;
      }
      removeConverterHeaders(frame.headers());
    }
    ctx.fireChannelRead(msg);
  }

  private static boolean isRequest(Http2Headers headers) {
    CharSequence method = headers.method();
    CharSequence path = headers.path();
    CharSequence authority = headers.authority();
    CharSequence scheme = headers.scheme();
    return method != null
        && path != null
        && authority != null
        && scheme != null
        && HTTPS.contentEquals(scheme)
        && !headers.contains(PROTOCOL)
        && !authority.isEmpty()
        && AsciiString.indexOf(authority, '@', 0) < 0
        && !path.isEmpty()
        && (path.charAt(0) == '/'
            || (AsciiString.contentEquals("*", path)
                && AsciiString.contentEquals("OPTIONS", method)));
  }

  private static void removeConverterHeaders(Http2Headers headers) {
    List<CharSequence> names = new ArrayList<>(0);
    for (CharSequence name : headers.names()) {
      if (AsciiString.regionMatches(name, true, 0, CONVERTER, 0, CONVERTER.length())) {
        names.add(name);
      }
    }
    names.forEach(headers::remove);
  }
}
