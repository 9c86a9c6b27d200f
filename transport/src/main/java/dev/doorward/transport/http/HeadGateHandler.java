package dev.doorward.transport.http;

import static io.netty.handler.codec.http.HttpResponseStatus.BAD_REQUEST;
import static io.netty.handler.codec.http.HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
import static io.netty.handler.codec.http.HttpResponseStatus.REQUEST_URI_TOO_LONG;

import dev.doorward.common.outcome.Reason;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks every {@link HeadCheck} about each request, in order, and puts a {@link RefusedRequest} in
 * the place of one that fails. What the codec could not parse ends here too.
 */
@Sharable
public final class HeadGateHandler extends ChannelInboundHandlerAdapter {
  private static final Refusal LINE_TOO_LONG =
      Refusal.closing(REQUEST_URI_TOO_LONG, Reason.HTTP_MALFORMED, "The request line is too long.");
  private static final Refusal HEADERS_TOO_LARGE =
      Refusal.closing(
          REQUEST_HEADER_FIELDS_TOO_LARGE,
          Reason.HTTP_HEADERS_TOO_LARGE,
          "The request headers are too large.");
  private static final Refusal MALFORMED =
      Refusal.closing(BAD_REQUEST, Reason.HTTP_MALFORMED, "The request is not valid HTTP.");

  private final HeadCheck[] checks;

  /** Asks {@code checks} in their order. */
  public HeadGateHandler(List<HeadCheck> checks) {
    this.checks = checks.toArray(new HeadCheck[0]);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof HttpRequest request)) {
      ctx.fireChannelRead(msg);
      return;
    }
    Refusal refusal =
        request.decoderResult().isFailure()
            ? ofCodec(request.decoderResult().cause())
            : firstRefusal(request);
    if (refusal == null) {
      ctx.fireChannelRead(request);
    } else {
      ReferenceCountUtil.release(request);
      ctx.fireChannelRead(new RefusedRequest(request, refusal));
    }
  }

  private @Nullable Refusal firstRefusal(HttpRequest request) {
    for (HeadCheck check : checks) {
      Refusal refusal = check.check(request);
      if (refusal != null) {
        return refusal;
      }
    }
    return null;
  }

  private static Refusal ofCodec(Throwable cause) {
    return switch (cause) {
      case MalformedRequest malformed -> malformed.refusal();
      case TooLongHttpLineException _ -> LINE_TOO_LONG;
      case TooLongHttpHeaderException _ -> HEADERS_TOO_LARGE;
      default -> MALFORMED;
    };
  }
}
