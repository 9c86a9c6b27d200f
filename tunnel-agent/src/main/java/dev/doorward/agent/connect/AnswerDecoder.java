package dev.doorward.agent.connect;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponseDecoder;

/** Netty's HTTP/1.1 answer decoder, which here refuses what it would repair. */
final class AnswerDecoder extends HttpResponseDecoder {
  /** Longest status line and largest head, in bytes. */
  static final int MAX_HEAD = 64 * 1024;

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

  /** RFC 9112 section 6.3: both lengths at once is how answers are smuggled. */
  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("both Transfer-Encoding and Content-Length");
  }
}
