package dev.doorward.transport.http;

import dev.doorward.common.outcome.Reason;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Hazard: CONNECT, TRACE and methods that nothing here serves. */
public final class MethodCheck implements HeadCheck {
  /** What is let through; a route may allow fewer. */
  public static final Set<HttpMethod> ALLOWED =
      Set.of(
          HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST, HttpMethod.DELETE, HttpMethod.OPTIONS);

  private static final Refusal REFUSAL =
      Refusal.closing(
          HttpResponseStatus.METHOD_NOT_ALLOWED,
          Reason.HTTP_METHOD_NOT_ALLOWED,
          "Only GET, HEAD, POST, DELETE and OPTIONS are served here.");

  @Override
  public @Nullable Refusal check(HttpRequest request) {
    return ALLOWED.contains(request.method()) ? null : REFUSAL;
  }
}
