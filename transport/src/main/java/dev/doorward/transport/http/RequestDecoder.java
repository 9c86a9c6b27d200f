package dev.doorward.transport.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Netty's HTTP/1.1 request decoder behind a look at the raw bytes of the head, which finds what the
 * decoder forgives: folded headers (RFC 9112 section 5.2), odd separators, odd spellings of the
 * version, and versions that do not exist.
 */
final class RequestDecoder extends HttpRequestDecoder {
  private static final byte[] HTTP_1 = {' ', 'H', 'T', 'T', 'P', '/', '1', '.'};
  private static final byte[] HTTP = {' ', 'H', 'T', 'T', 'P', '/'};

  private enum At {
    LINE,
    HEADERS,
    BODY,
    REFUSED
  }

  private At at = At.LINE;

  RequestDecoder(HttpLimits limits) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(limits.requestLine())
            .setMaxHeaderSize(limits.headerBlock())
            .setMaxChunkSize(64 * 1024)
            .setAllowDuplicateContentLengths(false)
            .setStrictLineParsing(true)
            .setUseRfc9112TransferEncoding(true)
            .setValidateHeaders(true));
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (at == At.REFUSED) {
      in.skipBytes(in.readableBytes());
      return;
    }
    MalformedRequest malformed = at == At.BODY ? null : inspect(in);
    if (malformed != null) {
      at = At.REFUSED;
      in.skipBytes(in.readableBytes());
      out.add(refused(malformed));
      return;
    }
    super.decode(ctx, in, out);
    for (Object message : out) {
      if (message instanceof HttpRequest request) {
        at = request.decoderResult().isFailure() ? At.REFUSED : At.BODY;
      }
      if (message instanceof LastHttpContent && at != At.REFUSED) {
        at = At.LINE;
      }
    }
  }

  /** Reads without moving the reader index; the decoder takes whole lines, so a call starts one. */
  private @Nullable MalformedRequest inspect(ByteBuf in) {
    int start = in.readerIndex();
    int end = in.writerIndex();
    if (at == At.LINE) {
      while (end - start >= 2 && in.getByte(start) == '\r' && in.getByte(start + 1) == '\n') {
        start += 2; // RFC 9112 section 2.2: an empty line before the request line is ignored
      }
      int feed = in.indexOf(start, end, (byte) '\n');
      if (feed < 0) {
        return null;
      }
      MalformedRequest malformed = line(in, start, feed);
      if (malformed != null) {
        return malformed;
      }
      at = At.HEADERS;
      start = feed + 1;
    }
    while (start < end) {
      byte first = in.getByte(start);
      if (first == ' ' || first == '\t') {
        return MalformedRequest.FOLD;
      }
      int feed = in.indexOf(start, end, (byte) '\n');
      if (feed < 0 || feed - start <= 1) {
        return null; // unfinished, or the empty line that ends the head
      }
      start = feed + 1;
    }
    return null;
  }

  private static @Nullable MalformedRequest line(ByteBuf in, int start, int feed) {
    int spaces = 0;
    for (int i = start; i < feed - 1; i++) {
      byte b = in.getByte(i);
      if (b == ' ') {
        spaces++;
      } else if (b < '!' || b > '~') {
        return MalformedRequest.LINE;
      }
    }
    if (spaces != 2 || feed == start || in.getByte(feed - 1) != '\r') {
      return MalformedRequest.LINE;
    }
    int version = feed - 1 - HTTP_1.length - 1;
    if (version > start && matches(in, version, HTTP_1)) {
      byte minor = in.getByte(feed - 2);
      return minor == '0' || minor == '1' ? null : MalformedRequest.VERSION;
    }
    return version > start && matches(in, version, HTTP)
        ? MalformedRequest.VERSION
        : MalformedRequest.LINE;
  }

  private static boolean matches(ByteBuf in, int index, byte[] text) {
    for (int i = 0; i < text.length; i++) {
      if (in.getByte(index + i) != text[i]) {
        return false;
      }
    }
    return true;
  }

  private static HttpRequest refused(MalformedRequest malformed) {
    var request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.GET, "/", Unpooled.EMPTY_BUFFER);
    request.setDecoderResult(DecoderResult.failure(malformed));
    return request;
  }
}
