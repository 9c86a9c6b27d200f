package dev.doorward.transport.http;

import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpStatusClass;

/**
 * HTTP/1.1 on the public side: the strict {@link RequestDecoder} and an encoder that knows which
 * answers have no body. Needs the {@link Http1TurnHandler} behind it, which lets one request
 * through at a time and says what its method is.
 */
public final class Http1Codec
    extends CombinedChannelDuplexHandler<RequestDecoder, Http1Codec.ResponseEncoder> {

  /** A codec with the bounds of {@code limits}. */
  public Http1Codec(HttpLimits limits) {
    super(new RequestDecoder(limits), new ResponseEncoder());
  }

  /** What the request under way was, so that the answer to HEAD is framed without a body. */
  void answering(HttpMethod method) {
    outboundHandler().head = HttpMethod.HEAD.equals(method);
  }

  /** Encodes answers; part of the codec. */
  static final class ResponseEncoder extends HttpResponseEncoder {
    private boolean head;

    @Override
    protected boolean isContentAlwaysEmpty(HttpResponse response) {
      return (head && response.status().codeClass() != HttpStatusClass.INFORMATIONAL)
          || super.isContentAlwaysEmpty(response);
    }
  }
}
