package dev.doorward.agent.connect;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * Netty's HTTP/1.1 answer decoder, which here refuses what it would repair: header lines that are
 * folded or whose name holds white space (RFC 9112 section 5), and two lengths at once (section
 * 6.3).
 */
final class AnswerDecoder extends HttpResponseDecoder {
  /** Largest head, in bytes. */
  private static final int MAX_HEAD = 64 * 1024;

  private enum At {
    LINE,
    HEADERS,
    BODY,
    REFUSED
  }

  private At at = At.LINE;

  AnswerDecoder() {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(8 * 1024)
            .setMaxHeaderSize(MAX_HEAD)
            .setMaxChunkSize(64 * 1024)
            .setAllowDuplicateContentLengths(false)
            .setStrictLineParsing(true)
            .setUseRfc9112TransferEncoding(true)
            .setValidateHeaders(true));
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (at != At.BODY && at != At.REFUSED && isMalformed(in)) {
      at = At.REFUSED;
      HttpResponse refused =
          new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.BAD_GATEWAY);
      refused.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("header line")));
      out.add(refused);
    }
    if (at == At.REFUSED) {
      in.skipBytes(in.readableBytes());
      return;
    }
    super.decode(ctx, in, out);
    for (Object message : out) {
      if (message instanceof HttpResponse) {
        at = At.BODY;
      }
      if (message instanceof LastHttpContent) {
        at = At.LINE;
      }
    }
  }

  /** Moves no index. The decoder takes whole lines, so what is left begins with one. */
  private boolean isMalformed(ByteBuf in) {
    int start = in.readerIndex();
    int end = in.writerIndex();
    if (at == At.LINE) {
      int feed = in.indexOf(start, end, (byte) '\n');
      if (feed < 0) {
        return false;
      }
      at = At.HEADERS;
      start = feed + 1;
    }
    while (start < end) {
      int feed = in.indexOf(start, end, (byte) '\n');
      if (feed < 0 || feed - start <= 1) {
        return false; // unfinished, or the empty line that ends the head
      }
      int colon = in.indexOf(start, feed, (byte) ':');
      if (colon <= start) {
        return true;
      }
      for (int i = start; i < colon; i++) {
        if (in.getByte(i) <= ' ') {
          return true;
        }
      }
      start = feed + 1;
    }
    return false;
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("both Transfer-Encoding and Content-Length");
  }
}
