package dev.doorward.transport.http;

import dev.doorward.common.outcome.Reason;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Hazard: a request target that means different things to different readers. Afterwards it is the
 * origin form, or {@code *} of an OPTIONS request; an absolute form that agrees with the Host
 * header is cut (RFC 9112 section 3.2). Comes after {@link AuthorityCheck}.
 */
public final class TargetCheck implements HeadCheck {
  private static final String SCHEME = "https://";
  private static final Refusal REFUSAL =
      Refusal.closing(
          HttpResponseStatus.BAD_REQUEST,
          Reason.HTTP_MALFORMED,
          "The request target and the Host header do not agree.");

  @Override
  public @Nullable Refusal check(HttpRequest request) {
    String uri = request.uri();
    if (uri.startsWith("/")) {
      return null;
    }
    if (uri.equals("*")) {
      return HttpMethod.OPTIONS.equals(request.method()) ? null : REFUSAL;
    }
    String host = request.headers().get(HttpHeaderNames.HOST);
    if (host == null || !uri.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return REFUSAL;
    }
    int end = SCHEME.length();
    while (end < uri.length() && uri.charAt(end) != '/' && uri.charAt(end) != '?') {
      end++;
    }
    String authority = uri.substring(SCHEME.length(), end).toLowerCase(Locale.ROOT);
    if (!authority.equals(host.toLowerCase(Locale.ROOT))) {
      return REFUSAL;
    }
    String rest = uri.substring(end);
    request.setUri(rest.startsWith("/") ? rest : "/" + rest);
    return null;
  }
}
