package dev.doorward.transport.http;

import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/** A check of one hazard in the head of a request. Stateless, safe on any thread. */
@FunctionalInterface
public interface HeadCheck {
  /**
   * Null where the head is fine; it may have been brought into canonical form.
   *
   * @param request borrowed; a check may change its URI and remove headers
   */
  @Nullable Refusal check(HttpRequest request);
}
