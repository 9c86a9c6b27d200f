package dev.doorward.transport.http;

import dev.doorward.common.outcome.Reason;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;

/**
 * Hazards: a compressed body, which would be judged in another form than it is read in or blow up
 * when unpacked, and expectations other than {@code 100-continue}.
 */
public final class CodingCheck implements HeadCheck {
  private static final Refusal CODED =
      Refusal.closing(
          HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE,
          Reason.HTTP_HEADER_REFUSED,
          "Send the request body without a content encoding.");
  private static final Refusal EXPECTATION =
      Refusal.closing(
          HttpResponseStatus.EXPECTATION_FAILED,
          Reason.HTTP_HEADER_REFUSED,
          "The only expectation that is met here is 100-continue.");

  @Override
  public @Nullable Refusal check(HttpRequest request) {
    String coding = request.headers().get(HttpHeaderNames.CONTENT_ENCODING);
    if (coding != null && !coding.equalsIgnoreCase("identity")) {
      return CODED;
    }
    String expect = request.headers().get(HttpHeaderNames.EXPECT);
    return expect == null || expect.equalsIgnoreCase("100-continue") ? null : EXPECTATION;
  }
}
