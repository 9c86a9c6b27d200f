package dev.doorward.transport.http;

import dev.doorward.common.outcome.Reason;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Hazard: a web page that makes its visitor's browser call a service. The Origin header is absent,
 * as programs leave it, or one of those allowed; the word {@code null} never is.
 */
public final class OriginCheck implements HeadCheck {
  private static final Refusal REFUSAL =
      Refusal.of(
          HttpResponseStatus.FORBIDDEN,
          Reason.HTTP_ORIGIN_REFUSED,
          "Pages of this origin may not call this server; the operator can allow it in"
              + " allowed-origins.");

  private final Set<String> allowed;

  /**
   * A check against a list.
   *
   * @param allowed serialised origins, lower case, e.g. {@code https://app.example}
   */
  public OriginCheck(Set<String> allowed) {
    this.allowed = Set.copyOf(allowed);
  }

  @Override
  public @Nullable Refusal check(HttpRequest request) {
    String origin = request.headers().get(HttpHeaderNames.ORIGIN);
    return origin == null || allowed.contains(origin) ? null : REFUSAL;
  }
}
