package dev.doorward.edge.reply;

import dev.doorward.common.outcome.Reason;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A whole answer of the edge's own. Not shared between requests: its headers may still be added to.
 *
 * @param headers without Content-Length and Date
 * @param reason why something was refused or failed; null where all is well
 */
public record Reply(
    HttpResponseStatus status, HttpHeaders headers, byte[] body, @Nullable Reason reason) {
  private static final byte[] NONE = {};

  /** An answer in JSON that no cache keeps and no page frames. */
  public static Reply json(HttpResponseStatus status, String json, @Nullable Reason reason) {
    var headers = new DefaultHttpHeaders();
    headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json");
    protect(headers);
    return new Reply(status, headers, json.getBytes(StandardCharsets.UTF_8), reason);
  }

  /** An answer without a body. */
  public static Reply empty(HttpResponseStatus status) {
    return new Reply(status, new DefaultHttpHeaders(), NONE, null);
  }

  /** Adds a header and gives the same answer. */
  public Reply with(CharSequence name, Object value) {
    headers.set(name, value);
    return this;
  }

  private static void protect(HttpHeaders headers) {
    headers.set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    headers.set("x-content-type-options", "nosniff");
    headers.set("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
  }
}
